import { VideoDecoder } from "../src/media/video-decoder.ts";
import { openVideoFile } from "../src/media/video-file.ts";

// Plain decoding by the same binding, every frame and nothing more: prints milliseconds and frames.
const path = process.argv[2];
if (path === undefined) throw new RangeError("Name a video");
const begun = performance.now();
const decoder = new VideoDecoder(openVideoFile(path), { skipUnreferenced: false });
let frames = 0;
for (const _ of decoder.frames()) frames += 1;
process.stdout.write(`${JSON.stringify({ ms: performance.now() - begun, frames })}\n`, () =>
  process.kill(process.pid, "SIGKILL"),
);
