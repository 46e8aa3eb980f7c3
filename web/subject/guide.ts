import { useEffect, useState } from "react";
import { greyOf, judgePicture, type PictureProblem } from "./picture-checks.ts";

/** What the person is told while they look into the camera. */
export type Advice = PictureProblem | FaceAdvice | "good" | null;

type FaceAdvice = "noFace" | "several" | "far" | "near" | "side";

/** The Shape Detection API, where a browser has it: it says where faces are, and nothing of whose. */
interface FaceFinder {
  readonly detect: (
    of: HTMLVideoElement,
  ) => Promise<readonly { readonly boundingBox: DOMRectReadOnly }[]>;
}

declare global {
  // oxlint-disable-next-line no-var -- A global is declared so.
  var FaceDetector: (new () => FaceFinder) | undefined;
}

/** Looked at so wide: enough for light and sharpness, and a millisecond of work. */
const WIDTH = 160;
const EVERY_MS = 400;
/** Share of the picture's height that a face should have, and how far from the middle it may be. */
const FACE_MIN = 0.3;
const FACE_MAX = 0.85;
const OFF_MAX = 0.2;

/** Advice on what the camera sees, anew a few times a second. Nothing leaves the page. */
export function useGuide(video: HTMLVideoElement | null, on: boolean): Advice {
  const [advice, setAdvice] = useState<Advice>(null);
  useEffect(() => {
    if (!video || !on) return undefined;
    const canvas = document.createElement("canvas");
    const finder = faceFinder();
    let gone = false;
    const look = async (): Promise<void> => {
      const told = lightAndSharpness(video, canvas) ?? (await faceAdvice(video, finder)) ?? "good";
      if (!gone) setAdvice(told);
    };
    const timer = setInterval(() => {
      if (video.videoWidth > 0) void look();
    }, EVERY_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [video, on]);
  return advice;
}

function faceFinder(): FaceFinder | null {
  try {
    return globalThis.FaceDetector ? new globalThis.FaceDetector() : null;
  } catch {
    return null;
  }
}

function lightAndSharpness(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
): PictureProblem | null {
  canvas.width = WIDTH;
  canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return null;
  pen.drawImage(video, 0, 0, canvas.width, canvas.height);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  return judgePicture(greyOf(data, canvas.width, canvas.height));
}

/** Where the browser can't tell, nothing is said: the service looks at the picture itself. */
async function faceAdvice(
  video: HTMLVideoElement,
  finder: FaceFinder | null,
): Promise<FaceAdvice | null> {
  const faces = await finder?.detect(video).catch(() => null);
  if (!faces) return null;
  const [face] = faces;
  if (!face) return "noFace";
  if (faces.length > 1) return "several";
  const { x, width, height } = face.boundingBox;
  const share = height / video.videoHeight;
  if (share < FACE_MIN) return "far";
  if (share > FACE_MAX) return "near";
  const off = Math.abs((x + width / 2) / video.videoWidth - 0.5);
  return off > OFF_MAX ? "side" : null;
}
