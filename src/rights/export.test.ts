import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { onEachDatabase, onSqlite } from "../../test/databases.ts";
import { fakePicture } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
  searchFor,
} from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { passkeyOver } from "../../test/passkey-over.ts";
import { archiveOf, unpack } from "../../test/unpack.ts";
import { addVideo } from "../../test/video-asked.ts";
import type { App } from "../app.ts";
import { sha256Hex } from "../base/bytes.ts";
import type { SubjectId } from "../base/ids.ts";
import { openTemplates } from "../collections/templates.ts";
import { attachPasskeySignature } from "../consent/consents.ts";
import { receiptsOf } from "../consent/receipts.ts";
import { keySetOf, openSigner } from "../ledger/signing.ts";
import { decode } from "../media/decode.ts";
import { crc32 } from "../verify/archive.ts";
import { canonicalBytes, type Json } from "../verify/canonical.ts";
import { EXPORT_FILES, EXPORT_TYPE } from "../verify/export.ts";
import { formatVerifierKey, SIGNATURE_TYPE, verifierKeyOf } from "../verify/note.ts";
import { verifyFile } from "../verify/verify.ts";
import { pause, withdraw } from "./consent-changes.ts";
import { erase } from "./erase.ts";
import { exportRecord } from "./export.ts";

async function prepare(instance: Instance) {
  const { app } = instance;
  const gala = await makeCollection(app);
  const photo = { bytes: await fakePicture(["p5"]) };
  const anna = await enrolPerson(app, gala, "p5", { keepPhoto: true, photo });
  const bert = await enrolPerson(app, gala, "p9");
  await importPhotos(instance, gala, {
    "anna alone.png": await fakePicture(["p5"]),
    "both.png": await fakePicture(["p5", "p9"]),
    "bert alone.png": await fakePicture(["p9"]),
  });
  await app.runner.drain();
  await searchFor(app, gala, ["p5"]);
  return { gala, anna, bert };
}

async function exported(instance: Instance, subject: SubjectId, name = "own.zip") {
  const { app, folder } = instance;
  const to = join(folder, name);
  const summary = await exportRecord(app, app.recorder, { subject, to });
  return { summary, to, bytes: await readFile(to) };
}

onEachDatabase("R16 an export holds everything, and checks itself offline", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { anna, bert } = await prepare(instance);
  const { summary, to, bytes } = await exported(instance, anna);
  const files = await unpack(bytes);
  const receipts = [...files.keys()].filter((name) => name.startsWith("receipts/con_"));
  assert.equal(receipts.length, 1);
  assert.deepEqual(
    [...files.keys()].filter((name) => !receipts.includes(name)),
    [
      "keys.json",
      "ledger/checkpoint.txt",
      "ledger/entries.json",
      "ledger/proofs.json",
      "ledger/searches.json",
      "record.json",
      "record.html",
      "templates.json",
      "enrolment-photos/00001.jpg",
      "photos/00001-undated.png",
      "photos/00002-undated.png",
      "manifest.json",
      "manifest.jws",
    ],
  );
  assert.deepEqual(summary, { files: 14, photos: 2, videos: 0, bytes: bytes.length });
  assert.equal((await stat(to)).mode & 0o777, 0o600);

  const json = (name: string): unknown => JSON.parse(String(files.get(name)));
  const [template] = json("templates.json") as { id: string; vector: number[] }[];
  assert.ok(template);
  const [kept] = await openTemplates(app.db, app.vault, [template.id as never]);
  assert.deepEqual(template.vector, [...(kept?.vector ?? [])]);
  const entries = json("ledger/entries.json") as { opening: { event: { kind: string } } }[];
  const kinds = new Set(entries.map(({ opening }) => opening.event.kind));
  for (const kind of ["grant.given", "template.made", "search.returned", "record.exported"]) {
    assert.ok(kinds.has(kind), kind);
  }
  const others = [...files].filter(([name]) => /json|html/u.test(name)).map(([, file]) => file);
  assert.ok(!Buffer.concat(others).includes(bert), "nothing of anybody else");
  assert.ok(!String(files.get("record.html")).includes("<script"));

  const result = await verifyFile(bytes);
  assert.ok(result.valid);
  assert.match(result.sentence, /14 files, among them 2 photos and 1 receipt,/u);
  assert.match(result.sentence, /and those of 1 search of their collections,/u);
  assert.match(result.sentence, /compare them with those that the operator publishes/u);
  const trusted = {
    ledger: await app.ledger.verifierKeys(),
    receipts: await keySetOf(app.db, "receipts"),
  };
  const known = await verifyFile(bytes, { ...trusted, older: await app.ledger.checkpoint() });
  assert.ok(known.valid);
  assert.match(known.sentence, /Your older checkpoint says the same/u);
  assert.doesNotMatch(known.sentence, /compare/u);
});

