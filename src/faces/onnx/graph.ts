import { ProtobufWriter } from "./protobuf.ts";

/** An attribute of a node. `ints` and `float` are tagged because a lone number could be either. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

/** A dimension: a size, or a name for one that is known only at run time. */
export type Dimension = number | string;

type TensorData = Float32Array | BigInt64Array | Int32Array | Uint8Array | Float16Bits;

/** Half floats as their 16 bits. */
export interface Float16Bits {
  readonly half: Uint16Array;
}

// TensorProto.DataType and AttributeProto.AttributeType of onnx.proto3.
const FLOAT = 1;
const UINT8 = 2;
const INT32 = 6;
const INT64 = 7;
const FLOAT16 = 10;
const ATTRIBUTE_TYPE = { float: 1, int: 2, text: 3, ints: 7 } as const;
const IR_VERSION = 8;
const OPSET = 17;

/**
 * Builds an ONNX model in memory, one node after the other; `finish` gives the bytes that ONNX
 * Runtime loads. Field numbers are those of onnx.proto3 (github.com/onnx/onnx).
 */
export class OnnxGraph {
  readonly #graph = new ProtobufWriter();
  #names = 0;

  /** Declares a float32 input and returns its name. */
  input(name: string, dimensions: readonly Dimension[]): string {
    this.#value(11, name, FLOAT, dimensions);
    return name;
  }

  /** Declares a tensor that some node has made as an output of the model. */
  output(name: string, dimensions: readonly Dimension[], type: "float" | "int64" = "float"): void {
    this.#value(12, name, type === "float" ? FLOAT : INT64, dimensions);
  }

  /** Adds a constant (a weight) and returns its name. */
  constant(dimensions: readonly number[], data: TensorData, name = this.#fresh("c")): string {
    const [type, bytes] = raw(data);
    this.#graph.message(5, (tensor) => {
      for (const dimension of dimensions) tensor.integer(1, dimension);
      tensor.integer(2, type).text(8, name).bytes(9, bytes);
    });
    return name;
  }

  /** A 1-D int64 constant: shapes, axes, starts and ends. */
  integers(...values: readonly number[]): string {
    return this.constant([values.length], BigInt64Array.from(values.map(BigInt)));
  }

  /** A float32 scalar constant. */
  scalar(value: number): string {
    return this.constant([], Float32Array.of(value));
  }

  /** Adds a node with one output and returns that output's name. An empty input name means "absent". */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = this.#fresh("t"),
  ): string {
    this.nodes(operator, inputs, attributes, [output]);
    return output;
  }

  /** Adds a node with the outputs named. */
  nodes(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: readonly string[],
  ): void {
    this.#graph.message(1, (node) => {
      for (const input of inputs) node.text(1, input);
      for (const output of outputs) node.text(2, output);
      node.text(4, operator);
      for (const [name, attribute] of Object.entries(attributes)) {
        node.message(5, (writer) => writeAttribute(writer, name, attribute));
      }
    });
  }

  /** The bytes of the finished model. */
  finish(name: string): Uint8Array {
    return new ProtobufWriter()
      .integer(1, IR_VERSION)
      .text(2, "assent")
      .written(7, this.#graph.text(2, name))
      .message(8, (opset) => opset.text(1, "").integer(2, OPSET))
      .finish();
  }

  #value(field: number, name: string, type: number, dimensions: readonly Dimension[]): void {
    this.#graph.message(field, (value) => {
      value.text(1, name).message(2, (kind) => {
        kind.message(1, (tensor) => {
          tensor.integer(1, type).message(2, (shape) => {
            for (const dimension of dimensions) writeDimension(shape, dimension);
          });
        });
      });
    });
  }

  #fresh(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }
}

function writeDimension(shape: ProtobufWriter, dimension: Dimension): void {
  shape.message(1, (writer) => {
    if (typeof dimension === "number") writer.integer(1, dimension);
    else writer.text(2, dimension);
  });
}

function writeAttribute(writer: ProtobufWriter, name: string, attribute: Attribute): void {
  writer.text(1, name);
  if ("int" in attribute) writer.integer(3, attribute.int).integer(20, ATTRIBUTE_TYPE.int);
  else if ("float" in attribute) writer.float(2, attribute.float).integer(20, ATTRIBUTE_TYPE.float);
  else if ("text" in attribute) writer.text(4, attribute.text).integer(20, ATTRIBUTE_TYPE.text);
  else {
    for (const value of attribute.ints) writer.integer(8, value);
    writer.integer(20, ATTRIBUTE_TYPE.ints);
  }
}

function raw(data: TensorData): readonly [type: number, bytes: Uint8Array] {
  if ("half" in data) return [FLOAT16, bytesOf(data.half)];
  if (data instanceof Float32Array) return [FLOAT, bytesOf(data)];
  if (data instanceof BigInt64Array) return [INT64, bytesOf(data)];
  if (data instanceof Int32Array) return [INT32, bytesOf(data)];
  return [UINT8, data];
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
