import { openPackageRuntime } from "../scripts/package-runtime.ts";
import { wipe } from "../src/base/bytes.ts";
import { bundledFolder, openBundled } from "../src/faces/bundled/bundled.ts";
import { goldenPictures } from "../src/faces/bundled/golden/pictures.ts";
import type { Picture } from "../src/media/picture.ts";

// Enough for a median that a busy neighbour does not move; 20 s in all.
const ROUNDS = 15;

/** Photos a second on one core, from pixels to templates: detect, landmarks, align, embed. */
export interface BundledBench {
  readonly picture: string;
  readonly faces: number;
  readonly ours: number;
  readonly package: number;
  /** Median over the rounds of how many times faster ours was in the same round. */
  readonly ratio: number;
}

/**
 * The pack `bundled` against the same weights in the package's own WebAssembly runtime, in turns on
 * the same pixels (drawn by code), one thread each.
 */
export async function benchBundled(): Promise<readonly BundledBench[]> {
  await using models = await openBundled({ folder: bundledFolder(), threads: 1 });
  const runtime = await openPackageRuntime();
  const ours = async (picture: Picture): Promise<number> => {
    const faces = await models.detect(picture);
    const embeddings = await models.embed(faces.map((face) => models.align(picture, face)));
    wipe(...embeddings);
    return embeddings.length;
  };
  const theirs = async (picture: Picture): Promise<number> =>
    (await runtime.analyse(picture)).length;
  const results: BundledBench[] = [];
  for (const name of ["portrait", "group"]) {
    const picture = goldenPictures[name];
    if (picture === undefined) throw new RangeError(`There is no golden picture ${name}`);
    // The first run of each warms up and counts the faces.
    const faces = await ours(picture);
    await theirs(picture);
    const times: { readonly ours: number; readonly theirs: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const first = await milliseconds(() => ours(picture));
      times.push({ ours: first, theirs: await milliseconds(() => theirs(picture)) });
    }
    results.push({
      picture: name,
      faces,
      ours: 1000 / median(times.map((time) => time.ours)),
      package: 1000 / median(times.map((time) => time.theirs)),
      ratio: median(times.map((time) => time.theirs / time.ours)),
    });
  }
  return results;
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

if (import.meta.main) {
  for (const { picture, faces, ours, package: theirs, ratio } of await benchBundled()) {
    console.log(
      `${picture} (${faces} face${faces === 1 ? "" : "s"}): ${ours.toFixed(1)} photos/s, ` +
        `${theirs.toFixed(1)} in the package's own runtime, ${ratio.toFixed(1)} times faster`,
    );
  }
}
