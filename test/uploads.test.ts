import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Upload as TusUpload } from "tus-js-client";
import { DAY_MS, fixedClock } from "../src/base/clock.ts";
import { sha256Hex } from "../src/base/bytes.ts";
import { type CollectionId, newId } from "../src/base/ids.ts";
import { sweepUploads } from "../src/collections/sweep-uploads.ts";
import { openUpload, receiveUpload, UPLOAD_MS_MAX } from "../src/collections/uploads.ts";
import { cancel } from "../src/jobs/jobs.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { brokenPhoto, fakePhoto } from "./fake-engine.ts";
import { enrolPerson, makeCollection, openInstance } from "./instance.ts";
import {
  type Badge,
  makeKey,
  openTestService,
  signInAs,
  signInPerson,
  type TestService,
} from "./service.ts";
import { zipOf } from "./zips.ts";

const TUS = { "tus-resumable": "1.0.0" };
const PART = { ...TUS, "content-type": "application/offset+octet-stream" };

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
      headers: { ...headers },
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

/** Says that a file of so many bytes will be sent. */
async function begin(
  { service }: TestService,
  collection: string,
  headers: Badge,
  { name = "a.jpg", bytes = 10 }: { readonly name?: string; readonly bytes?: number } = {},
): Promise<Response> {
  const metadata = `filename ${Buffer.from(name).toString("base64")}`;
  const said = { ...TUS, "upload-length": String(bytes), "upload-metadata": metadata };
  return fetch(`${service.origin}/api/v1/collections/${collection}/uploads`, {
    method: "POST",
    headers: { ...headers, ...said },
  });
}

/** What the contract says of an upload, once it is no longer under way. */
async function outcomeOf(url: string, headers: Badge): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const answer = await fetch(url, { headers });
    const upload = (await answer.json()) as Readonly<Record<string, unknown>>;
    if (upload["state"] !== "receiving" && upload["state"] !== "received") return upload;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

onEachDatabase("a file sent in parts becomes a photo, once", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
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
  await sweepUploads(app, app.recorder);
  assert.deepEqual(await readdir(app.uploads), []);
  assert.doesNotMatch(tested.log(), /one-0|left out/u);
});

onSqlite("a file that is no photo is refused with its reason", async (database) => {
  await using tested = await openTestService(database);
  const { id } = await makeCollection(tested.instance.app);
  const badge = await signInAs(tested, "owner");
  const url = await send(tested, id, badge, { name: "a.jpg", bytes: brokenPhoto("truncated") });
  const { state, reason, advice } = await outcomeOf(url, badge);
  assert.deepEqual([state, reason], ["refused", "truncated"]);
  assert.match(String(advice), /Copy it again/u);
});

onEachDatabase("the photos of an archive are imported as a folder's", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const { id } = await makeCollection(app);
  const badge = await makeKey(tested, id);
  const bytes = await zipOf({
    "day 1/a.jpg": fakePhoto(["anna"]),
    "day 2/a.jpg": fakePhoto(["bert"]),
    "day 2/again.jpg": fakePhoto(["anna"]),
    "broken.jpg": brokenPhoto("corrupt"),
    "__MACOSX/._a.jpg": Buffer.from("nothing"),
  });
  const url = await send(tested, id, badge, { name: "gala.zip", bytes });
  assert.equal((await outcomeOf(url, badge))["state"], "unpacked");
  const files = await app.db.read.selectFrom("import_files").selectAll().execute();
  // Which of two that are the same comes first is nobody's business.
  const shown = files.map(({ path, outcome, reason }) =>
    path.includes("a") && reason === null ? `${path} in` : `${path} ${reason ?? outcome}`,
  );
  assert.deepEqual(shown.toSorted(), [
    "broken.jpg corrupt",
    "day 1/a.jpg in",
    "day 2/a.jpg in",
    "day 2/again.jpg in",
  ]);
  assert.equal((await app.db.read.selectFrom("media").select("id").execute()).length, 2);
  const sources = await app.db.read.selectFrom("media_sources").select("path").execute();
  assert.ok(sources.some(({ path }) => path === "gala.zip/day 2/a.jpg"));
  const bad = await send(tested, id, badge, { name: "bad.zip", bytes: Buffer.from("no archive") });
  const { state, reason } = await outcomeOf(bad, badge);
  assert.deepEqual([state, reason], ["refused", "archive_invalid"]);
});

