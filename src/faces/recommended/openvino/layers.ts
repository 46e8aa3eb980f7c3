import { FacesError } from "../../errors.ts";
import type { Attribute, OnnxGraph } from "../../onnx/graph.ts";
import type { IrLayer } from "./read-ir.ts";

/** What a layer makes: a tensor of the ONNX graph, or a constant not yet written to it. */
export type IrValue =
  | { readonly kind: "tensor"; readonly name: string; readonly shape: readonly number[] }
  | { readonly kind: "constant"; readonly data: Float32Array; readonly shape: readonly number[] };

interface Conversion {
  readonly graph: OnnxGraph;
  readonly layer: IrLayer;
  readonly inputs: readonly IrValue[];
  readonly weights: Uint8Array;
}

/**
 * Adds one IR layer to the graph and returns its value (null for Result). Constants are written
 * where they are used, in the shape that the ONNX operator wants. Layer meanings: OpenVINO's
 * operation sets 1 (docs.openvino.ai, "Operation Specifications").
 */
export function convertLayer(conversion: Conversion): IrValue | null {
  const { layer } = conversion;
  switch (layer.type) {
    case "Parameter":
      return parameter(conversion);
    case "Result":
      return result(conversion);
    case "Const":
      return constant(conversion);
    case "Convert":
      return convertType(conversion);
    case "Add":
      return elementwise(conversion, "Add");
    case "Multiply":
      return elementwise(conversion, "Mul");
    case "Sigmoid":
      return tensor(conversion, "Sigmoid", [written(conversion, 0)]);
    case "PReLU":
      return prelu(conversion);
    case "Convolution":
      return convolution(conversion);
    case "GroupConvolution":
      return groupConvolution(conversion);
    case "AvgPool":
      return averagePool(conversion);
    case "MatMul":
      return matrixProduct(conversion);
    default:
      throw unknown(layer, `layers of type ${layer.type}`);
  }
}

function parameter(conversion: Conversion): IrValue {
  const { graph, layer } = conversion;
  const shape = outputShape(layer);
  graph.input("input", freeBatch(shape));
  return { kind: "tensor", name: "input", shape };
}

function result(conversion: Conversion): null {
  const { graph } = conversion;
  const input = inputAt(conversion, 0);
  graph.node("Identity", [written(conversion, 0)], {}, "output");
  graph.output("output", freeBatch(input.shape));
  return null;
}

/** Photos come in batches: the first dimension, 1 in the file, is free in the converted model. */
function freeBatch(shape: readonly number[]): (number | string)[] {
  return ["batch", ...shape.slice(1)];
}

const BYTES_A_NUMBER = { f16: 2, f32: 4 } as const;

function constant({ layer, weights }: Conversion): IrValue {
  const type = setting(layer, "element_type");
  if (type !== "f16" && type !== "f32") throw unknown(layer, `constants of type ${type}`);
  const shape = numbers(layer, "shape");
  const count = shape.reduce((product, size) => product * size, 1);
  const offset = Number(setting(layer, "offset"));
  const size = Number(setting(layer, "size"));
  if (size !== count * BYTES_A_NUMBER[type] || !(offset >= 0 && offset + size <= weights.length)) {
    throw malformed(layer, "its constant lies outside the weights");
  }
  // A copy of its own: a Buffer would share its pool, and offsets need not be multiples of four.
  const bytes = new Uint8Array(weights.subarray(offset, offset + size));
  const data =
    type === "f16"
      ? Float32Array.from(new Float16Array(bytes.buffer))
      : new Float32Array(bytes.buffer);
  return { kind: "constant", data, shape };
}

/** FP16 constants are declared "decompressed"; ours are float32 from the start. */
function convertType(conversion: Conversion): IrValue {
  const input = inputAt(conversion, 0);
  const wanted = setting(conversion.layer, "destination_type");
  if (wanted !== "f32" || input.kind !== "constant") {
    throw unknown(conversion.layer, "conversions of anything but weights to f32");
  }
  return input;
}

function elementwise(conversion: Conversion, operator: "Add" | "Mul"): IrValue {
  expect(conversion.layer, "auto_broadcast", "numpy");
  return tensor(conversion, operator, [written(conversion, 0), written(conversion, 1)]);
}

/**
 * One slope for all channels is a LeakyRelu: the same numbers, and ONNX Runtime fuses that into
 * the convolution before it, which it does not do for PRelu (2.5 times faster on 0095).
 */
function prelu(conversion: Conversion): IrValue {
  const slope = constantAt(conversion, 1);
  const first = slope.data[0];
  if (first === undefined) throw malformed(conversion.layer, "its slope is empty");
  if (slope.data.every((value) => value === first)) {
    const attributes = { alpha: { float: first } };
    return tensor(conversion, "LeakyRelu", [written(conversion, 0)], attributes);
  }
  // A slope a channel runs along the second dimension; ONNX aligns shapes at their ends.
  const trailing = inputAt(conversion, 0)
    .shape.slice(2)
    .map(() => 1);
  const name = conversion.graph.constant([slope.data.length, ...trailing], slope.data);
  return tensor(conversion, "PRelu", [written(conversion, 0), name]);
}

