import type { InferenceSession } from "onnxruntime-node";
import { Tensor } from "onnxruntime-node";
import { assert } from "../../base/errors.ts";
import { wipe } from "../../base/bytes.ts";
import type { Picture } from "../../media/picture.ts";
import { cutCrop, fitSimilarity } from "../align.ts";
import type { Detection, Embedding } from "../face.ts";
import { readModelFile } from "../model-files.ts";
import type { ModelFile } from "../model-files.ts";
import type { FaceModels } from "../models.ts";
import { SpareFloats } from "../spare-floats.ts";
import { withDynamicSize } from "../onnx/dynamic-size.ts";
import { openSession } from "../onnx/session.ts";
import { writePlanes } from "./planes.ts";
import { decodeYunet, YUNET_STRIDES } from "./yunet.ts";
import type { YunetLevel } from "./yunet.ts";

/** The files of the pack by role; the embedder is an OpenVINO IR, graph and weights. */
export interface RecommendedFiles {
  readonly detector: ModelFile;
  readonly embedderGraph: ModelFile;
  readonly embedderWeights: ModelFile;
}

/** YuNet halves the picture five times, so both sides must be multiples of this. */
const SIDE_MULTIPLE = 32;
/** Side of the aligned crop in pixels, and length of a template. */
const CROP_SIZE = 128;
const TEMPLATE_SIZE = 256;
const CROP_FLOATS = CROP_SIZE * CROP_SIZE * 3;
/**
 * Faces per run of the embedder. One thread is as fast with one face (4.2 ms) as with four and
 * slower with eight, whose planes leave the cache; two threads need four to be busy (2.2 ms a face
 * against 4.7 alone).
 */
const BATCH_MAX = 4;
/**
 * Below this YuNet's boxes are mostly no faces. Frontal faces 16 px wide score .70 and more, those
 * of 24 px .87 (50 faces shrunk, either detector file); the lower ones are turned or half hidden.
 */
const SCORE_MIN = 0.6;
/**
 * Of 50 faces shrunk to this width both detector files found all; at 14 px one lost 3, and in a
 * crowd of 48 MP at 12 px 2 of 17 were lost.
 */
const FACE_MIN_PIXELS = 16;
/**
 * Upright faces of 40 px and more score .91 at least and .92 as a rule (34 photos, five sizes, both
 * files), turned by a half .91 at most, by a quarter .89. Small upright ones score .86 and more,
 * turned ones, where found at all, mostly under .81.
 */
const SURE_SCORES = [
  { widthMin: 32, score: 0.915 },
  { widthMin: 0, score: 0.865 },
];
/** Mean width of the box in the crop over 50 faces: 97.3 and 97.0 px with the two files. */
const CROP_FACE_WIDTH = 97;

/** Where 0095 wants the five landmarks, as parts of the crop (Open Model Zoo's model card). */
const TEMPLATE = [
  { x: 0.31556875, y: 0.46157411 },
  { x: 0.68262292, y: 0.46157411 },
  { x: 0.5002625, y: 0.64050536 },
  { x: 0.34947188, y: 0.82469196 },
  { x: 0.65343645, y: 0.82469196 },
].map((point) => ({ x: point.x * CROP_SIZE, y: point.y * CROP_SIZE }));

/**
 * Loads YuNet (detector, either the fixed 640x640 file or the dynamic one) and
 * face-reidentification-retail-0095 (256-d embedder, from its OpenVINO IR). Templates are
 * float32[256], unit length, compared by cosine. Throws FacesError `model_missing`,
 * `model_changed`, `model_malformed` or `model_layer_unknown`.
 */
