import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { assert } from "../../base/errors.ts";
import { FacesError } from "../errors.ts";
import { readModelFile } from "../model-files.ts";

/** A dense float32 tensor, row by row. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const BYTES_OF = { float32: 4, int32: 4, uint8: 1 } as const;

const Entry = z.object({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  dtype: z.enum(["float32", "int32"]),
  quantization: z
    .object({ scale: z.number(), min: z.number(), dtype: z.literal("uint8") })
    .optional(),
});

// A manifest names its file beside itself, so a name with a path in it is refused.
const Manifest = z
  .array(
    z.object({ paths: z.array(z.string().regex(/^[\w.-]+$/)).length(1), weights: z.array(Entry) }),
  )
  .length(1);

type Entry = z.infer<typeof Entry>;

/**
 * The tensors of one network as TensorFlow.js stores them: a JSON manifest and one file in which
 * they lie end to end in the manifest's order, most as uint8 with a scale and a minimum.
 */
export class Weights {
  readonly #bytes: Uint8Array;
  readonly #entries: ReadonlyMap<string, Entry & { readonly offset: number }>;

  constructor(bytes: Uint8Array, entries: readonly Entry[]) {
    assert(bytes.length === lengthOf(entries), "Weights must be as long as their entries say");
    const placed = new Map<string, Entry & { readonly offset: number }>();
    let offset = 0;
    for (const entry of entries) {
      placed.set(entry.name, { ...entry, offset });
      offset += lengthOf([entry]);
    }
    // Not a Buffer, whose slice() does not copy.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#entries = placed;
  }

  /** The tensor of this name, as float32; its shape must be the one asked for. */
  tensor(name: string, shape: readonly number[]): Tensor {
    const entry = this.#entries.get(name);
    assert(entry !== undefined && entry.dtype === "float32", `No float tensor ${name}`);
    assert(entry.shape.join() === shape.join(), `Tensor ${name} has shape ${entry.shape.join()}`);
    const count = elements(shape);
    if (entry.quantization === undefined) {
      // Copied because float tensors may lie at any byte, and Float32Array wants multiples of 4.
      const bytes = this.#bytes.slice(entry.offset, entry.offset + count * BYTES_OF.float32);
      return { shape, data: new Float32Array(bytes.buffer) };
    }
    const { scale, min } = entry.quantization;
    // Of a byte there are 256 values: looking them up halves what every start waits for here.
    const values = Float32Array.from({ length: 256 }, (_, byte) => byte * scale + min);
    const bytes = this.#bytes.subarray(entry.offset, entry.offset + count);
    const data = new Float32Array(count);
    for (let at = 0; at < count; at++) data[at] = values[bytes[at] ?? 0] ?? 0;
    return { shape, data };
  }

  /** A vector by name. */
  vector(name: string, length: number): Float32Array {
    return this.tensor(name, [length]).data;
  }
}

/** Files that a manifest of the pack vouches for. */
export type Vouched = readonly { readonly name: string; readonly sha256: string }[];

/**
 * Reads `<model>_model-weights_manifest.json` and the file it names from `folder`. Where `files`
 * are given, both must be among them by name and hash. Throws FacesError `model_missing`,
 * `model_changed` or `model_malformed`.
 */
export async function readWeights(
  folder: string,
  model: string,
  files?: Vouched,
): Promise<Weights> {
  const json = await readVouched(folder, `${model}_model-weights_manifest.json`, files);
  const [group] = parseManifest(model, Buffer.from(json).toString());
  const file = group?.paths[0];
  assert(group !== undefined && file !== undefined, "A manifest has one group of one file");
  const bytes = await readVouched(folder, file, files);
  if (bytes.length !== lengthOf(group.weights)) {
    const message = `${join(folder, file)} is not as long as its manifest says.`;
    throw new FacesError("model_malformed", message);
  }
  return new Weights(bytes, group.weights);
}

async function readVouched(folder: string, name: string, files?: Vouched): Promise<Uint8Array> {
  const path = join(folder, name);
  if (files !== undefined) {
    const sha256 = files.find((file) => file.name === name)?.sha256 ?? "";
    return readModelFile({ path, sha256 });
  }
  try {
    return await readFile(path);
  } catch (cause) {
    throw new FacesError("model_missing", `The model file ${path} can't be read.`, { cause });
  }
}

function parseManifest(model: string, text: string): z.infer<typeof Manifest> {
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (cause) {
    const message = `The weight manifest of ${model} breaks its form.`;
    throw new FacesError("model_malformed", message, { cause });
  }
}

/** As many floats as the processor reads at once: an output at a time, and all at a time, take longer. */
const OUTPUTS_AT_A_TIME = 16;

/** Turns filters from TensorFlow's [height, width, in, out] into ONNX's [out, in, height, width]. */
export function outputsFirst(filters: Tensor): Tensor {
  const [height = 0, width = 0, inputs = 0, outputs = 0] = filters.shape;
  const from = filters.data;
  const data = new Float32Array(from.length);
  const cells = height * width;
  const size = inputs * cells;
  for (let block = 0; block < outputs; block += OUTPUTS_AT_A_TIME) {
    const end = Math.min(block + OUTPUTS_AT_A_TIME, outputs);
    for (let input = 0; input < inputs; input++) {
      for (let cell = 0; cell < cells; cell++) {
        const at = (cell * inputs + input) * outputs;
        let to = block * size + input * cells + cell;
        for (let output = block; output < end; output++, to += size) {
          data[to] = from[at + output] ?? 0;
        }
      }
    }
  }
  return { shape: [outputs, inputs, height, width], data };
}

/** The same for depthwise filters: [height, width, channels, 1] into [channels, 1, height, width]. */
export function channelsFirst(filters: Tensor): Tensor {
  const [height = 0, width = 0, channels = 0] = filters.shape;
  return outputsFirst({ shape: [height, width, 1, channels], data: filters.data });
}

/** Multiplies every filter by the factor of its output, so that a scale after the layer is free. */
export function scaleFilters(filters: Tensor, factors: Float32Array): Tensor {
  const size = filters.data.length / factors.length;
  const data = filters.data.slice();
  for (const [output, factor] of factors.entries()) {
    for (let at = output * size; at < (output + 1) * size; at++)
      data[at] = (data[at] ?? 0) * factor;
  }
  return { shape: filters.shape, data };
}

function lengthOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { shape, quantization, dtype }) => {
    return sum + elements(shape) * BYTES_OF[quantization?.dtype ?? dtype];
  }, 0);
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