onEachDatabase("R16 in their photos everybody else is covered", async (database) => {
  await using instance = await openInstance(database);
  const { anna } = await prepare(instance);
  const { bytes } = await exported(instance, anna);
  const photos = [...(await unpack(bytes))].filter(([name]) => name.startsWith("photos/"));
  const pictures = await Promise.all(photos.map(async ([, file]) => decode({ bytes: file })));
  const both = pictures.find(({ width }) => width === 128);
  assert.ok(both);
  const original = await decode({ bytes: await fakePicture(["p5", "p9"]) });
  const pixel = (picture: typeof both, x: number) => [
    ...picture.data.subarray((32 * picture.width + x) * 3, (32 * picture.width + x) * 3 + 3),
  ];
  assert.deepEqual(pixel(both, 16), pixel(original, 16), "their own face is as it was");
  assert.notDeepEqual(pixel(both, 96), pixel(original, 96), "the other's is not");
});

onEachDatabase("R16 the right hangs on no consent", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { anna } = await prepare(instance);
  await pause(app.db, app.recorder, anna, "all");
  const paused = await exported(instance, anna, "paused.zip");
  assert.equal(paused.summary.photos, 2);
  assert.ok((await verifyFile(paused.bytes)).valid);
  await withdraw(app.db, app.recorder, anna, "all");
  const withdrawn = await exported(instance, anna, "withdrawn.zip");
  assert.ok((await verifyFile(withdrawn.bytes)).valid);
  const files = await unpack(withdrawn.bytes);
  assert.equal(String(files.get("templates.json")), "[]");
  await erase(app, app.recorder, anna);
  await assert.rejects(exported(instance, anna, "erased.zip"), { code: "subject_erased" });
  // What was handed out before still checks: it is theirs.
  assert.ok((await verifyFile(withdrawn.bytes)).valid);
});

onEachDatabase("an erasure stops an export under way: nothing of it stays", async (database) => {
  await using instance = await openInstance(database);
  const { app, folder } = instance;
  const { anna } = await prepare(instance);
  let asked: Promise<unknown> | null = null;
  const failed = exportRecord({ ...app, blobs: erasingBlobs() }, app.recorder, {
    subject: anna,
    to: join(folder, "out", "own.zip"),
  });
  function erasingBlobs() {
    const { blobs } = app;
    return Object.assign(Object.create(blobs) as typeof blobs, {
      get: async (hash: string) => {
        asked ??= erase(app, app.recorder, anna);
        await asked;
        return blobs.get(hash);
      },
    });
  }
  await assert.rejects(failed, { code: "subject_erased" });
  assert.deepEqual(await readdir(join(folder, "out")), []);
  assert.deepEqual(await eventsOf(app, "record.exported"), [], "erased with the person's record");
});

onSqlite(
  "R16 one flipped bit anywhere in an export is refused with the reason",
  async (database) => {
    await using instance = await openInstance(database);
    const { anna } = await prepare(instance);
    const { bytes } = await exported(instance, anna);
    let directory = bytes.length;
    for (const at of samplePositions(bytes, (start) => (directory = start))) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << ((at * 5) % 8));
      const result = await verifyFile(flipped);
      assert.ok(!result.valid, `byte ${at} of ${bytes.length}, directory at ${directory}`);
      assert.match(result.code, /^(?:format_invalid|hash_mismatch)$/u);
      assert.ok(result.sentence.length > 20);
    }
  },
);

/** Every byte of every header and of the directory, and half a dozen of each file's content. */
function samplePositions(bytes: Buffer, directoryAt: (start: number) => void): readonly number[] {
  const positions: number[] = [];
  let at = 0;
  while (bytes.readUInt32LE(at) === 0x04034b50) {
    const start = at + 30 + bytes.readUInt16LE(at + 26);
    const end = start + bytes.readUInt32LE(at + 18);
    for (let byte = at; byte < start; byte += 1) positions.push(byte);
    const step = Math.max(1, Math.floor((end - start) / 6));
    for (let byte = start; byte < end; byte += step) positions.push(byte);
    if (end > start) positions.push(end - 1);
    at = end;
  }
  directoryAt(at);
  for (let byte = at; byte < bytes.length; byte += 1) positions.push(byte);
  return positions;
}

