import { FacesError } from "../errors.ts";
import { ProtobufWriter } from "./protobuf.ts";
import { readFields } from "./protobuf-reader.ts";
import type { ProtobufField } from "./protobuf-reader.ts";

// Field numbers of onnx.proto3.
const MODEL_GRAPH = 7;
const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;
const GRAPH_VALUE_INFO = 13;
const VALUE_TYPE = 2;
const TYPE_TENSOR = 1;
const TENSOR_SHAPE = 2;
const SHAPE_DIMENSION = 1;
const DIMENSION_NAME = 2;

/**
 * Takes the declared sizes off a model's inputs and outputs, and drops the sizes noted for what
 * lies between, so that a net of convolutions exported for one picture size takes any. Sizes that
 * are constants inside the graph (a Reshape to 6400 rows) are not touched: such a net still fails,
 * at the first run, with ONNX Runtime's own error.
 */
export function withDynamicSize(model: Uint8Array): Uint8Array {
  let graphs = 0;
  const rewritten = rewrite(model, (field, writer) => {
    if (field.field !== MODEL_GRAPH || field.kind !== "bytes") return false;
    graphs += 1;
    writer.bytes(MODEL_GRAPH, freeGraph(field.value));
    return true;
  });
  if (graphs !== 1) throw new FacesError("model_malformed", "A model file holds no single graph.");
  return rewritten;
}

function freeGraph(graph: Uint8Array): Uint8Array {
  return rewrite(graph, (field, writer) => {
    if (field.field === GRAPH_VALUE_INFO) return true;
    if (field.field !== GRAPH_INPUT && field.field !== GRAPH_OUTPUT) return false;
    if (field.kind !== "bytes") return false;
    const prefix = field.field === GRAPH_INPUT ? "in" : "out";
    writer.bytes(field.field, freeShape(field.value, prefix));
    return true;
  });
}

/** Descends ValueInfo -> Type -> Tensor -> Shape and names every dimension of it. */
function freeShape(value: Uint8Array, prefix: string): Uint8Array {
  const path = [VALUE_TYPE, TYPE_TENSOR, TENSOR_SHAPE];
  function descend(message: Uint8Array, depth: number): Uint8Array {
    const wanted = path[depth];
    if (wanted === undefined) return nameDimensions(message, `${prefix}${nameOf(value)}`);
    return rewrite(message, (field, writer) => {
      if (field.field !== wanted || field.kind !== "bytes") return false;
      writer.bytes(wanted, descend(field.value, depth + 1));
      return true;
    });
  }
  return descend(value, 0);
}

function nameOf(value: Uint8Array): string {
  const name = readFields(value).find((field) => field.field === 1);
  return name?.kind === "bytes" ? new TextDecoder().decode(name.value) : "";
}

/** Every dimension its own name, so that no two are held to be equal. */
function nameDimensions(shape: Uint8Array, prefix: string): Uint8Array {
  const writer = new ProtobufWriter();
  readFields(shape).forEach((field, index) => {
    if (field.field !== SHAPE_DIMENSION) return;
    writer.message(SHAPE_DIMENSION, (one) => one.text(DIMENSION_NAME, `${prefix}_${index}`));
  });
  return writer.finish();
}

/** Copies a message field by field; `replace` says true for those that it has written itself. */
function rewrite(
  message: Uint8Array,
  replace: (field: ProtobufField, writer: ProtobufWriter) => boolean,
): Uint8Array {
  const writer = new ProtobufWriter();
  for (const field of readFields(message)) {
    if (replace(field, writer)) continue;
    if (field.kind === "varint") writer.integer(field.field, field.value);
    else if (field.kind === "bytes") writer.bytes(field.field, field.value);
    else throw new FacesError("model_malformed", "A model file has an unexpected number form.");
  }
  return writer.finish();
}
