import type { OnnxGraph } from "../onnx/graph.ts";
import type { Tensor } from "./weights.ts";

/** Zeros added around a picture: top, left, bottom, right. */
export type Padding = readonly [top: number, left: number, bottom: number, right: number];

/** None ("valid"). */
export const NO_PADDING: Padding = [0, 0, 0, 0];

/** TensorFlow's "same" for 3x3 filters: with stride 1, and with stride 2 on an even size. */
export const SAME: Padding = [1, 1, 1, 1];
export const SAME_HALVED: Padding = [0, 0, 1, 1];

/** Adds a convolution with filters [out, in / groups, height, width] and returns its output. */
export function convolve(
  graph: OnnxGraph,
  input: string,
  layer: {
    readonly filters: Tensor;
    readonly bias?: Float32Array;
    readonly stride?: number;
    readonly padding?: Padding;
    readonly groups?: number;
  },
): string {
  const { filters, bias, stride = 1, padding = NO_PADDING, groups = 1 } = layer;
  const inputs = [input, graph.constant(filters.shape, filters.data)];
  if (bias !== undefined) inputs.push(graph.constant([bias.length], bias));
  return graph.node("Conv", inputs, {
    kernel_shape: { ints: filters.shape.slice(2) },
    strides: { ints: [stride, stride] },
    pads: { ints: padding },
    group: { int: groups },
  });
}

/** Adds ReLU. */
export function relu(graph: OnnxGraph, input: string): string {
  return graph.node("Relu", [input]);
}
