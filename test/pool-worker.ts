import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, threadId } from "node:worker_threads";
import type { Analysis } from "../src/faces/engine.ts";
import { FacesError } from "../src/faces/errors.ts";
import { type Done, type Job, type Result, toFailed } from "../src/faces/messages.ts";
import { MediaError } from "../src/media/errors.ts";

// A worker for tests of the pool: what it does with a photo, the file's name says. It writes what it
// starts and ends to `log.txt` beside the photos.
if (!parentPort) throw new Error("This file runs as a worker.");
const port = parentPort;
let cancelled = Promise.withResolvers<void>();

port.on("message", (job: Job) => {
  if (job.kind === "cancel") return cancelled.resolve();
  if (job.kind === "close") return port.close();
  cancelled = Promise.withResolvers();
  run(job).then(
    (result) => port.postMessage({ kind: "done", result } satisfies Done, []),
    (error: unknown) => port.postMessage(toFailed(error), []),
  );
  return undefined;
});

async function run(job: Exclude<Job, { readonly kind: "cancel" | "close" }>): Promise<Result> {
  if (job.kind === "open") return open(job.folder);
  if ("data" in job.source) throw new Error("No test hands frames to this worker");
  if (!("file" in job.source)) {
    const [first = 0] = job.source.bytes.subarray(-1);
    return { kind: "embed", embeddings: [Float32Array.of(first, job.source.bytes.length)] };
  }
  const name = basename(job.source.file, ".png");
  const folder = dirname(job.source.file);
  const log = join(folder, "log.txt");
  const before = existsSync(log) ? readFileSync(log, "utf8") : "";
  appendFileSync(log, `start ${name} ${threadId}\n`);
  await behave(name, folder, before.includes(`start ${name} `));
  appendFileSync(log, `end ${name} ${threadId}\n`);
  return { kind: "analyse", analysis };
}

function open(folder: string): Result {
  if (folder === "broken") throw new FacesError("model_missing", "Nothing lies there.");
  if (folder === "deadly") process.exit(1);
  if (existsSync(join(folder, "closed"))) process.exit(1);
  return { kind: "open", pack: "fake", templateSize: 2 };
}

async function behave(name: string, folder: string, again: boolean): Promise<void> {
  const [kind] = name.split("-");
  switch (kind) {
    case "ok":
      return;
    case "wait":
      while (!existsSync(join(folder, `${name}.go`))) await sleep(5);
      return;
    case "once":
      if (!again) process.exit(3);
      return;
    case "exit":
      return process.exit(3);
    case "crash":
      setImmediate(() => {
        throw new Error("uncaught");
      });
      return new Promise(() => undefined);
    case "memory": {
      const hoard: string[][] = [];
      for (;;) hoard.push(Array.from({ length: 10_000 }, (_, index) => `${index} ${hoard.length}`));
    }
    case "hang":
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      return;
    case "cancel":
      await cancelled.promise;
      throw new Error("cancelled");
    case "refuse":
      throw new MediaError("corrupt");
    case undefined:
    default:
      throw new Error(`No such behaviour: ${name}`);
  }
}

const analysis: Analysis = {
  width: 40,
  height: 30,
  format: "png",
  takenAt: null,
  rotationsTried: false,
  faces: [
    {
      box: { x: 0, y: 0, width: 1, height: 1 },
      landmarks: [
        { x: 0, y: 0 },
        { x: 1, y: 0 },
        { x: 0.5, y: 0.5 },
        { x: 0, y: 1 },
        { x: 1, y: 1 },
      ],
      outline: null,
      score: 1,
      widthPixels: 40,
      problems: [],
      embedding: Float32Array.of(0.6, 0.8),
    },
  ],
};
