import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { createApiKey, SCOPES } from "../src/accounts/api-keys.ts";
import type { Config } from "../src/app.ts";
import { sha256Hex } from "../src/base/bytes.ts";
import { inParallel } from "../src/base/parallel.ts";
import { openLog } from "../src/http/log.ts";
import { buildServer } from "../src/http/server.ts";
import { settingsFor } from "../src/http/settings.ts";
import { onSqlite } from "./databases.ts";
import {
  type Aim,
  aimAnywhere,
  aimAt,
  type Child,
  configIn,
  finishAndCompare,
  hashesOf,
  inputsIn,
  killOnce,
  measure,
  prepareFolder,
  type Undisturbed,
  WIDTH,
} from "./kill-rounds.ts";
import { type VideoWork, type VideoWorkName, videoWorks } from "./kill-video-works.ts";
import { openForWork } from "./kill-works.ts";
import { VIDEO_KILLS } from "./kills.ts";
import { drawStripes, makeStripes, type Scene } from "./striped-video.ts";
import { drawFrom } from "./vectors.ts";
import { filmFrames } from "./videos.ts";

/** Draws for one kill: the process may be past the step by which its parent has killed it. */
const DRAWS_MAX = 8;
/** Of so many kills one is aimed at anything, not into the middle of a video: the third. */
const ANYWHERE_EVERY = 5;
const ANYWHERE_AT = 2;
/** What part of all kills falls into the middle of a video at least. */
const INSIDE_MIN = 0.75;
/** Kills that hit different amounts of finished work; of four videos not more can be finished. */
const SPREAD_MIN = Math.min(3, VIDEO_KILLS / 3);

const SECONDS = 3;
/** Who is in which video, side by side, and who comes later; `p0` is nobody here. */
const VIDEOS: readonly (readonly Scene[])[] = [
  [
    [0, ["p1", "p2"]],
    [1.5, ["p3", "p30"]],
  ],
  [
    [0, ["p20", "p0"]],
    [1.2, ["p20", "p4"]],
  ],
  [
    [0, ["p5", "p5"]],
    [2, ["p30", "p6"]],
  ],
  [
    [0, ["p1", "p0"]],
    [1, ["p7", "p1"]],
  ],
];
/** How long the videos are of which copies are made; they have sound. */
const COPIED_SECONDS = [6, 9];
const COPIED_RATE = 10;

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "assent-kill-video-"));
  const inputs = inputsIn(root);
  for (const [index, scenes] of VIDEOS.entries()) {
    const path = join(inputs, "videos", index % 2 === 0 ? "before" : "after", `${index}.mp4`);
    await mkdir(dirname(path), { recursive: true });
    makeStripes(path, scenes, SECONDS);
  }
  await mkdir(join(inputs, "alone"));
  const picture = drawStripes(["p1"]);
  for (const seconds of COPIED_SECONDS) {
    const frames = Array.from({ length: seconds * COPIED_RATE }, (_, index) => ({
      at: index / COPIED_RATE,
      picture,
    }));
    await filmFrames(join(inputs, "alone", `${seconds}.mp4`), frames, { beeps: [1, 4] });
  }
});
after(async () => rm(root, { recursive: true, force: true }));

for (const name of Object.keys(videoWorks) as VideoWorkName[]) {
  onSqlite(`${name}, killed in the middle of them, ends as if undisturbed`, async (_, t) => {
    const undisturbed = await measure(root, name);
    await killOften(name, undisturbed, t.diagnostic.bind(t));
  });
}

async function killOften(
  name: VideoWorkName,
  undisturbed: Undisturbed,
  note: (text: string) => void,
): Promise<void> {
  const prepared = await prepareFolder(root, name);
  const draw = drawFrom(name.length);
  const seen = new Set<number>();
  let inside = 0;
  let notMade = 0;
  const rounds = Array.from({ length: VIDEO_KILLS }, (_, index) => index);
  await inParallel(rounds, WIDTH, async (round) => {
    const killed = await killRound(round, { name, prepared, undisturbed, draw });
    const { config, kill } = killed;
    if (killed.isInside) inside += 1;
    seen.add(kill.finished.length);
    if (name === "copies of videos") notMade += await askForCopies(config, undisturbed);
    await finishAndCompare(root, name, killed, undisturbed);
    await rm(config.folder, { recursive: true, force: true });
  });
  const spread = [...seen].sort((a, b) => a - b).join(", ");
  note(`${VIDEO_KILLS} kills, ${inside} in the middle of a video, after ${spread} finished things`);
  if (notMade > 0) note(`${notMade} copies asked for over HTTP were not made yet`);
  assert.ok(seen.size >= SPREAD_MIN, "kills are spread over the work");
  assert.ok(inside >= Math.floor(VIDEO_KILLS * INSIDE_MIN), "most fall into the middle of a video");
}

