/**
 * A client that is killed: sends every file of a folder by tus, a few at a time, and says how many
 * are through. Started again it goes on where it was, by what it wrote down.
 */
import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type PreviousUpload, Upload, type UrlStorage } from "tus-js-client";
import { inParallel } from "../src/base/parallel.ts";

export interface ClientTask {
  readonly endpoint: string;
  readonly key: string;
  /** Of the files to send. */
  readonly folder: string;
  /** Of what it must remember. */
  readonly memory: string;
}

/** Files under way at a time, and bytes in a request: several a file, so that a kill meets some. */
const PARALLEL = 4;
const CHUNK_BYTES = 8 * 1024;
/** A service that is started again is back within this many tries. */
const RETRIES = 300;
const RETRY_MS = 100;

const task = JSON.parse(process.argv[2] ?? "") as ClientTask;
await mkdir(task.memory, { recursive: true });
const log = join(task.memory, "sent");
const sent = new Set((await readFile(log, "utf8").catch(() => "")).split("\n"));
const names = (await readdir(task.folder)).toSorted();
let count = names.filter((name) => sent.has(name)).length;
await inParallel(
  names.filter((name) => !sent.has(name)),
  PARALLEL,
  async (name) => {
    await send(name);
    await appendFile(log, `${name}\n`);
    count += 1;
    process.stdout.write(`${count}\n`);
  },
);
process.stdout.write("all\n");

async function send(name: string): Promise<void> {
  const bytes = await readFile(join(task.folder, name));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const upload = new Upload(bytes, {
    endpoint: task.endpoint,
    headers: { authorization: `Bearer ${task.key}` },
    metadata: { filename: name },
    chunkSize: CHUNK_BYTES,
    uploadDataDuringCreation: true,
    retryDelays: Array.from({ length: RETRIES }, () => RETRY_MS),
    urlStorage: filesOfAddresses(join(task.memory, "addresses")),
    fingerprint: async () => name,
    removeFingerprintOnSuccess: true,
    onError: reject,
    onSuccess: () => resolve(),
  });
  const [previous] = await upload.findPreviousUploads();
  if (previous) upload.resumeFromPreviousUpload(previous);
  upload.start();
  await promise;
}

/** Where each upload that was begun goes on: a file each, whole or not there. */
function filesOfAddresses(folder: string): UrlStorage {
  const pathOf = (fingerprint: string): string =>
    join(folder, createHash("sha256").update(fingerprint).digest("hex"));
  return {
    findAllUploads: async () => [],
    findUploadsByFingerprint: async (fingerprint) => {
      const text = await readFile(pathOf(fingerprint), "utf8").catch(() => null);
      return text === null ? [] : [JSON.parse(text) as PreviousUpload];
    },
    removeUpload: async (key) => rm(key, { force: true }),
    addUpload: async (fingerprint, upload) => {
      await mkdir(folder, { recursive: true });
      const path = pathOf(fingerprint);
      await writeFile(`${path}.part`, JSON.stringify({ ...upload, urlStorageKey: path }));
      await rename(`${path}.part`, path);
      return path;
    },
  };
}
