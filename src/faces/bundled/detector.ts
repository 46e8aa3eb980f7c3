import { OnnxGraph } from "../onnx/graph.ts";
import { convolve, SAME, SAME_HALVED } from "./layers.ts";
import { channelsFirst, outputsFirst, scaleFilters, type Tensor, type Weights } from "./weights.ts";

/** Side of the square the net takes, in pixels. */
export const DETECTOR_SIZE = 512;

/** The grids on which the net looks for faces: cells a side, and prior boxes a cell. */
export const GRIDS = [
  { cells: 32, priors: 3, channels: 512 },
  { cells: 16, priors: 6, channels: 1024 },
  { cells: 8, priors: 6, channels: 512 },
  { cells: 4, priors: 6, channels: 256 },
  { cells: 2, priors: 6, channels: 256 },
  { cells: 1, priors: 6, channels: 128 },
] as const;

/** Outputs of the net, one a grid, [1, priors * 5, cells, cells]: see `detectorNet`. */
export const GRID_OUTPUTS = GRIDS.map((_, index) => `grid${index}`);

// The package adds this to a variance before it divides by its root.
const VARIANCE_FLOOR = 0.0010000000474974513;

// Of the three classes a prior is scored for, the package reads this one: a face.
const CLASSES = 3;
const FACE_CLASS = 1;
const CODE_SIZE = 4;

/** Layers of the backbone by number: channels out, and whether they halve the picture. */
const BACKBONE = [
  { inputs: 32, outputs: 64, halve: false },
  { inputs: 64, outputs: 128, halve: true },
  { inputs: 128, outputs: 128, halve: false },
  { inputs: 128, outputs: 256, halve: true },
  { inputs: 256, outputs: 256, halve: false },
  { inputs: 256, outputs: 512, halve: true },
  { inputs: 512, outputs: 512, halve: false },
  { inputs: 512, outputs: 512, halve: false },
  { inputs: 512, outputs: 512, halve: false },
  { inputs: 512, outputs: 512, halve: false },
  { inputs: 512, outputs: 512, halve: false },
  { inputs: 512, outputs: 1024, halve: true },
  { inputs: 1024, outputs: 1024, halve: false },
] as const;

/** The first grid reads the backbone after this layer, the second after the last. */
const FIRST_GRID_LAYER = 11;

/** Pairs of layers behind the backbone, each squeezing the channels and then halving the picture. */
const EXTRAS = [
  { inputs: 1024, squeezed: 256, outputs: 512 },
  { inputs: 512, squeezed: 128, outputs: 256 },
  { inputs: 256, squeezed: 128, outputs: 256 },
  { inputs: 256, squeezed: 64, outputs: 128 },
] as const;

/**
 * The detector: SSD on MobileNet v1. `input` [1, 3, 512, 512] are R, G, B in -1..1. Each grid's
 * output holds, for its `priors` p and cells, first p planes of logits "a face is here", then 4 p
 * planes of box codes (y, x, log height, log width; see priors.ts).
 */
export function detectorNet(weights: Weights): Uint8Array {
  const graph = new OnnxGraph();
  const net = new Detector(graph, weights);
  let x = graph.input("input", [1, 3, DETECTOR_SIZE, DETECTOR_SIZE]);
  const features: string[] = [];
  x = net.pointwise(x, "MobilenetV1/Conv2d_0_pointwise", [3, 3, 32], 2);
  for (const [index, { inputs, outputs, halve }] of BACKBONE.entries()) {
    const layer = index + 1;
    x = net.depthwise(x, `MobilenetV1/Conv2d_${layer}_depthwise`, inputs, halve ? 2 : 1);
    x = net.pointwise(x, `MobilenetV1/Conv2d_${layer}_pointwise`, [1, inputs, outputs], 1);
    if (layer === FIRST_GRID_LAYER) features.push(x);
  }
  features.push(x);
  for (const [index, { inputs, squeezed, outputs }] of EXTRAS.entries()) {
    const name = `Prediction/Conv2d_${2 * index}_pointwise`;
    x = net.pointwise(x, name, [1, inputs, squeezed], 1);
    const nextName = `Prediction/Conv2d_${2 * index + 1}_pointwise`;
    x = net.pointwise(x, nextName, [3, squeezed, outputs], 2);
    features.push(x);
  }
  for (const [index, feature] of features.entries()) net.predict(feature, index);
  return graph.finish("detector");
}

