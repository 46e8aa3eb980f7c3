import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { createApiKey } from "../src/accounts/api-keys.ts";
import type { Config } from "../src/app.ts";
import { sha256Hex } from "../src/base/bytes.ts";
import { sweepUploads } from "../src/collections/sweep-uploads.ts";
import { sharp } from "../src/media/codec.ts";
import { instanceConfig, makeCollection, openInstance } from "./instance.ts";
import type { ClientTask } from "./upload-client-child.ts";
import type { ServerTask } from "./upload-server-child.ts";
import { drawFrom } from "./vectors.ts";

/**
 * Photos that are sent while client and service are killed (SIGKILL), twice each. For 10,000:
 *
 *     ASSENT_UPLOAD_PHOTOS=10000 node --test --import ./test/seed.ts test/upload-kill.test.ts
 */
const PHOTOS = Number(process.env["ASSENT_UPLOAD_PHOTOS"] ?? 300);
/** Who is killed, when this part of the photos is through. */
const KILLS = [
  ["service", 0.15],
  ["client", 0.35],
  ["service", 0.6],
  ["client", 0.8],
] as const;
const SIDE = 64;
const TWO_HOURS_MS = 2 * 60 * 60 * 1000;
/** Any client of the protocol, and the one of this repository. */
const CLIENTS = [
  ["a client of others", "upload-client-child.ts"],
  ["our own client", "upload-own-child.ts"],
] as const;

for (const [program, child] of CLIENTS) {
  test(`S4 photos sent by ${program} while both sides are killed twice are all there, once and whole`, async (t) => {
    const root = await mkdtemp(join(tmpdir(), "assent-upload-"));
    try {
      const folder = join(root, "sent");
      const hashes = await drawPhotos(folder);
      const { config, collection, key } = await prepare(root);
      const port = await freePort();
      const endpoint = `http://127.0.0.1:${port}/api/v1/collections/${collection}/uploads`;
      const began = Date.now();
      const kills = await sendAll(
        { config, port },
        { endpoint, key, folder, memory: join(root, "memory") },
        child,
      );
      const seconds = Math.round((Date.now() - began) / 1000);
      assert.equal(kills, KILLS.length, "all over before everybody was killed");
      await checkInstance(config, hashes);
      t.diagnostic(`${PHOTOS} photos in ${seconds} s, ${kills} kills`);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
}

/** Pictures of noise, each another; their SHA-256. */
async function drawPhotos(folder: string): Promise<ReadonlySet<string>> {
  await mkdir(folder);
  const draw = drawFrom(11);
  const hashes = new Set<string>();
  for (let index = 0; index < PHOTOS; index += 1) {
    const pixels = Buffer.from(Array.from({ length: SIDE * SIDE * 3 }, () => draw() * 256));
    const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
    const bytes = await sharp(pixels, { raw }).png().toBuffer();
    hashes.add(sha256Hex(bytes));
    await writeFile(join(folder, `${String(index).padStart(5, "0")}.png`), bytes);
  }
  assert.equal(hashes.size, PHOTOS);
  return hashes;
}

async function prepare(root: string) {
  const config = await instanceConfig({ address: join(root, "assent.sqlite") });
  await using instance = await openInstance({ address: "" }, { config });
  const { app } = instance;
  const { id: collection } = await makeCollection(app);
  const request = { collection, label: "a client", scopes: ["import"], days: 1 };
  const { text: key } = await createApiKey(app.db, app.recorder, request);
  return { config, collection, key };
}

/** Runs client and service until all is sent; how many kills met a process at work. */
async function sendAll(server: ServerTask, client: ClientTask, child: string): Promise<number> {
  let service = await startService(server);
  let kills = 0;
  try {
    for (let done = false; !done;) {
      const sender = start(child, client);
      const ended = once(sender, "exit");
      let told = "";
      const killing: Promise<void>[] = [];
      for await (const line of createInterface({ input: sender.stdout! })) {
        told = line;
        const [who, part] = KILLS[kills] ?? [];
        if (part === undefined || Number(line) < part * PHOTOS) continue;
        kills += 1;
        if (who === "client") sender.kill("SIGKILL");
        else {
          killing.push(
            kill(service).then(async () => {
              service = await startService(server);
              return undefined;
            }),
          );
        }
      }
      const [code, signal] = (await ended) as [number | null, string | null];
      await Promise.all(killing);
      assert.ok(code === 0 || signal === "SIGKILL", `the client failed: ${code}`);
      done = told === "all";
    }
    return kills;
  } finally {
    await kill(service);
  }
}

async function startService(task: ServerTask): Promise<ChildProcess> {
  const service = start("upload-server-child.ts", task);
  for await (const line of createInterface({ input: service.stdout! })) {
    if (line === "listening") return service;
  }
  throw new Error("The service does not start.");
}

function start(file: string, task: ClientTask | ServerTask): ChildProcess {
  const args = ["--import", "./test/seed.ts", join(import.meta.dirname, file)];
  return spawn(process.execPath, [...args, JSON.stringify(task)], {
    cwd: join(import.meta.dirname, ".."),
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** The service was killed with whatever it had not imported yet: opened again, all of it is. */
async function checkInstance(config: Config, hashes: ReadonlySet<string>): Promise<void> {
  await using instance = await openInstance({ address: "" }, { config });
  const { app } = instance;
  await sweepUploads(app, app.recorder);
  await app.runner.drain();
  const rows = await app.db.read.selectFrom("media").select("sha256").execute();
  assert.equal(rows.length, PHOTOS);
  assert.deepEqual(new Set(rows.map(({ sha256 }) => sha256)), hashes);
  // Each is read, and compared with its hash.
  for (const hash of hashes) await app.blobs.verify(hash);
  const open = await app.db.read.selectFrom("uploads").select(["id", "state"]).execute();
  const states = new Set(open.map(({ state }) => state));
  assert.ok(!states.has("received") && !states.has("refused"), [...states].join(", "));
  // A file is made moments before its row. One whose service was killed between goes in an hour.
  const old = new Date(Date.now() - TWO_HOURS_MS);
  for (const name of await readdir(app.uploads)) await utimes(join(app.uploads, name), old, old);
  await sweepUploads(app, app.recorder);
  // Beside photos there is only what a killed client began and forgot.
  const begun = open.filter(({ state }) => state === "receiving").map(({ id }) => id);
  const left = await readdir(app.uploads);
  assert.deepEqual(
    left.filter((name) => !begun.includes(name as (typeof begun)[number])),
    [],
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}
