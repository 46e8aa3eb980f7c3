import { useEffect, useState } from "react";
import { Button } from "../shared/controls.tsx";
import { useTexts } from "../shared/language.tsx";
import { useGuide } from "./guide.ts";

/** A picture good enough for every gate of quality, and small enough for a slow line. */
const WANTED = { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } };
const JPEG_QUALITY = 0.92;

/** The camera with its guide. It opens when this is shown, and is let go when it is not. */
export function Camera(of: {
  readonly busy: boolean;
  readonly onPicture: (picture: Blob) => void;
  readonly onRefused: () => void;
}) {
  const { camera } = useTexts();
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const open = useCamera(video, of.onRefused);
  const advice = useGuide(video, open && !of.busy);
  const take = (): void => {
    if (video) void pictureOf(video).then(of.onPicture, of.onRefused);
  };
  return (
    <>
      <div className="camera">
        <video ref={setVideo} muted playsInline autoPlay aria-label={camera.video} />
        <svg viewBox="0 0 400 300" aria-hidden="true">
          <ellipse
            cx="200"
            cy="145"
            rx="82"
            ry="112"
            fill="none"
            stroke="#fff"
            strokeWidth="3"
            strokeDasharray={advice === "good" ? "none" : "8 8"}
          />
        </svg>
      </div>
      <p role="status" className="advice">
        {open ? (advice === null ? camera.alone : camera.guide[advice]) : camera.opening}
      </p>
      {open ? (
        <Button busy={of.busy} onPress={take}>
          {of.busy ? camera.sending : camera.take}
        </Button>
      ) : null}
    </>
  );
}

/** Asks for the camera and shows it; true once it is open. */
function useCamera(video: HTMLVideoElement | null, onRefused: () => void): boolean {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!video) return undefined;
    let gone = false;
    let stream: MediaStream | null = null;
    const start = async (): Promise<void> => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: WANTED });
        if (gone) return letGo(stream);
        video.srcObject = stream;
        // Before its first frame there is nothing to take a picture of.
        video.addEventListener("loadeddata", () => setOpen(true), { once: true });
      } catch {
        // Missing, in use, not allowed, or no secure connection: the other way is offered.
        if (!gone) onRefused();
      }
    };
    void start();
    return () => {
      gone = true;
      letGo(stream);
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [video]);
  return open;
}

function letGo(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

async function pictureOf(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be taken."))),
      "image/jpeg",
      JPEG_QUALITY,
    );
  });
}
