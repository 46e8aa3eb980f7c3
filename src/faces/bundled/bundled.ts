import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Tensor, type InferenceSession } from "onnxruntime-node";
import { assert } from "../../base/errors.ts";
import { wipe } from "../../base/bytes.ts";
import type { Box } from "../../base/geometry.ts";
import type { Picture } from "../../media/picture.ts";
import { cutCrop } from "../align.ts";
import type { Detection, Embedding } from "../face.ts";
import type { FaceModels } from "../models.ts";
import { openSession } from "../onnx/session.ts";
import { SpareFloats } from "../spare-floats.ts";
import {
  facePoints,
  fiveOf,
  pixelsInside,
  recognitionSquare,
  settled,
  turnedSquare,
} from "./alignment.ts";
import { DETECTOR_SIZE, detectorNet, GRID_OUTPUTS } from "./detector.ts";
import { LANDMARK_SIZE, landmarkNet, LANDMARKS } from "./landmarks.ts";
import { decode, PRIOR_SHAPE, type Candidate } from "./priors.ts";
import { DESCRIPTOR_SIZE, RECOGNITION_SIZE, recognitionNet } from "./recognition.ts";
import { fillSquare, pictureOf, type PixelScale } from "./square.ts";
import { suppress } from "./suppression.ts";
import { readWeights, type Tensor as Weight, type Vouched } from "./weights.ts";

// The package's default is .5, which loses faces about 64 pixels wide, between two grids' priors
// (38 of 64 found; at .3, 60), and small ones. In 9 copies of the group photos .3 found 288 of 294
// faces, .5 found 267, neither anything else; in turned photos and cut-outs of cloth it begins to.
const SCORE_MIN = 0.3;

// Of 64 faces on a plain ground in a picture of the net's size all were found from 12 pixels up
// (but for the gap above), 4 at 6; the rest is for less plain grounds.
const FACE_MIN_PIXELS = 16;

// Nine in ten upright faces of these widths score more; turned ones up to .99, but the landmarks
// then give them away. Smaller ones score anything.
const SURE_SCORES = [
  { widthMin: 80, score: 0.9 },
  { widthMin: 40, score: 0.5 },
];

// The box of a face is 103 to 151 pixels wide in the net's square, 129 in the median (302 faces).
const CROP_FACE_WIDTH = 129;

// Past a few faces a batch gains nothing on a core (3.7 ms a face alone, 3.3 ms from 8 on), and
// 16 faces are 4 MB of input.
const BATCH_MAX = 16;

const DETECTOR_SCALE: PixelScale = { mean: [127.5, 127.5, 127.5], divisor: 127.5 };
const FACE_SCALE: PixelScale = { mean: [122.782, 117.001, 104.298], divisor: 255 };
const AS_IT_IS: PixelScale = { mean: [0, 0, 0], divisor: 1 };

/** The folder in which the installed `@vladmandic/face-api` package keeps its weights. */
export function bundledFolder(): string {
  const manifest = createRequire(import.meta.url).resolve("@vladmandic/face-api/package.json");
  return join(dirname(manifest), "model");
}

/**
 * Opens the pack `bundled`: the SSD MobileNet v1 detector, the 68-point landmark net and the 128-d
 * recognition net whose weight files lie in `folder`, as ONNX graphs made in memory. What they find
 * is what the package itself finds in the same pixels (detectAllFaces, withFaceLandmarks,
 * withFaceDescriptors), its descriptors brought to unit length; only faces tilted by more than 20
 * degrees are cropped otherwise (see turnedSquare). `files` are the hashes that the
 * weight files must have; `threads` is for each net. Throws FacesError when a file is missing,
 * changed or malformed.
 */