class Detector {
  readonly #graph: OnnxGraph;
  readonly #weights: Weights;

  constructor(graph: OnnxGraph, weights: Weights) {
    this.#graph = graph;
    this.#weights = weights;
  }

  /** A full convolution (the package calls them pointwise whatever their size), clipped to 0..6. */
  pointwise(
    input: string,
    name: string,
    [side, inputs, outputs]: readonly [side: 1 | 3, inputs: number, outputs: number],
    stride: 1 | 2,
  ): string {
    const filters = this.#weights.tensor(`${name}/weights`, [side, side, inputs, outputs]);
    const output = convolve(this.#graph, input, {
      filters: outputsFirst(filters),
      bias: this.#weights.vector(`${name}/convolution_bn_offset`, outputs),
      stride,
      ...(side === 3 && { padding: stride === 2 ? SAME_HALVED : SAME }),
    });
    return this.#clip(output);
  }

  /** A depthwise convolution with its batch normalisation folded in, clipped to 0..6. */
  depthwise(input: string, name: string, channels: number, stride: 1 | 2): string {
    const gamma = this.#weights.vector(`${name}/BatchNorm/gamma`, channels);
    const beta = this.#weights.vector(`${name}/BatchNorm/beta`, channels);
    const mean = this.#weights.vector(`${name}/BatchNorm/moving_mean`, channels);
    const variance = this.#weights.vector(`${name}/BatchNorm/moving_variance`, channels);
    const scale = gamma.map((g, index) => g / Math.sqrt((variance[index] ?? 0) + VARIANCE_FLOOR));
    const filters = this.#weights.tensor(`${name}/depthwise_weights`, [3, 3, channels, 1]);
    const output = convolve(this.#graph, input, {
      filters: scaleFilters(channelsFirst(filters), scale),
      bias: beta.map((b, index) => b - (mean[index] ?? 0) * (scale[index] ?? 0)),
      stride,
      padding: stride === 2 ? SAME_HALVED : SAME,
      groups: channels,
    });
    return this.#clip(output);
  }

  /** The two predictions of a grid, the face's logits and the box codes, as one convolution. */
  predict(feature: string, index: number): void {
    const grid = GRIDS[index];
    const output = GRID_OUTPUTS[index];
    if (grid === undefined || output === undefined) throw new RangeError("One feature a grid");
    const name = `Prediction/BoxPredictor_${index}`;
    const { channels, priors, cells } = grid;
    const classes = this.#prediction(`${name}/ClassPredictor`, channels, priors * CLASSES);
    const codes = this.#prediction(`${name}/BoxEncodingPredictor`, channels, priors * CODE_SIZE);
    const faces = Array.from({ length: priors }, (_, prior) => prior * CLASSES + FACE_CLASS);
    const rows = [
      ...faces.map((row) => classes.filters.data.subarray(row * channels, (row + 1) * channels)),
      codes.filters.data,
    ];
    const outputs = priors * (1 + CODE_SIZE);
    const result = convolve(this.#graph, feature, {
      filters: { shape: [outputs, channels, 1, 1], data: joined(rows) },
      bias: joined([Float32Array.from(faces, (row) => classes.bias[row] ?? 0), codes.bias]),
    });
    this.#graph.node("Identity", [result], {}, output);
    this.#graph.output(output, [1, outputs, cells, cells]);
  }

  #prediction(
    name: string,
    inputs: number,
    outputs: number,
  ): { readonly filters: Tensor; readonly bias: Float32Array } {
    return {
      filters: outputsFirst(this.#weights.tensor(`${name}/weights`, [1, 1, inputs, outputs])),
      bias: this.#weights.vector(`${name}/biases`, outputs),
    };
  }

  #clip(input: string): string {
    return this.#graph.node("Clip", [input, this.#graph.scalar(0), this.#graph.scalar(6)]);
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