/** Has a person sign their receipt with a passkey. */
async function signReceipt(app: App, subject: SubjectId) {
  const [receipt] = await receiptsOf(app.db, app.vault, subject);
  assert.ok(receipt);
  const passkey = passkeyOver(sha256Hex(receipt.jws));
  const of = { subject, consent: receipt.consent, signature: passkey };
  await app.db.write(async (tx) => attachPasskeySignature(tx, app.recorder, of));
  return { passkey };
}

onSqlite("R16 an export packed anew with a change is refused with the reason", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { anna, bert } = await prepare(instance);
  const { passkey } = await signReceipt(app, anna);
  const { bytes } = await exported(instance, anna);
  const files = await unpack(bytes);
  const check = async (changed: ReadonlyMap<string, Uint8Array>) => {
    const result = await verifyFile(archiveOf(changed));
    return result.valid ? result.sentence : `${result.code}: ${result.sentence}`;
  };
  assert.match(await check(files), /^This export .* 1 receipt \(1 signed with a passkey\)/u);
  for (const [name, file] of files) {
    const other = Buffer.from(file);
    other[other.length >> 1] = (other[other.length >> 1] ?? 0) ^ 1;
    assert.match(await check(new Map([...files, [name, other]])), REFUSED, name);
    const without = new Map([...files].filter(([key]) => key !== name));
    assert.match(await check(without), /^(?:incomplete|format_invalid)/u, `without ${name}`);
    assert.notEqual(crc32(other), crc32(file));
  }
  const added: [string, Buffer] = ["photos/more.png", Buffer.from("x")];
  const more = [...files].toSpliced(3, 0, added);
  assert.match(await check(new Map(more)), /^format_invalid: photos\/more.png was added/u);
  assert.match(await check(new Map([...files].toReversed())), /^format_invalid: .*moved/u);

  // A file that is changed in the list too, which its signature holds.
  const photo = [...files.keys()].find((name) => name.startsWith(EXPORT_FILES.photos));
  assert.ok(photo);
  const other = Buffer.from("another picture");
  const list = JSON.parse(String(files.get(EXPORT_FILES.list))) as { name: string }[];
  const relisted = list.map((one) =>
    one.name === photo ? { name: photo, bytes: other.length, sha256: sha256Hex(other) } : one,
  );
  const both = new Map<string, Uint8Array>([...files, [photo, other]]);
  both.set(EXPORT_FILES.list, canonicalBytes(relisted));
  assert.match(await check(both), /^hash_mismatch: manifest\.json was changed/u);

  // An operator who signs a list with less in it is found out as well.
  const resigned = async (
    change: (name: string, value: Json) => Json,
    more: readonly (readonly [string, Uint8Array])[] = [],
  ) => {
    const list: Json[] = [];
    const kept = new Map<string, Uint8Array>();
    for (const [name, file] of [...more, ...files]) {
      if (name.startsWith("manifest")) continue;
      const value = name.endsWith(".json") ? change(name, JSON.parse(String(file)) as Json) : null;
      const content = value === null ? file : Buffer.from(canonicalBytes(value));
      kept.set(name, content);
      list.push({ name, bytes: content.length, sha256: sha256Hex(content) });
    }
    const listed = canonicalBytes(list);
    const entries = (JSON.parse(String(kept.get(EXPORT_FILES.entries))) as Json[]).length;
    const signer = await openSigner(app.db, app.vault, "receipts");
    const manifest = { schema: "assent-export/1", subject: anna, entries, list: sha256Hex(listed) };
    const jws = await signer.signJws(EXPORT_TYPE, {
      ...manifest,
      madeAt: new Date(app.clock.now()).toISOString(),
    });
    kept.set(EXPORT_FILES.list, listed).set(EXPORT_FILES.signature, Buffer.from(jws));
    return check(kept);
  };
  assert.match(await resigned((_, value) => value), /^This export/u);
  const dropSecond = (name: string, value: Json) =>
    /entries|proofs/u.test(name) ? (value as Json[]).toSpliced(1, 1) : value;
  assert.match(await resigned(dropSecond), /^incomplete: Entry 2 of the ledger is missing/u);
  const reword = (name: string, value: Json) =>
    name === EXPORT_FILES.entries
      ? (JSON.parse(JSON.stringify(value).replace('"staff"', '"other"')) as Json)
      : value;
  assert.match(await resigned(reword), /^proof_invalid/u);

  // Nor does a receipt stand in it that was never issued to this person, genuine as it may be.
  const [others] = await receiptsOf(app.db, app.vault, bert);
  const stray = [`${EXPORT_FILES.receipts}stray.jws`, Buffer.from(others?.jws ?? "")] as const;
  assert.match(
    await resigned((_, value) => value, [stray]),
    /^hash_mismatch: The ledger names no/u,
  );

  // Nor can they sign a search that is told otherwise than it was recorded, or left unproved.
  const inRecord = (from: string, to: string) => (name: string, value: Json) =>
    name === EXPORT_FILES.record
      ? (JSON.parse(JSON.stringify(value).replace(from, to)) as Json)
      : value;
  assert.match(
    await resigned(inRecord('"purpose":"a test"', '"purpose":"a rest"')),
    /^commitment_mismatch: The search sea_/u,
  );
  assert.match(
    await resigned(inRecord('"returned":"match"', '"returned":null')),
    /^commitment_mismatch: Whether the search/u,
  );
  // Nor a passkey's signature that is another's.
  const { signature } = passkeyOver("0".repeat(64));
  assert.match(await resigned(inRecord(passkey.signature, signature)), /^signature_invalid/u);
  const unproved = (name: string, value: Json) => (name === EXPORT_FILES.searches ? [] : value);
  assert.match(await resigned(unproved), /^incomplete: Not every search/u);
  const otherProof = (name: string, value: Json) =>
    name === EXPORT_FILES.searches
      ? (JSON.parse(JSON.stringify(value).replace('"faces":1', '"faces":2')) as Json)
      : value;
  assert.match(await resigned(otherProof), /^proof_invalid/u);
});