function convolution(conversion: Conversion): IrValue {
  const { data, shape } = constantAt(conversion, 1);
  return anyConvolution(conversion, { data, shape, groups: 1 });
}

/** IR weights [groups, out, in, h, w] are ONNX weights [groups * out, in, h, w], same numbers. */
function groupConvolution(conversion: Conversion): IrValue {
  const weights = constantAt(conversion, 1);
  const [groups, out, ...rest] = weights.shape;
  if (groups === undefined || out === undefined) {
    throw malformed(conversion.layer, "its weights have no groups");
  }
  const shape = [groups * out, ...rest];
  return anyConvolution(conversion, { data: weights.data, shape, groups });
}

function anyConvolution(
  conversion: Conversion,
  weights: {
    readonly data: Float32Array;
    readonly shape: readonly number[];
    readonly groups: number;
  },
): IrValue {
  const { graph, layer } = conversion;
  expect(layer, "auto_pad", "explicit");
  const name = graph.constant(weights.shape, weights.data);
  return tensor(conversion, "Conv", [written(conversion, 0), name], {
    kernel_shape: { ints: weights.shape.slice(2) },
    strides: { ints: numbers(layer, "strides") },
    dilations: { ints: numbers(layer, "dilations") },
    pads: { ints: [...numbers(layer, "pads_begin"), ...numbers(layer, "pads_end")] },
    group: { int: weights.groups },
  });
}

function averagePool(conversion: Conversion): IrValue {
  const { layer } = conversion;
  expect(layer, "auto_pad", "explicit");
  expect(layer, "rounding_type", "floor");
  return tensor(conversion, "AveragePool", [written(conversion, 0)], {
    kernel_shape: { ints: numbers(layer, "kernel") },
    strides: { ints: numbers(layer, "strides") },
    pads: { ints: [...numbers(layer, "pads_begin"), ...numbers(layer, "pads_end")] },
    count_include_pad: { int: setting(layer, "exclude-pad") === "true" ? 0 : 1 },
  });
}

function matrixProduct(conversion: Conversion): IrValue {
  const names = [0, 1].map((index) => {
    const side = written(conversion, index);
    const transposed = conversion.layer.data[index === 0 ? "transpose_a" : "transpose_b"];
    if (transposed !== "true") return side;
    if (inputAt(conversion, index).shape.length !== 2) {
      throw unknown(conversion.layer, "transposed products of other than two dimensions");
    }
    return conversion.graph.node("Transpose", [side], { perm: { ints: [1, 0] } });
  });
  return tensor(conversion, "MatMul", names);
}

function tensor(
  conversion: Conversion,
  operator: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): IrValue {
  const name = conversion.graph.node(operator, inputs, attributes);
  return { kind: "tensor", name, shape: outputShape(conversion.layer) };
}

/** The graph's name of an input, writing it as a constant where it is one. */
function written(conversion: Conversion, index: number): string {
  const value = inputAt(conversion, index);
  if (value.kind === "tensor") return value.name;
  return conversion.graph.constant(value.shape, value.data);
}

function inputAt({ layer, inputs }: Conversion, index: number): IrValue {
  const value = inputs[index];
  if (!value) throw malformed(layer, `input ${index} is missing`);
  return value;
}

function constantAt(conversion: Conversion, index: number): IrValue & { kind: "constant" } {
  const value = inputAt(conversion, index);
  if (value.kind !== "constant") throw unknown(conversion.layer, "weights that are computed");
  return value;
}

function outputShape(layer: IrLayer): readonly number[] {
  const [shape] = layer.outputs.values();
  if (!shape || layer.outputs.size !== 1) throw unknown(layer, "other than one output");
  return shape;
}

function setting(layer: IrLayer, name: string): string {
  const value = layer.data[name];
  if (value === undefined) throw malformed(layer, `its setting ${name} is missing`);
  return value;
}

function expect(layer: IrLayer, name: string, wanted: string): void {
  const value = setting(layer, name);
  if (value !== wanted) throw unknown(layer, `${name} ${value}`);
}

/** A list such as "1, 64, 1, 1" or "" (a scalar's shape). */
function numbers(layer: IrLayer, name: string): readonly number[] {
  const written = setting(layer, name).trim();
  const list = written === "" ? [] : written.split(",").map(Number);
  if (!list.every((value) => Number.isSafeInteger(value) && value >= 0)) {
    throw malformed(layer, `its setting ${name} is no list of sizes`);
  }
  return list;
}

function unknown(layer: IrLayer, what: string): FacesError {
  const message = `The converter doesn't know ${what} (layer ${layer.id}).`;
  return new FacesError("model_layer_unknown", message);
}

function malformed(layer: IrLayer, what: string): FacesError {
  const message = `The OpenVINO model is damaged: in layer ${layer.id}, ${what}.`;
  return new FacesError("model_malformed", message);
}
