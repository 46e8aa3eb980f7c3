import assert from "node:assert/strict";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { onEachDatabase, onPostgres, onSqlite } from "../../test/databases.ts";
import { fakePhoto, fakePicture } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  makeCollection,
  openInstance,
  searchFor,
} from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { sha256Hex } from "../base/bytes.ts";
import type { SubjectId } from "../base/ids.ts";
import { writeOperator } from "../consent/operator.ts";
import { keySetOf } from "../ledger/signing.ts";
import { renderHtml } from "../print/html.ts";
import { rollEpoch } from "../storage/epochs.ts";
import { openKeyFile } from "../storage/key-file.ts";
import { addKeyPlace, keyPlaces, updateKeyFiles } from "../storage/key-places.ts";
import { readMasterKey } from "../storage/master-key.ts";
import { verifyCertificate } from "../verify/certificate.ts";
import { certificateDocument, certificateOf } from "./certificate.ts";
import { withdraw } from "./consent-changes.ts";
import { erase } from "./erase.ts";

onEachDatabase("R14 the certificate says what went, and verifies offline", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const operator = {
    name: "Club",
    address: "Street 1",
    email: "office@club.example",
    country: "NL",
    authority: { name: "Authority" },
  };
  await app.db.write(async (tx) => writeOperator(tx, app.recorder, operator));
  const collection = await makeCollection(app);
  const photo = { bytes: await fakePicture(["p0"]) };
  const subject = await enrolPerson(app, collection, "p0", { photo, keepPhoto: true });
  await importPhotos(instance, collection, { "a.jpg": fakePhoto(["p0"], "a") });
  await app.runner.drain();
  await searchFor(app, collection, ["p0"]);
  await app.ledger.checkpoint();
  const entries = app.db.read.selectFrom("entries").select("id").where("subject_id", "=", subject);
  const before = (await entries.execute()).length;
  assert.equal(await certificateOf(app.db, subject), null);

  const jws = await erase(app, app.recorder, subject);
  assert.ok(jws);
  const said = await verifyCertificate(jws, await keySetOf(app.db, "receipts"));
  assert.equal(said.subject, subject);
  assert.equal(said.operator?.name, "Club");
  assert.deepEqual(said.destroyed, {
    templates: 1,
    enrolmentPhotos: 1,
    keys: 4,
    evidence: 1,
    receipts: 1,
    sightings: 1,
    searchReturns: 1,
    entryBodies: before,
  });
  assert.ok(said.ledger && said.ledger.size >= before);
  const [event] = await eventsOf(app, "subject.erased");
  assert.equal(event?.event["certificate"], sha256Hex(jws), "the ledger names it");

  // As often as it is asked for, it is the same.
  assert.equal(await erase(app, app.recorder, subject), jws);
  assert.equal(await certificateOf(app.db, subject), jws);
  const page = renderHtml(certificateDocument(said, jws));
  for (const text of [said.id, subject, "Club", jws]) assert.ok(page.includes(text), text);
});

onSqlite("T2 a certificate with one bit flipped anywhere is refused", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const subject = await enrolPerson(app, await makeCollection(app), "p0");
  const jws = (await erase(app, app.recorder, subject)) ?? "";
  const keySet = await keySetOf(app.db, "receipts");
  await verifyCertificate(jws, keySet);
  const codes = new Set<unknown>();
  for (let at = 0; at < jws.length; at += 1) {
    const changed = Buffer.from(jws);
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7));
    await verifyCertificate(changed.toString(), keySet).then(
      () => assert.fail(`accepted with a bit flipped at ${at}`),
      (error: { readonly code?: unknown }) => codes.add(error.code),
    );
  }
  const closed = ["format_invalid", "key_unknown", "signature_invalid"];
  assert.deepEqual([...codes].map(String).toSorted(), closed);
});

onSqlite(
  "R15 an erasure stands where the key file can't be reached, and is told",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, folder, config } = instance;
    const collection = await makeCollection(app);
    const [one, other] = [
      await enrolPerson(app, collection, "p0"),
      await enrolPerson(app, collection, "p1"),
    ];
    const disk = join(folder, "disk");
    const path = join(disk, "kept.keys");
    await mkdir(disk);
    await app.db.write(async (tx) => addKeyPlace(tx, app.clock, path));
    await updateKeyFiles(app.db, app.vault, app.clock);
    const master = await readMasterKey(config.masterKey);
    const erasedIn = async () =>
      openKeyFile(master, await readFile(path)).erased.map(({ id }) => id);
    assert.deepEqual(await erasedIn(), []);

    // The disk is gone: no folder is made in its place.
    await rm(disk, { recursive: true });
    await assert.rejects(erase(app, app.recorder, one), { code: "key_file_due" });
    assert.ok(await certificateOf(app.db, one), "the person is erased all the same");
    assert.deepEqual(await keyPlaces(app.db), [{ path, behind: true }]);
    await mkdir(disk);
    {
      // The next command, whatever it is, brings it up to date.
      await using again = await openInstance(database, { config });
      assert.deepEqual(await keyPlaces(again.app.db), [{ path, behind: false }]);
    }
    assert.deepEqual(await erasedIn(), [one]);
    await erase(app, app.recorder, other);
    assert.deepEqual((await erasedIn()).toSorted(), [one, other].toSorted());
  },
);

onPostgres("R15 many leave at once, and the key file knows of all of them", async (database) => {
  await using instance = await openInstance(database);
  const { app, folder, config } = instance;
  const collection = await makeCollection(app);
  // More than the connections of a node.
  const people = Array.from({ length: 14 }, (_, index) => `p${index}`);
  const subjects: SubjectId[] = [];
  for (const person of people) subjects.push(await enrolPerson(app, collection, person));
  const path = join(folder, "kept.keys");
  await app.db.write(async (tx) => addKeyPlace(tx, app.clock, path));
  await Promise.all([
    rollEpoch(app.db, app.vault, app.clock),
    ...subjects.map(async (subject) => withdraw(app.db, app.recorder, subject, "all")),
  ]);
  const master = await readMasterKey(config.masterKey);
  const file = openKeyFile(master, await readFile(path));
  assert.deepEqual(
    file.grants.map(({ state }) => state),
    people.map(() => "withdrawn"),
  );
  const epochs = new Set(file.tables.epoch_keys.map(({ id }) => id));
  assert.ok(file.tables.subject_keys.every(({ epoch_id }) => epochs.has(epoch_id ?? null)));
});