const REFUSED =
  /^(?:format_invalid|hash_mismatch|signature_invalid|key_unknown|proof_invalid): .{20}/u;

onSqlite(
  "R16 an export signed by somebody else is refused where keys are given",
  async (database) => {
    await using instance = await openInstance(database);
    const { anna } = await prepare(instance);
    const { bytes } = await exported(instance, anna);
    const key = { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" } as const;
    const others = { keys: [{ ...key, kid: "another", x: "A".repeat(43) }] };
    const receipts = await verifyFile(bytes, { receipts: others });
    assert.ok(!receipts.valid && receipts.code === "key_unknown");
    const stranger = verifierKeyOf("other.example", SIGNATURE_TYPE.ed25519, new Uint8Array(32));
    const ledger = [formatVerifierKey(stranger)];
    const result = await verifyFile(bytes, { ledger });
    assert.ok(!result.valid && result.code === "key_unknown");
  },
);

onEachDatabase("an export tells when the person is in view in which videos", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { gala, anna } = await prepare(instance);
  const { video, sightings } = await addVideo(app, gala.id, Buffer.from("no film"), [
    { subject: anna, from: 1, to: 2.5 },
    { subject: anna, from: 4, to: 5 },
  ]);
  const { summary, bytes } = await exported(instance, anna);
  assert.deepEqual([summary.photos, summary.videos], [2, 1]);
  const files = await unpack(bytes);
  const list = JSON.parse(files.get("videos/list.json")?.toString() ?? "") as Json;
  const moment = { verdict: "match", state: "proposed" };
  assert.deepEqual(list, [
    {
      video,
      collection: gala.id,
      takenAt: null,
      seconds: 5,
      cues: "videos/00001.vtt",
      moments: [
        { sighting: sightings[0], from: 1, to: 2.5, best: 1.75, ...moment },
        { sighting: sightings[1], from: 4, to: 5, best: 4.5, ...moment },
      ],
    },
  ]);
  assert.match(files.get("videos/00001.vtt")?.toString() ?? "", /00:00:01\.000 --> 00:00:02\.500/u);
  const result = await verifyFile(bytes);
  assert.ok(result.valid);
  assert.match(result.sentence, /the times of 1 video/u);
});
