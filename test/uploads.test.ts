import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { Upload as TusUpload } from "tus-js-client";
import { sha256Hex } from "../src/base/bytes.ts";
import type { CollectionId } from "../src/base/ids.ts";
import { fixedClock } from "../src/base/clock.ts";
import { sweepUploads, UPLOAD_MS_MAX } from "../src/collections/uploads.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { brokenPhoto, fakePhoto } from "./fake-engine.ts";
import { makeCollection } from "./instance.ts";
import {
  type Badge,
  makeKey,
  openTestService,
  signInAs,
  signInPerson,
  type TestService,
} from "./service.ts";
import { enrolPerson } from "./instance.ts";

const TUS = { "tus-resumable": "1.0.0" };

/** Sends a file whole, as a client of the protocol does; the address it was given. */
async function send(
  { service }: TestService,
  collection: CollectionId,
  headers: Badge,
  file: { readonly name: string; readonly bytes: Buffer },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const upload = new TusUpload(file.bytes, {
      endpoint: `${service.origin}/api/v1/collections/${collection}/uploads`,
      headers,
      metadata: { filename: file.name, secret: "left out" },
      chunkSize: 100,
      uploadDataDuringCreation: true,
      retryDelays: [],
      onError: reject,
      onSuccess: () => resolve(upload.url ?? ""),
    });
    upload.start();
  });
}

const name64 = (name: string): string => `filename ${Buffer.from(name).toString("base64")}`;

/** What the contract says of an upload, once it is no longer under way. */
async function outcomeOf(url: string, headers: Badge): Promise<Readonly<Record<string, unknown>>> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(url, { headers });
    const upload = (await answer.json()) as Readonly<Record<string, unknown>>;
    if (upload["state"] !== "receiving" && upload["state"] !== "received") return upload;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("The upload is not imported.");
}

onEachDatabase("a file sent in parts becomes a photo, once", async (database) => {
  await using tested = await openTestService(database);
  const { app, folder } = tested.instance;
  const { id } = await makeCollection(app);
  const badges = [await signInAs(tested, "staff", [id]), await makeKey(tested, id)];
  const bytes = fakePhoto(["anna", "bert"], "a".repeat(1000));
  const outcomes = [];
  for (const [index, badge] of badges.entries()) {
    const url = await send(tested, id, badge, { name: `folder/one-${index}.jpg`, bytes });
    outcomes.push(await outcomeOf(url, badge));
    const head = await fetch(url, { method: "HEAD", headers: { ...badge, ...TUS } });
    assert.equal(head.headers.get("upload-offset"), String(bytes.length));
  }
  assert.deepEqual(
    outcomes.map(({ state, name }) => [state, name]),
    [
      ["added", "one-0.jpg"],
      ["known", "one-1.jpg"],
    ],
  );
  const photos = await app.db.read.selectFrom("media").select("sha256").execute();
  assert.deepEqual(
    photos.map(({ sha256 }) => sha256),
    [sha256Hex(bytes)],
  );
  await app.blobs.verify(sha256Hex(bytes));
  const sources = await app.db.read.selectFrom("media_sources").select("path").execute();
  assert.deepEqual(sources.map(({ path }) => path).toSorted(), ["one-0.jpg", "one-1.jpg"]);
  assert.deepEqual(await readdir(app.uploads), []);
  assert.doesNotMatch(tested.log(), /one-0|left out/u);
  assert.ok(folder.length > 0);
});

onSqlite(
  "a file that is no photo is refused with its reason, and its bytes go",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const { id } = await makeCollection(app);
    const badge = await signInAs(tested, "owner");
    const url = await send(tested, id, badge, { name: "a.jpg", bytes: brokenPhoto("truncated") });
    const { state, reason, advice } = await outcomeOf(url, badge);
    assert.deepEqual([state, reason], ["refused", "truncated"]);
    assert.match(String(advice), /Copy it again/u);
    assert.deepEqual(await readdir(app.uploads), []);
  },
);
