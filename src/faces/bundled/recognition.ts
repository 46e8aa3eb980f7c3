import { OnnxGraph } from "../onnx/graph.ts";
import { convolve, NO_PADDING, relu, SAME } from "./layers.ts";
import { outputsFirst, scaleFilters, type Tensor, type Weights } from "./weights.ts";

/** Side of the square the net takes, in pixels. */
export const RECOGNITION_SIZE = 150;

/** Length of the vector it gives. */
export const DESCRIPTOR_SIZE = 128;

/**
 * The recognition net: dlib's residual network of 29 convolutions, as the package stores it.
 * `input` [n, 3, 150, 150] are R, G, B as (value - mean) / 255; `output` [n, 128], not normalised.
 */
export function recognitionNet(weights: Weights): Uint8Array {
  const graph = new OnnxGraph();
  const net = new Recognition(graph, weights);
  let x = graph.input("input", ["n", 3, RECOGNITION_SIZE, RECOGNITION_SIZE]);
  x = relu(graph, net.convolve(x, "conv32_down", [7, 3, 32], "halve"));
  x = graph.node("MaxPool", [x], { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] } });
  x = net.residual(x, "conv32_1", 32);
  x = net.residual(x, "conv32_2", 32);
  x = net.residual(x, "conv32_3", 32);
  x = net.residualHalved(x, "conv64_down", 32, 64, "fits");
  x = net.residual(x, "conv64_1", 64);
  x = net.residual(x, "conv64_2", 64);
  x = net.residual(x, "conv64_3", 64);
  x = net.residualHalved(x, "conv128_down", 64, 128, "fits");
  x = net.residual(x, "conv128_1", 128);
  x = net.residual(x, "conv128_2", 128);
  x = net.residualHalved(x, "conv256_down", 128, 256, "short");
  x = net.residual(x, "conv256_1", 256);
  x = net.residual(x, "conv256_2", 256);
  x = net.residualHalved(x, "conv256_down_out", 256, 256, "short");
  x = graph.node("Flatten", [graph.node("GlobalAveragePool", [x])]);
  const matrix = weights.tensor("fc", [256, DESCRIPTOR_SIZE]);
  graph.node("MatMul", [x, graph.constant(matrix.shape, matrix.data)], {}, "output");
  graph.output("output", ["n", DESCRIPTOR_SIZE]);
  return graph.finish("recognition");
}

class Recognition {
  readonly #graph: OnnxGraph;
  readonly #weights: Weights;

  constructor(graph: OnnxGraph, weights: Weights) {
    this.#graph = graph;
    this.#weights = weights;
  }

  /** A convolution and the scale and offset per channel behind it, as one convolution. */
  convolve(
    input: string,
    name: string,
    [side, inputs, outputs]: readonly [side: number, inputs: number, outputs: number],
    size: "keep" | "halve",
  ): string {
    const filters = this.#weights.tensor(`${name}/conv/filters`, [side, side, inputs, outputs]);
    const bias = this.#weights.vector(`${name}/conv/bias`, outputs);
    const scale = this.#weights.vector(`${name}/scale/weights`, outputs);
    const offset = this.#weights.vector(`${name}/scale/biases`, outputs);
    return convolve(this.#graph, input, {
      filters: scaleFilters(outputsFirst(filters), scale),
      bias: bias.map((value, index) => value * (scale[index] ?? 0) + (offset[index] ?? 0)),
      stride: size === "halve" ? 2 : 1,
      padding: size === "halve" ? NO_PADDING : SAME,
    });
  }

  /** Two convolutions beside the identity. */
  residual(input: string, name: string, channels: number): string {
    const shape = [3, channels, channels] as const;
    const first = relu(this.#graph, this.convolve(input, `${name}/conv1`, shape, "keep"));
    const second = this.convolve(first, `${name}/conv2`, shape, "keep");
    return relu(this.#graph, this.#graph.node("Add", [second, input]));
  }

  /**
   * Two convolutions, the first with stride 2, beside the input's 2x2 average. Where the average
   * has fewer channels, the missing ones are zero; where the convolutions come out one row and
   * column "short" of it, those are zero.
   */
  residualHalved(
    input: string,
    name: string,
    inputs: number,
    outputs: number,
    size: "fits" | "short",
  ): string {
    const graph = this.#graph;
    const first = relu(graph, this.convolve(input, `${name}/conv1`, [3, inputs, outputs], "halve"));
    const second = this.convolve(first, `${name}/conv2`, [3, outputs, outputs], "keep");
    const shortcut = convolve(graph, input, {
      filters: averageFilters(inputs, outputs),
      stride: 2,
    });
    const padded =
      size === "fits"
        ? second
        : graph.node("Pad", [second, graph.integers(0, 0, 0, 0, 0, 0, 1, 1)]);
    return relu(graph, graph.node("Add", [padded, shortcut]));
  }
}

/**
 * The 2x2 average and the zero channels as one convolution: it costs 2 % of the block's work and
 * keeps ONNX Runtime in its blocked layout, where pooling and padding make it leave and come back.
 */
function averageFilters(inputs: number, outputs: number): Tensor {
  const cells = 4;
  const data = new Float32Array(outputs * inputs * cells);
  for (let channel = 0; channel < inputs; channel++) {
    const start = (channel * inputs + channel) * cells;
    data.fill(1 / cells, start, start + cells);
  }
  return { shape: [outputs, inputs, 2, 2], data };
}
