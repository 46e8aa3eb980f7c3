import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { drawFaces } from "../../test/fake-models.ts";
import { readInfo } from "../media/decode.ts";
import { MediaError } from "../media/errors.ts";
import type { Analysis, Engine } from "./engine.ts";
import { openPooledEngine, type PoolOptions } from "./engine-pooled.ts";
import { FacesError } from "./errors.ts";

const photo = await drawFaces({ width: 40, height: 30 }, []);
const PHOTO_PIXELS = 40 * 30;

/** A folder of photos whose names say what becomes of them (test/pool-worker.ts). */
function photosIn(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "assent-pool-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(folder, "log.txt");
  return {
    folder,
    file: (name: string): string => {
      const file = join(folder, `${name}.png`);
      writeFileSync(file, photo);
      return file;
    },
    /** Lets a photo named `wait-...` go on. */
    release: (name: string): void => writeFileSync(join(folder, `${name}.go`), ""),
    /** What the workers started and ended, without their numbers. */
    log: (): readonly string[] =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .trim()
            .split("\n")
            .map((line) => line.split(" ").slice(0, 2).join(" "))
        : [],
    threads: (): readonly string[] =>
      readFileSync(log, "utf8")
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("start"))
        .map((line) => line.split(" ")[2] ?? ""),
  };
}

function openPool(options: Partial<PoolOptions> = {}): Promise<Engine> {
  const entry = new URL("../../test/pool-worker.ts", import.meta.url);
  return openPooledEngine({ pack: "bundled", folder: ".", workers: 1, entry, ...options });
}

function analyse(engine: Engine, file: string, signal?: AbortSignal): Promise<Analysis> {
  const options = { embed: { kind: "all" }, use: "scan" } as const;
  return engine.analyse({ file }, signal ? { ...options, signal } : options);
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof FacesError && error.code === code;
}

