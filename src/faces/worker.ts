import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/errors.ts";
import { NICENESS } from "../base/niceness.ts";
import type { AnalysedFace } from "./engine.ts";
import { embeddingsIn, type Done, type Job, type Result, toFailed } from "./messages.ts";
import type { FaceModels } from "./models.ts";
import { NativeGate } from "./native-gate.ts";
import { openModels } from "./packs.ts";
import { analyseFrame, analysePhoto, embedPlaces } from "./pipeline.ts";
import type { WorkerStart } from "./pool-worker.ts";

/** One thread a net: the pool has a worker for each core, and they would only fight each other. */
const THREADS = 1;

// On Linux, and nowhere else, this is of the calling thread alone.
if (process.platform === "linux") setPriority(0, NICENESS);

// The entry of a worker thread: opens the models of a pack, then looks at photos one by one.
assert(parentPort, "This file runs as a worker");
const port = parentPort;
const gate = new NativeGate((workerData as WorkerStart).gate);
let models: FaceModels | null = null;
let cancel = new AbortController();
let running: Promise<void> = Promise.resolve();

port.on("message", (job: Job) => {
  if (job.kind === "cancel") {
    cancel.abort();
  } else if (job.kind === "close") {
    cancel.abort();
    void running.then(close);
  } else {
    cancel = new AbortController();
    running = run(job, cancel.signal).then(answer, (error: unknown) => {
      port.postMessage(toFailed(error));
    });
  }
});

async function run(
  job: Exclude<Job, { readonly kind: "cancel" | "close" }>,
  signal: AbortSignal,
): Promise<Result> {
  if (job.kind === "open") {
    const { pack, folder } = job;
    models = gated(await gate.pass(() => openModels(pack, { folder, threads: THREADS })));
    return { kind: "open", pack: models.pack, templateSize: models.templateSize };
  }
  assert(models, "A worker opens its models before it looks at photos");
  if (job.kind === "embed") {
    const embeddings = await embedPlaces(models, job.source, job.faces, signal);
    return { kind: "embed", embeddings: embeddings.map((one) => one && ownBuffer(one)) };
  }
  if (job.kind === "frame") {
    const { embed, thorough } = job;
    const faces = await analyseFrame(models, job.source, { embed, thorough, signal });
    return { kind: "frame", faces: faces.map(owned) };
  }
  const { embed, use } = job;
  const analysis = await analysePhoto(models, job.source, { embed, use, signal });
  return { kind: "analyse", analysis: { ...analysis, faces: analysis.faces.map(owned) } };
}

function owned<Face extends AnalysedFace>(face: Face): Face {
  return { ...face, embedding: face.embedding && ownBuffer(face.embedding) };
}

/** Frees the nets, whose memory would outlive the thread, and lets the thread run out. */
async function close(): Promise<void> {
  const opened = models;
  models = null;
  if (opened) await gate.pass(async () => opened[Symbol.asyncDispose]());
  port.close();
}

/** The models behind the gate ([Note: native gate]). */
function gated(inner: FaceModels): FaceModels {
  return {
    ...inner,
    detect: (picture) => gate.pass(() => inner.detect(picture)),
    embed: (crops) => gate.pass(() => inner.embed(crops)),
  };
}

/** A vector alone in its buffer: moving the buffer then leaves nothing of it in this thread. */
function ownBuffer(embedding: Float32Array): Float32Array {
  if (embedding.byteLength === embedding.buffer.byteLength) return embedding;
  const own = embedding.slice();
  embedding.fill(0);
  return own;
}

function answer(result: Result): void {
  const buffers = embeddingsIn(result).map(({ buffer }) => buffer as ArrayBuffer);
  port.postMessage({ kind: "done", result } satisfies Done, buffers);
}
