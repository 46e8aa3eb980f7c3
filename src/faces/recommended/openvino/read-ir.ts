import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { FacesError } from "../../errors.ts";

/** Where a layer takes an input from: another layer's output port. */
export interface IrSource {
  readonly layer: string;
  readonly port: string;
}

/** One layer of an OpenVINO IR. `data` is its attributes as written; `inputs` are in port order. */
export interface IrLayer {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
  readonly inputs: readonly IrSource[];
  /** The declared size of every output port. */
  readonly outputs: ReadonlyMap<string, readonly number[]>;
}

/** Far above any net in use (0095 has 686 layers): stops a file made to fill the memory. */
const LAYERS_MAX = 20_000;
/** 0095's xml is .35 MB. */
const XML_BYTES_MAX = 16 * 1024 * 1024;

const text = z.string();
const portSchema = z.object({ "@id": text, dim: z.array(text).default([]) });
const portsSchema = z.object({ port: z.array(portSchema) });
const layerSchema = z.object({
  "@id": text,
  "@name": text.default(""),
  "@type": text,
  // An element without attributes reads as the empty text.
  data: z.union([z.record(z.string(), text), z.literal("")]).default(""),
  output: portsSchema.optional(),
});
const edgeSchema = z.object({
  "@from-layer": text,
  "@from-port": text,
  "@to-layer": text,
  "@to-port": text,
});
const documentSchema = z.object({
  net: z.object({
    "@version": z.enum(["10", "11"]),
    layers: z.object({ layer: z.array(layerSchema).max(LAYERS_MAX) }),
    edges: z.object({ edge: z.array(edgeSchema).max(LAYERS_MAX * 4) }),
  }),
});

const LISTS = new Set(["layer", "edge", "port", "dim"]);

/**
 * Reads the graph part of an OpenVINO IR (version 10 or 11, the `.xml` of the pair); the layers
 * keep the file's order. Throws FacesError `model_malformed` when it is something else.
 */
export function readIr(xml: Uint8Array): readonly IrLayer[] {
  if (xml.length > XML_BYTES_MAX) throw malformed("is too large to be one");
  const document = documentSchema.safeParse(parse(xml));
  if (!document.success) throw malformed("lacks its parts", document.error);
  const { layers, edges } = document.data.net;
  const inputs = new Map<string, { port: number; source: IrSource }[]>();
  for (const edge of edges.edge) {
    const list = inputs.get(edge["@to-layer"]) ?? [];
    const source = { layer: edge["@from-layer"], port: edge["@from-port"] };
    list.push({ port: Number(edge["@to-port"]), source });
    inputs.set(edge["@to-layer"], list);
  }
  return layers.layer.map((layer) => ({
    id: layer["@id"],
    name: layer["@name"],
    type: layer["@type"],
    data: withoutMarks(layer.data),
    inputs: (inputs.get(layer["@id"]) ?? [])
      .sort((one, other) => one.port - other.port)
      .map((input) => input.source),
    outputs: new Map(
      (layer.output?.port ?? []).map((port) => [port["@id"], port.dim.map(Number)] as const),
    ),
  }));
}

function parse(xml: Uint8Array): unknown {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseTagValue: false,
    parseAttributeValue: false,
    // A model needs no entities, and expanding them is how XML is made to fill memory.
    processEntities: false,
    isArray: (name) => LISTS.has(name),
  });
  try {
    return parser.parse(new TextDecoder("utf-8", { fatal: true }).decode(xml), true);
  } catch (error) {
    throw malformed("is no well-formed XML", error);
  }
}

function withoutMarks(data: Readonly<Record<string, string>> | ""): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name.slice(1), value]));
}

function malformed(what: string, cause?: unknown): FacesError {
  return new FacesError("model_malformed", `The OpenVINO model's xml ${what}.`, { cause });
}