interface Killed {
  readonly config: Config;
  readonly kill: Child;
  /** Whether it left a half-encoded copy, or a video whose faces were being followed. */
  readonly isInside: boolean;
}

async function killRound(
  round: number,
  of: {
    readonly name: VideoWorkName;
    readonly prepared: Config;
    readonly undisturbed: Undisturbed;
    readonly draw: () => number;
  },
): Promise<Killed> {
  const { name, prepared, undisturbed, draw } = of;
  const isAimed = round % ANYWHERE_EVERY !== ANYWHERE_AT;
  for (let drawn = 0; drawn < DRAWS_MAX; drawn += 1) {
    const aim = isAimed
      ? aimInside(name, round, undisturbed, draw)
      : aimAnywhere(undisturbed, draw, round % 2 === 0 || drawn > 0);
    const killed = await killOnce(root, prepared, name, aim);
    if (!killed) continue;
    const isInside =
      name === "copies of videos" ? await hasHalf(killed.config) : killed.kill.isInside;
    if (isInside || !isAimed) return { ...killed, isInside };
    await rm(killed.config.folder, { recursive: true, force: true });
  }
  return assert.fail(`round ${round} was never killed in time`);
}

/** In turns at each kind of step, and by the process itself or from outside. */
function aimInside(
  name: VideoWorkName,
  round: number,
  { steps }: Undisturbed,
  draw: () => number,
): Aim {
  const { aims }: VideoWork = videoWorks[name];
  const kind = aims[round % aims.length] ?? "any";
  return aimAt(kind, steps, draw, round % 2 === 0 ? "itself" : "parent");
}

/** Whether a file lies there that was being encoded: one that waits to be checked has a name less. */
async function hasHalf({ folder }: Config): Promise<boolean> {
  const names = await readdir(join(folder, "deliveries")).catch(() => []);
  return names.some((name) => /\.part\..+\.part$/u.test(name));
}

/**
 * Asks for every copy over HTTP, of an instance as the killed process left it: one that is not made
 * is refused, one that is made comes whole. Returns how many were not made.
 */
async function askForCopies(left: Config, undisturbed: Undisturbed): Promise<number> {
  // In a copy of the folder, for to ask leaves rows.
  const folder = await mkdtemp(join(root, "asked-"));
  await cp(left.folder, folder, { recursive: true });
  await using app = await openForWork(configIn(folder));
  const settings = settingsFor(1);
  const stopping = new AbortController().signal;
  // The server alone: a service would begin to make what is asked for.
  const server = await buildServer({
    app,
    settings,
    log: openLog("error", process.stderr),
    stopping,
    origin: () => "http://localhost",
  });
  try {
    const address = await server.listen({ host: "127.0.0.1", port: 0 });
    const [collection] = await app.db.read.selectFrom("collections").select("id").execute();
    assert.ok(collection);
    const request = { collection: collection.id, label: "a test", scopes: SCOPES, days: 1 };
    const { text } = await createApiKey(app.db, app.recorder, request);
    const get = async (path: string): Promise<Response> =>
      fetch(`${address}/api/v1/collections/${collection.id}/deliveries${path}`, {
        headers: { authorization: `Bearer ${text}` },
      });
    const { items } = (await (await get("")).json()) as {
      readonly items: readonly { readonly id: string; readonly made: boolean }[];
    };
    assert.equal(items.length, COPIED_SECONDS.length);
    const whole = hashesOf(undisturbed.state);
    for (const { id, made } of items) {
      const answer = await get(`/${id}/video`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (made) {
        assert.equal(answer.status, 200);
        assert.ok(whole.has(sha256Hex(bytes)), "what is served is whole");
      } else {
        assert.equal(answer.status, 409);
        const { code } = JSON.parse(bytes.toString()) as { readonly code: string };
        assert.equal(code, "delivery_not_made");
      }
    }
    return items.filter(({ made }) => !made).length;
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