onSqlite("an upload is for those who may import, and for nobody else", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const { id } = await makeCollection(app);
  const elsewhere = await makeCollection(app, { name: "elsewhere" });
  const subject = await enrolPerson(app, elsewhere, "anna");
  const staff = await signInAs(tested, "staff", [id]);
  const { cookie = "", origin = "" } = staff;
  const refused: readonly (readonly [Badge, number])[] = [
    [{}, 401],
    [await signInPerson(tested, subject), 403],
    [await signInAs(tested, "auditor"), 403],
    [await signInAs(tested, "staff", [elsewhere.id]), 404],
    [await makeKey(tested, elsewhere.id), 404],
    [await makeKey(tested, id, { revoked: true }), 401],
    [await makeKey(tested, id, { scopes: ["read"] }), 403],
    // Another site's page has the cookie sent along, and can't add the header.
    [{ cookie, origin: "https://elsewhere.example", "x-assent-request": "1" }, 403],
    [{ cookie, origin }, 403],
  ];
  const began = await begin(tested, id, staff);
  assert.equal(began.status, 201);
  const url = `${tested.service.origin}${began.headers.get("location") ?? ""}`;
  const part = { ...PART, "upload-offset": "0" };
  for (const [badge, status] of refused) {
    assert.equal((await begin(tested, id, badge)).status, status, JSON.stringify(badge));
    const patch = await fetch(url, { method: "PATCH", headers: { ...badge, ...part }, body: "12" });
    assert.equal(patch.status, status);
    const end = await fetch(url, { method: "DELETE", headers: { ...badge, ...TUS } });
    assert.equal(end.status, status);
  }
  // Somebody else of the same collection neither goes on with it nor ends it.
  const owner = await signInAs(tested, "owner");
  const other = await fetch(url, { method: "PATCH", headers: { ...owner, ...part }, body: "12" });
  assert.equal(other.status, 404);
  const mine = await fetch(url, { method: "PATCH", headers: { ...staff, ...part }, body: "12" });
  assert.deepEqual([mine.status, mine.headers.get("upload-offset")], [204, "2"]);
  const end = await fetch(url, { method: "DELETE", headers: { ...staff, ...TUS } });
  assert.equal(end.status, 204);
  assert.deepEqual(await readdir(app.uploads), []);
  assert.deepEqual(await app.db.read.selectFrom("uploads").selectAll().execute(), []);
});

onSqlite(
  "what is too large, or not of the protocol, is refused before a byte",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const { id } = await makeCollection(app);
    const badge = await makeKey(tested, id);
    const over = 256 * 1024 * 1024 + 1;
    assert.equal((await begin(tested, id, badge, { bytes: over })).status, 413);
    assert.equal((await begin(tested, id, badge, { name: "a.zip", bytes: over })).status, 201);
    assert.equal((await begin(tested, id, badge, { bytes: 0 })).status, 400);
    const answer = await begin(tested, id, badge);
    const url = `${tested.service.origin}${answer.headers.get("location") ?? ""}`;
    const wrong = { ...badge, ...PART, "upload-offset": "3" };
    assert.equal((await fetch(url, { method: "PATCH", headers: wrong, body: "1" })).status, 409);
    const long = { ...badge, ...PART, "upload-offset": "0" };
    const more = await fetch(url, { method: "PATCH", headers: long, body: "x".repeat(11) });
    assert.equal(more.status, 413);
    assert.doesNotMatch(tested.log(), /"level":50/u);
  },
);

onEachDatabase("what is never finished goes, and what was whole is imported", async (database) => {
  const clock = fixedClock(Date.parse("2026-11-02T10:00:00Z"));
  await using tested = await openTestService(database, { instance: { clock } });
  const { app } = tested.instance;
  const { id } = await makeCollection(app);
  const badge = await makeKey(tested, id);
  const bytes = fakePhoto(["anna"]);
  const began = await begin(tested, id, badge, { bytes: bytes.length });
  const half = await begin(tested, id, badge, { bytes: bytes.length });
  // As if the process had been killed after the last byte and before it said so.
  const idOf = (answer: Response) => (answer.headers.get("location") ?? "").slice(-20);
  await writeFile(join(app.uploads, idOf(began)), bytes);
  await writeFile(join(app.uploads, idOf(half)), bytes.subarray(0, 10));
  await sweepUploads(app, app.recorder);
  const url = `${tested.service.origin}${began.headers.get("location") ?? ""}`;
  assert.equal((await outcomeOf(url, badge))["state"], "added");
  clock.move(UPLOAD_MS_MAX + DAY_MS);
  await sweepUploads(app, app.recorder);
  assert.deepEqual(await readdir(app.uploads), []);
  const left = await app.db.read.selectFrom("uploads").select("state").execute();
  assert.deepEqual(
    left.map(({ state }) => state),
    ["added"],
  );
});

onEachDatabase("an import that was cancelled does not begin again by itself", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { id: collection } = await makeCollection(app);
  const receive = async (name: string) => {
    const id = newId("upl");
    const account = app.recorder.account;
    await openUpload(app.db, app.clock, { id, collection, account, name, bytes: 5 });
    await mkdir(app.uploads, { recursive: true });
    await writeFile(join(app.uploads, id), "bytes");
    await receiveUpload(app, app.recorder, id);
  };
  const states = async (table: "jobs" | "uploads" | "imports") =>
    (await app.db.read.selectFrom(table).select("state").execute()).map(({ state }) => state);
  await receive("one.jpg");
  await receive("many.zip");
  const waiting = await app.db.read.selectFrom("jobs").select("id").execute();
  for (const { id } of waiting) await cancel(app.db, app.clock, id);
  await sweepUploads(app, app.recorder);
  assert.deepEqual(await states("jobs"), ["cancelled", "cancelled"]);
  assert.deepEqual(await states("uploads"), ["refused", "refused"]);
  assert.deepEqual(await states("imports"), ["done"]);
  assert.deepEqual(await readdir(app.uploads), []);
  // What is sent later has nothing to do with that.
  await receive("two.jpg");
  await sweepUploads(app, app.recorder);
  assert.deepEqual((await states("jobs")).toSorted(), ["cancelled", "cancelled", "queued"]);
  assert.deepEqual((await states("uploads")).toSorted(), ["received", "refused", "refused"]);
});