export async function openRecommended(options: {
  readonly files: RecommendedFiles;
  readonly threads: number;
}): Promise<FaceModels> {
  const { files, threads } = options;
  const [detectorBytes, graph, weights] = await Promise.all([
    readModelFile(files.detector),
    readModelFile(files.embedderGraph),
    readModelFile(files.embedderWeights),
  ]);
  const detector = await openSession(withDynamicSize(detectorBytes), { threads });
  const inputs = new SpareFloats();
  // The reader of XML is for this pack alone: commands and workers of others start without it.
  const { convertIr } = await import("./openvino/convert.ts");
  const embedder = await openSession(convertIr(graph, weights), { threads });
  return {
    pack: "recommended",
    templateSize: TEMPLATE_SIZE,
    detector: {
      inputSide: null,
      faceMinPixels: FACE_MIN_PIXELS,
      sureScores: SURE_SCORES,
      followsRoll: false,
    },
    cropFaceWidth: CROP_FACE_WIDTH,
    detect: (picture) => detect(detector, inputs, picture),
    align: alignFace,
    embed: (crops) => embed(embedder, crops),
    async [Symbol.asyncDispose]() {
      await detector.release();
      await embedder.release();
    },
  };
}

async function detect(
  session: InferenceSession,
  inputs: SpareFloats,
  picture: Picture,
): Promise<readonly Detection[]> {
  const columns = roundUp(picture.width);
  const rows = roundUp(picture.height);
  const input = inputs.take(columns * rows * 3);
  writePlanes(picture, input, { columns, rows });
  const outputs = await session.run({
    input: new Tensor("float32", input, [1, 3, rows, columns]),
  });
  inputs.putBack(input);
  const levels = YUNET_STRIDES.map((stride): YunetLevel => ({
    stride,
    cls: floats(outputs[`cls_${stride}`]),
    obj: floats(outputs[`obj_${stride}`]),
    bbox: floats(outputs[`bbox_${stride}`]),
    kps: floats(outputs[`kps_${stride}`]),
  }));
  return decodeYunet(levels, { columns, scoreMin: SCORE_MIN });
}

/** The 128 x 128 crop in which the landmarks lie as 0095 wants them. */
export function alignFace(picture: Picture, detection: Detection): Picture {
  const toCrop = fitSimilarity(detection.landmarks, TEMPLATE);
  assert(toCrop, "A detection's landmarks are one point");
  return cutCrop(picture, toCrop, CROP_SIZE);
}

async function embed(
  session: InferenceSession,
  crops: readonly Picture[],
): Promise<readonly Embedding[]> {
  const embeddings: Embedding[] = [];
  for (let start = 0; start < crops.length; start += BATCH_MAX) {
    const batch = crops.slice(start, start + BATCH_MAX);
    const input = new Float32Array(batch.length * CROP_FLOATS);
    batch.forEach((crop, index) => {
      assert(crop.width === CROP_SIZE && crop.height === CROP_SIZE, "A crop has the wrong size");
      const offset = index * CROP_FLOATS;
      writePlanes(crop, input, { columns: CROP_SIZE, rows: CROP_SIZE, offset });
    });
    const shape = [batch.length, 3, CROP_SIZE, CROP_SIZE];
    const outputs = await session.run({ input: new Tensor("float32", input, shape) });
    const raw = floats(outputs["output"]);
    batch.forEach((_, index) => {
      embeddings.push(unitLength(raw.subarray(index * TEMPLATE_SIZE, (index + 1) * TEMPLATE_SIZE)));
    });
    wipe(raw, input);
  }
  return embeddings;
}

function unitLength(vector: Float32Array): Embedding {
  let squared = 0;
  for (const value of vector) squared += value * value;
  assert(squared > 0, "The embedder made a vector without length");
  const factor = 1 / Math.sqrt(squared);
  return vector.map((value) => value * factor);
}

function floats(tensor: Tensor | undefined): Float32Array {
  const data = tensor?.data;
  assert(data instanceof Float32Array, "The net lacks an output of floats");
  return data;
}

function roundUp(side: number): number {
  return Math.ceil(side / SIDE_MULTIPLE) * SIDE_MULTIPLE;
}
