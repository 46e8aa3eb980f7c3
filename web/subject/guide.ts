import { useEffect, useState } from "react";
import type { FaceFinder, Seen } from "./finder/finder.ts";
import { greyOf, judgePicture, type PictureProblem } from "./picture-checks.ts";

/** What the person is told while they look into the camera. */
export type Advice = PictureProblem | FaceAdvice | "good" | null;

type FaceAdvice = "noFace" | "several" | "far" | "near" | "side" | "turned";

/** Looked at so wide: enough for light and sharpness, and a millisecond of work. */
const WIDTH = 160;
/** Between two looks: what is said should be read, and a phone should stay cool. */
const PAUSE_MS = 400;
/** Share of the picture's height that a face should have, and how far from the middle it may be. */
const FACE_MIN = 0.36;
const FACE_MAX = 0.92;
const ASIDE_MAX = 0.2;
/** Degrees. The service takes 25 either way, and looks more closely. */
const YAW_MAX = 20;
const PITCH_MAX = 22;

/** Advice on what the camera sees, anew again and again. Nothing leaves the page. */
export function useGuide(video: HTMLVideoElement | null, on: boolean): Advice {
  const [advice, setAdvice] = useState<Advice>(null);
  useEffect(() => {
    if (!video || !on) return undefined;
    const canvas = document.createElement("canvas");
    let timer: ReturnType<typeof setTimeout> | null = null;
    let gone = false;
    const look = (find: FaceFinder | null): void => {
      if (gone) return;
      if (video.videoWidth > 0) {
        setAdvice(lightAndSharpness(video, canvas) ?? faceAdvice(video, find) ?? "good");
      }
      timer = setTimeout(look, PAUSE_MS, find);
    };
    // Without the nets light and sharpness are still told: the service looks at the picture itself.
    void openFinder().then(look);
    return () => {
      gone = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, [video, on]);
  return advice;
}

/** Loaded with the camera, and once. */
let opening: Promise<FaceFinder | null> | null = null;

async function openFinder(): Promise<FaceFinder | null> {
  opening ??= import("./finder/finder.ts")
    .then(async ({ openFinder }) => openFinder())
    .catch(() => null);
  return opening;
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

function faceAdvice(video: HTMLVideoElement, find: FaceFinder | null): FaceAdvice | null {
  return find ? judgeFace(find(video)) : null;
}

/** What to change first about where the face is and how it is held. */
export function judgeFace(seen: Seen | null): FaceAdvice | null {
  if (!seen) return "noFace";
  if (seen.count > 1) return "several";
  if (seen.height < FACE_MIN) return "far";
  if (seen.height > FACE_MAX) return "near";
  if (Math.abs(seen.aside) > ASIDE_MAX) return "side";
  const { yaw, pitch } = seen.turn;
  return Math.abs(yaw) > YAW_MAX || Math.abs(pitch) > PITCH_MAX ? "turned" : null;
}