/** Waits until something holds; the test runner's own limit ends a wait in vain. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

test("a pool knows its pack and gives back what its workers find", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool();
  assert.equal(engine.pack, "fake");
  assert.equal(engine.templateSize, 2);
  const { faces } = await analyse(engine, photos.file("ok-1"));
  assert.deepEqual(faces[0]?.embedding, Float32Array.of(0.6, 0.8));
});

test("while the workers are busy, photos wait in a queue: first come, first served", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool();
  const first = analyse(engine, photos.file("wait-0"));
  await until(() => photos.log().length === 1);
  const names = ["ok-1", "ok-2", "ok-3", "ok-4", "ok-5"];
  const rest = names.map((name) => analyse(engine, photos.file(name)));
  // Each photo's head is read before it is queued: whoever reads it after them has it after them.
  for (const name of names) await readInfo({ file: join(photos.folder, `${name}.png`) });
  photos.release("wait-0");
  await Promise.all([first, ...rest]);
  const begun = photos.log().filter((line) => line.startsWith("start"));
  assert.deepEqual(
    begun,
    ["wait-0", ...names].map((name) => `start ${name}`),
  );
});

test("two workers look at two photos at a time", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool({ workers: 2 });
  const both = ["wait-1", "wait-2"].map((name) => analyse(engine, photos.file(name)));
  await until(() => photos.log().length === 2);
  photos.release("wait-1");
  photos.release("wait-2");
  await Promise.all(both);
  assert.equal(new Set(photos.threads()).size, 2);
});

test("the pixels under work stay within the budget, and nobody overtakes", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool({ workers: 2, pixelsMax: 1.5 * PHOTO_PIXELS });
  const first = analyse(engine, photos.file("wait-1"));
  await until(() => photos.log().length === 1);
  const second = analyse(engine, photos.file("ok-2"));
  // Time enough for the idle worker to begin, were it allowed to.
  await sleep(150);
  assert.deepEqual(photos.log(), ["start wait-1"]);
  photos.release("wait-1");
  await Promise.all([first, second]);
  assert.deepEqual(photos.log(), ["start wait-1", "end wait-1", "start ok-2", "end ok-2"]);
});

test("a photo larger than the whole budget is looked at alone", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool({ workers: 2, pixelsMax: PHOTO_PIXELS / 2 });
  await Promise.all(["ok-1", "ok-2"].map((name) => analyse(engine, photos.file(name))));
  const [one, two] = [photos.log()[0]!.slice(6), photos.log()[2]!.slice(6)];
  assert.deepEqual(photos.log(), [`start ${one}`, `end ${one}`, `start ${two}`, `end ${two}`]);
});

for (const kind of ["exit", "crash", "memory"]) {
  test(`a photo that kills its worker (${kind}) is tried twice and given up; the rest goes on`, async (t) => {
    const photos = photosIn(t);
    await using engine = await openPool({ heapMbMax: 24 });
    const deadly = analyse(engine, photos.file(`${kind}-1`));
    const others = ["ok-1", "ok-2"].map((name) => analyse(engine, photos.file(name)));
    await assert.rejects(deadly, hasCode("worker_died"));
    await Promise.all(others);
    const tries = photos.log().filter((line) => line === `start ${kind}-1`);
    assert.equal(tries.length, 2);
  });
}

test("a photo whose worker died once is done by the next", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool();
  assert.equal((await analyse(engine, photos.file("once-1"))).faces.length, 1);
  assert.deepEqual(photos.log(), ["start once-1", "start once-1", "end once-1"]);
});

test("a photo that takes too long is given up at once, and its worker replaced", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool({ photoMsMax: 1500 });
  const slow = analyse(engine, photos.file("hang-1"));
  await until(() => photos.log().length === 1);
  const other = analyse(engine, photos.file("ok-1"));
  await assert.rejects(slow, hasCode("photo_too_slow"));
  await other;
  assert.deepEqual(photos.log(), ["start hang-1", "start ok-1", "end ok-1"]);
  assert.equal(new Set(photos.threads()).size, 2);
});

test("a photo that can't be used is told with its code, by the pool or by the worker", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool();
  const isCorrupt = (error: unknown): boolean =>
    error instanceof MediaError && error.code === "corrupt";
  await assert.rejects(analyse(engine, photos.file("refuse-1")), isCorrupt);
  await assert.rejects(
    analyse(engine, join(photos.folder, "gone.png")),
    (error) => error instanceof MediaError && error.code === "missing",
  );
  await analyse(engine, photos.file("ok-1"));
});

test("a photo cancelled while it waits is never begun", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool();
  const first = analyse(engine, photos.file("wait-1"));
  await until(() => photos.log().length === 1);
  const controller = new AbortController();
  const second = analyse(engine, photos.file("ok-2"), controller.signal);
  await sleep(20);
  const reason = new Error("enough");
  controller.abort(reason);
  await assert.rejects(second, reason);
  photos.release("wait-1");
  await first;
  await analyse(engine, photos.file("ok-3"));
  assert.equal(photos.log().includes("start ok-2"), false);
});

test("a photo cancelled while it is looked at frees its worker for the next", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool();
  const controller = new AbortController();
  const first = analyse(engine, photos.file("cancel-1"), controller.signal);
  await until(() => photos.log().length === 1);
  const reason = new Error("enough");
  controller.abort(reason);
  await assert.rejects(first, reason);
  await analyse(engine, photos.file("ok-2"));
  assert.equal(new Set(photos.threads()).size, 1);
});

test("a signal that is aborted already begins nothing", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool();
  const reason = new Error("enough");
  await assert.rejects(analyse(engine, photos.file("ok-1"), AbortSignal.abort(reason)), reason);
  assert.deepEqual(photos.log(), []);
});

test("the caller keeps the bytes it hands over, and the worker gets no more than those", async () => {
  await using engine = await openPool();
  const larger = Buffer.concat([Buffer.alloc(5000), photo, Buffer.alloc(5000, 1)]);
  const bytes = larger.subarray(5000, 5000 + photo.length);
  const [told] = await engine.embed({ bytes }, []);
  assert.deepEqual(told, Float32Array.of(photo.at(-1), photo.length));
  assert.deepEqual(bytes, photo);
});

test("models that can't be opened are told with their code, and a pool of dead workers too", async () => {
  await assert.rejects(openPool({ folder: "broken", workers: 2 }), hasCode("model_missing"));
  await assert.rejects(openPool({ folder: "deadly", workers: 2 }), hasCode("worker_died"));
});

test("when no worker can be started any more, nobody waits in vain", async (t) => {
  const photos = photosIn(t);
  await using engine = await openPool({ folder: photos.folder });
  writeFileSync(join(photos.folder, "closed"), "");
  const deadly = assert.rejects(analyse(engine, photos.file("exit-1")), hasCode("worker_died"));
  await until(() => photos.log().length === 1);
  await assert.rejects(analyse(engine, photos.file("ok-1")), hasCode("worker_died"));
  await deadly;
  await assert.rejects(analyse(engine, photos.file("ok-2")), hasCode("worker_died"));
});

test("a closed pool refuses its photos and leaves no thread behind", async (t) => {
  const photos = photosIn(t);
  const threads = (): number =>
    process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name)).length;
  const before = threads();
  const engine = await openPool({ workers: 2 });
  assert.ok(threads() > before);
  const running = analyse(engine, photos.file("wait-1"));
  await until(() => photos.log().length === 1);
  const refused = assert.rejects(running, hasCode("engine_closed"));
  await engine[Symbol.asyncDispose]();
  await refused;
  await assert.rejects(analyse(engine, photos.file("ok-1")), hasCode("engine_closed"));
  assert.equal(threads(), before);
});
