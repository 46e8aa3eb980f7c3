import { OnnxGraph } from "../onnx/graph.ts";
import { convolve, relu, SAME, SAME_HALVED } from "./layers.ts";
import { channelsFirst, outputsFirst, type Weights } from "./weights.ts";

/** Side of the square the net takes, in pixels. */
export const LANDMARK_SIZE = 112;

/** The outline of a face in the numbering of the 300-W data: jaw, brows, nose, eyes, mouth. */
export const LANDMARKS = 68;

/**
 * The landmark net: four dense blocks of depthwise separable convolutions and one matrix.
 * `input` [n, 3, 112, 112] are R, G, B as (value - mean) / 255; `output` [n, 136] are x and y of
 * the 68 points in turn, in 0..1 of the square.
 */
export function landmarkNet(weights: Weights): Uint8Array {
  const graph = new OnnxGraph();
  const net = new LandmarkNet(graph, weights);
  let x = graph.input("input", ["n", 3, LANDMARK_SIZE, LANDMARK_SIZE]);
  x = net.dense(net.first(x), "dense0", 32);
  x = net.dense(net.halve(x, "dense1", 32, 64), "dense1", 64);
  x = net.dense(net.halve(x, "dense2", 64, 128), "dense2", 128);
  x = net.dense(net.halve(x, "dense3", 128, 256), "dense3", 256);
  // Four halvings leave 7x7, which the package averages whole.
  x = graph.node("Flatten", [graph.node("GlobalAveragePool", [x])]);
  const matrix = weights.tensor("fc/weights", [256, 2 * LANDMARKS]);
  const bias = weights.vector("fc/bias", 2 * LANDMARKS);
  graph.node(
    "Gemm",
    [x, graph.constant(matrix.shape, matrix.data), graph.constant([bias.length], bias)],
    {},
    "output",
  );
  graph.output("output", ["n", 2 * LANDMARKS]);
  return graph.finish("landmarks");
}

class LandmarkNet {
  readonly #graph: OnnxGraph;
  readonly #weights: Weights;

  constructor(graph: OnnxGraph, weights: Weights) {
    this.#graph = graph;
    this.#weights = weights;
  }

  first(input: string): string {
    const filters = this.#weights.tensor("dense0/conv0/filters", [3, 3, 3, 32]);
    const layer = {
      filters: outputsFirst(filters),
      bias: this.#weights.vector("dense0/conv0/bias", 32),
      stride: 2,
      padding: SAME_HALVED,
    };
    return relu(this.#graph, convolve(this.#graph, input, layer));
  }

  halve(input: string, block: string, inputs: number, outputs: number): string {
    return relu(this.#graph, this.#separable(input, `${block}/conv0`, inputs, outputs, 2));
  }

  /** Three separable convolutions; each takes the sum of all before it. */
  dense(first: string, block: string, channels: number): string {
    let sum = first;
    for (const layer of ["conv1", "conv2", "conv3"]) {
      const input = sum === first ? first : relu(this.#graph, sum);
      const output = this.#separable(input, `${block}/${layer}`, channels, channels, 1);
      sum = this.#graph.node("Add", [output, sum]);
    }
    return relu(this.#graph, sum);
  }

  #separable(input: string, name: string, inputs: number, outputs: number, stride: 1 | 2): string {
    const depthwise = this.#weights.tensor(`${name}/depthwise_filter`, [3, 3, inputs, 1]);
    const pointwise = this.#weights.tensor(`${name}/pointwise_filter`, [1, 1, inputs, outputs]);
    const spread = convolve(this.#graph, input, {
      filters: channelsFirst(depthwise),
      stride,
      padding: stride === 2 ? SAME_HALVED : SAME,
      groups: inputs,
    });
    return convolve(this.#graph, spread, {
      filters: outputsFirst(pointwise),
      bias: this.#weights.vector(`${name}/bias`, outputs),
    });
  }
}
