import { shared } from "../test/shared.ts";
import type { Detection } from "../src/faces/face.ts";
import { locatePack, openModels } from "../src/faces/packs.ts";
import type { Picture } from "../src/media/picture.ts";

/** Medians in milliseconds on one thread of the bare stages of the pack `recommended`. */
export interface RecommendedFigures {
  /** One picture of 640 x 480 and one of 640 x 640, any content, decoding the output included. */
  readonly detectMs: { readonly "640x480": number; readonly "640x640": number };
  /** One face, by how many are embedded in a call. */
  readonly embedMs: { readonly "1": number; readonly "8": number };
  /** One crop, of a face as large as the crop, and of one 6 times as large. */
  readonly alignMs: { readonly small: number; readonly large: number };
}

/** Enough for a median on a shared machine, few enough for a run of seconds. */
const RUNS = 40;
const WARM_UP_RUNS = 5;

/**
 * Times detection, alignment and embedding with the files below ASSENT_MODELS or, where that is not
 * set, beside the repository. Null where the files are not there.
 */
export async function benchRecommended(): Promise<RecommendedFigures | null> {
  const folder = process.env["ASSENT_MODELS"] ?? shared("models");
  if (folder === null || (await locatePack("recommended", [folder])).kind === "missing")
    return null;
  await using models = await openModels("recommended", { folder, threads: 1 });
  const photo = texture(640, 480);
  const square = texture(640, 640);
  const large = texture(1_200, 1_200);
  const crops = Array.from({ length: 8 }, () => texture(128, 128));
  return {
    detectMs: {
      "640x480": await medianMs(() => models.detect(photo)),
      "640x640": await medianMs(() => models.detect(square)),
    },
    embedMs: {
      "1": await medianMs(() => models.embed(crops.slice(0, 1))),
      "8": (await medianMs(() => models.embed(crops))) / 8,
    },
    alignMs: {
      small: await medianMs(() => models.align(photo, faceAt(320, 240, 100))),
      large: await medianMs(() => models.align(large, faceAt(600, 600, 600))),
    },
  };
}

async function medianMs(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < WARM_UP_RUNS + RUNS; run += 1) {
    const start = performance.now();
    await work();
    if (run >= WARM_UP_RUNS) times.push(performance.now() - start);
  }
  times.sort((one, other) => one - other);
  return times[Math.floor(RUNS / 2)] ?? Number.NaN;
}

/** Something for the nets to look at, the same at every run. */
function texture(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 1) data[at] = 128 + 80 * Math.sin(at / 37) + (at % 31);
  return { width, height, data };
}

/** Landmarks as they lie in an upright face of this width. */
function faceAt(x: number, y: number, width: number): Detection {
  const at = (dx: number, dy: number): { x: number; y: number } => ({
    x: x + dx * width,
    y: y + dy * width,
  });
  return {
    box: { x: x - width / 2, y: y - width / 2, width, height: width },
    landmarks: [at(-0.24, -0.1), at(0.24, -0.1), at(0, 0.13), at(-0.2, 0.37), at(0.2, 0.37)],
    score: 1,
    outline: null,
  };
}

if (import.meta.main) {
  const figures = await benchRecommended();
  if (figures === null) console.log("The pack recommended is not here: set ASSENT_MODELS.");
  else console.log(JSON.stringify(figures, null, 2));
}
