import detectorManifest from "@vladmandic/face-api/model/tiny_face_detector_model-weights_manifest.json";
import detectorFile from "@vladmandic/face-api/model/tiny_face_detector_model.bin?url";
import landmarkManifest from "@vladmandic/face-api/model/face_landmark_68_tiny_model-weights_manifest.json";
import landmarkFile from "@vladmandic/face-api/model/face_landmark_68_tiny_model.bin?url";
import { DETECTOR_SIDE, findFaces, type Found } from "./detector.ts";
import { LANDMARK_SIDE, type Turn, turnOf } from "./turn.ts";
import { type Manifest, readWeights, type Weights } from "./weights.ts";

/** What is seen of faces in a moment of a film; shares are of its height and width. */
export interface Seen {
  readonly count: number;
  /** Of the surest face: its height, and how far its middle is to the right of the film's. */
  readonly height: number;
  readonly aside: number;
  readonly turn: Turn;
}

/** Says where faces are in what a camera shows, and how the surest is turned. Nothing leaves the page. */
export type FaceFinder = (video: HTMLVideoElement) => Seen | null;

/** Loads the two nets: a quarter of a megabyte, from this site. Throws where they can't be had. */
export async function openFinder(): Promise<FaceFinder> {
  const [detector, landmarks] = await Promise.all([
    load(detectorFile, detectorManifest as Manifest),
    load(landmarkFile, landmarkManifest as Manifest),
  ]);
  const whole = squareOf(DETECTOR_SIDE);
  const part = squareOf(LANDMARK_SIDE);
  return (video) => {
    const { videoWidth: width, videoHeight: height } = video;
    const side = Math.max(width, height);
    whole.clear();
    const scale = DETECTOR_SIDE / side;
    whole.pen.drawImage(video, 0, 0, width * scale, height * scale);
    const found = findFaces(whole.read(), detector);
    const [face] = found;
    if (!face) return null;
    part.clear();
    drawFace(part.pen, video, face, side);
    return {
      count: found.length,
      height: (face.height * side) / height,
      aside: ((face.x + face.width / 2) * side) / width - 0.5,
      turn: turnOf(part.read(), landmarks),
    };
  };
}

async function load(address: string, manifest: Manifest): Promise<Weights> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("The nets can't be loaded.");
  return readWeights(manifest, new Uint8Array(await answer.arrayBuffer()));
}

/** The face's box in the middle of the square, as large as it fits. */
function drawFace(
  pen: CanvasRenderingContext2D,
  video: HTMLVideoElement,
  face: Found,
  side: number,
): void {
  const [width, height] = [face.width * side, face.height * side];
  const scale = LANDMARK_SIDE / Math.max(width, height);
  pen.drawImage(
    video,
    face.x * side,
    face.y * side,
    width,
    height,
    (LANDMARK_SIDE - width * scale) / 2,
    (LANDMARK_SIDE - height * scale) / 2,
    width * scale,
    height * scale,
  );
}

function squareOf(side: number) {
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Error("This browser can't draw.");
  return {
    pen,
    clear: (): void => pen.fillRect(0, 0, side, side),
    read: (): Uint8ClampedArray => pen.getImageData(0, 0, side, side).data,
  };
}
