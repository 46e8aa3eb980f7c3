import { createRequire, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { assert } from "../src/base/errors.ts";
import type { Box, Point } from "../src/base/geometry.ts";
import { bundledFolder } from "../src/faces/bundled/bundled.ts";
import type { Picture } from "../src/media/picture.ts";

/** What the package says of one face, in pixels of the picture. */
export interface PackageFace {
  readonly score: number;
  readonly box: Box;
  readonly points: readonly Point[];
  /** The part of the picture from which the descriptor is made, before it is clipped. */
  readonly square: Box;
  readonly descriptor: Float32Array;
}

/** The `@vladmandic/face-api` package in its own WebAssembly runtime: what `bundled` must equal. */
export interface PackageRuntime {
  /** All faces scored above .5, best first. */
  analyse(picture: Picture): Promise<readonly PackageFace[]>;
  /** The recognition net alone on a whole picture of any shape. */
  describe(picture: Picture): Promise<Float32Array>;
}

/** The part of the package's interface that is used here. */
interface FaceApi {
  readonly tf: {
    readonly Tensor: { readonly prototype: Record<string, unknown> };
    readonly [operation: string]: unknown;
    setThreadsCount(threads: number): void;
    setBackend(name: string): Promise<boolean>;
    tensor3d(data: Int32Array, shape: readonly number[], type: string): PackageTensor;
    reshape(tensor: PackageTensor, shape: readonly number[]): PackageTensor;
  };
  readonly nets: Record<Net, { loadFromDisk(folder: string): Promise<void> }> & {
    readonly faceRecognitionNet: {
      computeFaceDescriptor(input: PackageTensor): Promise<Float32Array>;
    };
  };
  detectAllFaces(input: PackageTensor): {
    withFaceLandmarks(): { withFaceDescriptors(): Promise<readonly PackageResult[]> };
  };
}

interface PackageTensor {
  readonly size: number;
  dispose(): void;
}

interface PackageResult {
  readonly detection: { readonly score: number; readonly box: Box };
  readonly landmarks: {
    readonly positions: readonly Point[];
    align(detection: null, options: { readonly useDlibAlignment: boolean }): Box;
  };
  readonly descriptor: Float32Array;
}

const NETS = ["ssdMobilenetv1", "faceLandmark68Net", "faceRecognitionNet"] as const;
type Net = (typeof NETS)[number];

/**
 * Loads the package's nets on its WebAssembly backend (SIMD), which in Node runs on one thread.
 * Only scripts and benchmarks call this: TensorFlow.js is a development dependency.
 */
export async function openPackageRuntime(): Promise<PackageRuntime> {
  const api = loadPackage();
  const { tf, nets } = api;
  tf.setThreadsCount(1);
  assert(await tf.setBackend("wasm"), "The package's WebAssembly backend must load");
  for (const net of NETS) await nets[net].loadFromDisk(bundledFolder());
  const tensorOf = (picture: Picture): PackageTensor =>
    tf.tensor3d(Int32Array.from(picture.data), [picture.height, picture.width, 3], "int32");
  return {
    async analyse(picture) {
      const tensor = tensorOf(picture);
      const results = await api.detectAllFaces(tensor).withFaceLandmarks().withFaceDescriptors();
      tensor.dispose();
      return results.map(({ detection, landmarks, descriptor }) => ({
        score: detection.score,
        box: plain(detection.box),
        points: landmarks.positions.map(({ x, y }) => ({ x, y })),
        square: plain(landmarks.align(null, { useDlibAlignment: true })),
        descriptor,
      }));
    },
    async describe(picture) {
      const tensor = tensorOf(picture);
      const descriptor = await nets.faceRecognitionNet.computeFaceDescriptor(tensor);
      tensor.dispose();
      return descriptor;
    },
  };
}

/**
 * The package asks for all of TensorFlow.js (230 MB with its training and WebGL parts); the core
 * and the WebAssembly backend are enough, once the methods that the full package hangs on tensors
 * are there.
 */
function loadPackage(): FaceApi {
  const require = createRequire(import.meta.url);
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(
        specifier === "@tensorflow/tfjs" ? require.resolve(`${specifier}-core`) : specifier,
        context,
      ),
  });
  const entry = join(dirname(bundledFolder()), "dist", "face-api.node-wasm.js");
  const api: unknown = require(entry);
  hooks.deregister();
  assert(isFaceApi(api), "The package must have the interface of its version 1.7");
  const { tf } = api;
  const methods = tf.Tensor.prototype;
  for (const name of ["add", "sub", "mul", "div", "mean"]) {
    const operation = tf[name];
    assert(typeof operation === "function", `TensorFlow.js must have ${name}`);
    methods[name] = function chained(this: PackageTensor, ...rest: readonly unknown[]): unknown {
      return operation.call(tf, this, ...rest);
    };
  }
  const reshape = function chained(
    this: PackageTensor,
    ...shape: readonly number[]
  ): PackageTensor {
    return tf.reshape(this, shape.length === 0 ? [this.size] : shape);
  };
  for (const name of ["as1D", "as2D", "as3D", "as4D"]) methods[name] = reshape;
  return api;
}

function isFaceApi(value: unknown): value is FaceApi {
  const members = ["tf", "nets", "detectAllFaces"];
  return typeof value === "object" && value !== null && members.every((name) => name in value);
}

function plain({ x, y, width, height }: Box): Box {
  return { x, y, width, height };
}