export async function openBundled(options: {
  readonly folder: string;
  readonly threads: number;
  readonly files?: Vouched;
}): Promise<FaceModels> {
  const { folder, threads, files } = options;
  const detector = await readWeights(folder, "ssd_mobilenetv1", files);
  const landmarks = await readWeights(folder, "face_landmark_68", files);
  const recognition = await readWeights(folder, "face_recognition", files);
  await using opened = new AsyncDisposableStack();
  const open = async (model: Uint8Array): Promise<InferenceSession> =>
    opened.adopt(await openSession(model, { threads }), (session) => session.release());
  const sessions = {
    detector: await open(detectorNet(detector)),
    landmarks: await open(landmarkNet(landmarks)),
    recognition: await open(recognitionNet(recognition)),
  };
  const priors = detector.tensor("Output/extra_dim", PRIOR_SHAPE);
  const inputs = new SpareFloats();
  const resources = opened.move();
  return {
    pack: "bundled",
    templateSize: DESCRIPTOR_SIZE,
    detector: {
      inputSide: DETECTOR_SIZE,
      faceMinPixels: FACE_MIN_PIXELS,
      sureScores: SURE_SCORES,
      followsRoll: true,
    },
    cropFaceWidth: CROP_FACE_WIDTH,
    detect: (picture) => detect({ ...sessions, priors, inputs }, picture),
    align,
    embed: (crops) => embed(sessions.recognition, crops),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

interface Locator {
  readonly detector: InferenceSession;
  readonly priors: Weight;
  readonly inputs: SpareFloats;
}

async function detect(
  opened: Locator & { readonly landmarks: InferenceSession },
  picture: Picture,
): Promise<readonly Detection[]> {
  const faces = await locate(opened, picture);
  const detections: Detection[] = [];
  for (const batch of batches(faces)) {
    detections.push(...(await describe(opened.landmarks, picture, batch)));
  }
  return detections;
}

/** Finds faces as boxes in pixels of the picture. */
async function locate(
  { detector, priors, inputs }: Locator,
  picture: Picture,
): Promise<readonly Candidate[]> {
  const size = DETECTOR_SIZE;
  const input = inputs.take(3 * size * size);
  const options = { size, centred: false, scale: DETECTOR_SCALE };
  fillSquare(picture, whole(picture), options, input);
  const results = await detector.run({ input: new Tensor("float32", input, [1, 3, size, size]) });
  inputs.putBack(input);
  const grids = GRID_OUTPUTS.map((name) => floats(results[name]));
  return suppress(decode(grids, priors, SCORE_MIN))
    .map(({ box, score }) => ({ box: fromSquare(box, picture), score }))
    .filter(({ box }) => hasPixels(pixelsInside(box, picture)));
}

/** Finds the 68 points of faces, and by them the five and the square that is embedded. */
async function describe(
  session: InferenceSession,
  picture: Picture,
  faces: readonly Candidate[],
): Promise<readonly Detection[]> {
  const areas = faces.map(({ box }) => pixelsInside(box, picture));
  const parts = areas.map((area) => ({ picture, area }));
  const output = await runOnFaces(session, parts, LANDMARK_SIZE);
  const detections = faces.map(({ box, score }, index): Detection => {
    const values = output.subarray(index * 2 * LANDMARKS, (index + 1) * 2 * LANDMARKS);
    const area = areas[index] ?? box;
    const points = facePoints(values, box, area);
    const outline = recognitionSquare(points, area);
    return { box: clipped(box, picture), score, landmarks: fiveOf(points), outline };
  });
  return detections.filter(({ outline }) => outline && hasPixels(pixelsInside(outline, picture)));
}

/** The square of a detection at the net's size; of a tilted face, turned with it. */
function align(picture: Picture, { landmarks, outline }: Detection): Picture {
  assert(outline !== null, "This pack crops by the outline of the face");
  const size = RECOGNITION_SIZE;
  const turned = turnedSquare(landmarks, size);
  if (turned !== null) return cutCrop(picture, turned, size);
  const planes = new Float32Array(3 * size * size);
  const area = pixelsInside(settled(outline), picture);
  fillSquare(picture, area, { size, centred: true, scale: AS_IT_IS }, planes);
  return pictureOf(planes, size);
}

async function embed(
  session: InferenceSession,
  crops: readonly Picture[],
): Promise<readonly Embedding[]> {
  const embeddings: Embedding[] = [];
  for (const batch of batches(crops)) {
    const parts = batch.map((picture) => ({ picture, area: whole(picture) }));
    const vectors = await runOnFaces(session, parts, RECOGNITION_SIZE);
    for (let start = 0; start < vectors.length; start += DESCRIPTOR_SIZE) {
      embeddings.push(unitLength(vectors.subarray(start, start + DESCRIPTOR_SIZE)));
    }
    wipe(vectors);
  }
  return embeddings;
}

/** Runs a net that takes squares of faces on a batch of them. */
async function runOnFaces(
  session: InferenceSession,
  faces: readonly { readonly picture: Picture; readonly area: Box }[],
  size: number,
): Promise<Float32Array> {
  const length = 3 * size * size;
  const input = new Float32Array(faces.length * length);
  const options = { size, centred: true, scale: FACE_SCALE };
  for (const [index, { picture, area }] of faces.entries()) {
    fillSquare(picture, area, options, input.subarray(index * length));
  }
  const shape = [faces.length, 3, size, size];
  const results = await session.run({ input: new Tensor("float32", input, shape) });
  wipe(input);
  return floats(results["output"]);
}

function floats(tensor: Tensor | undefined): Float32Array {
  const data = tensor?.data;
  assert(data instanceof Float32Array, "The nets of this pack give float32");
  return data;
}

function unitLength(vector: Float32Array): Embedding {
  const length = Math.hypot(...vector);
  assert(length > 0, "The recognition net made a vector without length");
  return vector.map((value) => value / length);
}

/**
 * From 0..1 of the padded square to pixels. The package takes the picture's share of the square
 * from its size in whole pixels of the net, so this does; it clips at the square's edge.
 */
function fromSquare(box: Box, picture: Picture): Box {
  const scale = DETECTOR_SIZE / Math.max(picture.width, picture.height);
  const width = (picture.width * DETECTOR_SIZE) / Math.round(picture.width * scale);
  const height = (picture.height * DETECTOR_SIZE) / Math.round(picture.height * scale);
  const x = Math.max(0, box.x);
  const y = Math.max(0, box.y);
  return {
    x: x * width,
    y: y * height,
    width: (Math.min(1, box.x + box.width) - x) * width,
    height: (Math.min(1, box.y + box.height) - y) * height,
  };
}

/** The part of a box inside the picture: a box may reach into the black beside or below it. */
function clipped({ x, y, width, height }: Box, picture: Picture): Box {
  return {
    x,
    y,
    width: Math.min(width, picture.width - x),
    height: Math.min(height, picture.height - y),
  };
}

function whole(picture: Picture): Box {
  return { x: 0, y: 0, width: picture.width, height: picture.height };
}

function hasPixels({ width, height }: Box): boolean {
  return width > 0 && height > 0;
}

function* batches<T>(items: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < items.length; at += BATCH_MAX) yield items.slice(at, at + BATCH_MAX);
}
