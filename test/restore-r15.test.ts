import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Config, configFor, openDatabase } from "../src/app.ts";
import { backup, defaultKeysPath } from "../src/backup/backup.ts";
import { restore, type RestoreSummary } from "../src/backup/restore.ts";
import { systemClock } from "../src/base/clock.ts";
import type { SubjectId } from "../src/base/ids.ts";
import { pause, withdraw } from "../src/rights/consent-changes.ts";
import { erase } from "../src/rights/erase.ts";
import { object } from "../src/rights/objections.ts";
import { Blobs } from "../src/storage/blobs.ts";
import { openKeyFile } from "../src/storage/key-file.ts";
import { readMasterKey } from "../src/storage/master-key.ts";
import { readSubject } from "../src/subjects/subjects.ts";
import { Canaries } from "./canary.ts";
import {
  inNewSchema,
  onEachDatabase,
  onPostgres,
  onSqlite,
  type TestDatabase,
} from "./databases.ts";
import { fakePhoto, fakePicture, vectorOf } from "./fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "./instance.ts";

const PEOPLE = ["p0", "p1", "p2", "p3", "p4"] as const;

/** A collection of five people and their photos, backed up yesterday. */
async function yesterday(instance: Instance, folder: string) {
  const { app } = instance;
  const collection = await makeCollection(app);
  const subjects: SubjectId[] = [];
  for (const person of PEOPLE) {
    const photo = { bytes: await fakePicture([person]) };
    subjects.push(await enrolPerson(app, collection, person, { photo, keepPhoto: true }));
  }
  await importPhotos(instance, collection, {
    "a.jpg": fakePhoto(["p0", "p1", "p2"], "a"),
    "b.jpg": fakePhoto(["p3", "p4"], "b"),
  });
  await app.runner.drain();
  await searchFor(app, collection, ["p0", "p1"]);
  const [p0, p1, p2, p3, p4] = subjects;
  assert.ok(p0 && p1 && p2 && p3 && p4);
  const made = await backup(app, app.recorder, { folder, keys: defaultKeysPath(folder) });
  return { collection, made, p0, p1, p2, p3, p4 };
}

/** Restores into another instance, with a copy of the master key. */
async function restoreInto(
  config: Config,
  request: Partial<Parameters<typeof restore>[1]> & {
    readonly from: string;
    readonly keys: string;
  },
): Promise<RestoreSummary | null> {
  await mkdir(config.folder, { recursive: true });
  await using db = await openDatabase(config);
  const master = await readMasterKey(config.masterKey);
  const blobs = new Blobs(join(config.folder, "photos"));
  const deps = { db, master, blobs, clock: systemClock, account: "staff" };
  return await restore(deps, { erasures: [], ...request });
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assent-restore-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The configuration of a fresh instance in a folder that has the master key of another. */
function freshConfig(folder: string, of: Config, database: TestDatabase | null): Config {
  return {
    ...configFor(join(folder, "fresh")),
    masterKey: of.masterKey,
    workers: 1,
    account: "staff",
    database: database?.address ?? null,
    schema: database?.schema ?? null,
  };
}

/** What R15 asks: yesterday's backup, today's wishes. */
async function showReplay(
  from: TestDatabase,
  folder: string,
  into: TestDatabase | null,
): Promise<void> {
  await using instance = await openInstance(from);
  const { app } = instance;
  const { collection, made, p0, p1, p2, p3, p4 } = await yesterday(instance, join(folder, "kept"));
  const certificate = await erase(app, app.recorder, p0);
  await withdraw(app.db, app.recorder, p1, "all");
  await pause(app.db, app.recorder, p2, "all");
  const face = await app.db.read
    .selectFrom("faces")
    .innerJoin("media", "media.id", "faces.media_id")
    .select("faces.id")
    .executeTakeFirstOrThrow();
  const target = { kind: "face", id: face.id } as const;
  const objection = await object(app.db, app.recorder, { target, subject: p3, reason: "not this" });
  // Somebody who came after the backup is not in it, and is in nobody's way.
  await enrolPerson(app, collection, "p5");

  const config = freshConfig(folder, instance.config, into);
  const summary = await restoreInto(config, { from: made.dump, keys: made.keys });
  assert.deepEqual(summary, { people: 5, erased: [p0], ended: 2, photos: 2, photosMissing: 0 });

  await using again = await openInstance(into ?? from, { config });
  const { db, vault } = again.app;
  const found = returned(await searchFor(again.app, collection, PEOPLE));
  assert.deepEqual(found, [null, null, null, p3, p4]);
  await assert.rejects(readSubject(db, vault, p0), { code: "subject_erased" });
  assert.equal((await readSubject(db, vault, p4)).name, "Name of p4");
  const templates = await db.read
    .selectFrom("templates")
    .innerJoin("grants", "grants.id", "templates.grant_id")
    .select(["subject_id", "grant_state"])
    .execute();
  assert.deepEqual(
    new Map(templates.map(({ subject_id, grant_state }) => [subject_id, grant_state])),
    new Map([
      [p2, "paused"],
      [p3, "granted"],
      [p4, "granted"],
    ]),
  );
  for (const table of ["subject_keys", "audit_keys", "sightings", "search_returns"] as const) {
    const rows = await db.read.selectFrom(table).select("subject_id").execute();
    assert.ok(rows.length > 0, table);
    assert.ok(
      rows.every(({ subject_id }) => subject_id !== p0),
      table,
    );
  }
  const kept = await db.read.selectFrom("certificates").select("jws").execute();
  const jws = kept.map((row) => row.jws);
  assert.deepEqual(jws, [certificate], "the certificate is the one they were given");
  const objections = await db.read.selectFrom("objections").select(["id", "state"]).execute();
  assert.deepEqual(
    objections.map(({ id, state }) => `${id} ${state}`),
    [`${objection} open`],
  );
  // The instance lives on: photos, new people, the ledger.
  await enrolPerson(again.app, collection, "p6");
  assert.equal(returned(await searchFor(again.app, collection, ["p6"])).length, 1);
  await again.app.ledger.sequence();
  await again.app.ledger.checkpoint();
}

onEachDatabase("R15 yesterday's backup brings nobody back who left today", async (database) =>
  inFolder(async (folder) => {
    if (database.schema === undefined) return showReplay(database, folder, null);
    return inNewSchema(async (other) => showReplay(database, folder, other));
  }),
);

onPostgres("R15 nor does it on the other kind of database, in either direction", async (server) => {
  await inFolder(async (folder) => showReplay(server, join(folder, "to sqlite"), null));
  await inFolder(async (folder) => {
    const file = { address: join(folder, "source", "assent.sqlite") };
    await mkdir(dirname(file.address));
    await inNewSchema(async (into) => showReplay(file, join(folder, "to postgres"), into));
  });
});

onSqlite(
  "R15 a dump opens with no key, not even with the master key and the key file",
  (database) =>
    inFolder(async (folder) => {
      await using instance = await openInstance(database);
      const { app, config } = instance;
      const { made, p0 } = await yesterday(instance, join(folder, "kept"));
      const { db } = app;
      const grant = await db.read
        .selectFrom("grant_keys")
        .innerJoin("grants", "grants.id", "grant_keys.grant_id")
        .selectAll("grant_keys")
        .where("subject_id", "=", p0)
        .executeTakeFirstOrThrow();
      const keys = [
        ...(await db.read.selectFrom("grant_keys").select("wrapped_key").execute()),
        ...(await db.read.selectFrom("subject_keys").select("wrapped_key").execute()),
        ...(await db.read.selectFrom("audit_keys").select("wrapped_key").execute()),
        ...(await db.read.selectFrom("instance_keys").select("wrapped_key").execute()),
        ...(await db.read.selectFrom("epoch_keys").select("wrapped_key").execute()),
      ];
      assert.ok(keys.length > 20);
      const canaries = new Canaries();
      for (const [index, { wrapped_key }] of keys.entries()) {
        canaries.addBytes(`key ${index}`, wrapped_key);
        canaries.addBytes(`key ${index}`, Buffer.from(Buffer.from(wrapped_key).toString("base64")));
      }
      for (const person of PEOPLE) {
        canaries.addBytes("name", Buffer.from(`Name of ${person}`));
        canaries.addVector("vector", vectorOf(person, 256));
      }
      assert.deepEqual(await canaries.findBelow(join(folder, "kept")), []);

      await erase(app, app.recorder, p0);
      const master = await readMasterKey(config.masterKey);
      const keyFile = openKeyFile(master, await readFile(made.keys));
      const left = keyFile.tables.grant_keys.map(({ grant_id }) => grant_id);
      assert.equal(left.length, PEOPLE.length - 1);
      assert.ok(!left.includes(grant.grant_id), "the key of the erased is in no file");
      const text = JSON.stringify(keyFile);
      assert.ok(!text.includes(Buffer.from(grant.wrapped_key).toString("base64")));
      assert.deepEqual(
        keyFile.erased.map(({ id }) => id),
        [p0],
      );
    }),
);

onSqlite("R19 the key file is sealed, whole, and its owner's alone", (database) =>
  inFolder(async (folder) => {
    await using instance = await openInstance(database);
    const { app, config } = instance;
    const { made, p1, collection } = await yesterday(instance, join(folder, "kept"));
    assert.equal((await stat(made.keys)).mode & 0o777, 0o600);
    assert.equal(dirname(made.keys), folder, "beside the dumps, not among them");
    const bytes = await readFile(made.keys);
    const master = await readMasterKey(config.masterKey);
    for (const at of [0, 20, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const code = at === 0 ? "key_file_invalid" : "seal_broken";
      assert.throws(() => openKeyFile(master, changed), { code });
    }
    assert.throws(() => openKeyFile(Buffer.alloc(32, 7), bytes), { code: "seal_broken" });
    // It is one file, at each backup and change of consent the newest.
    await enrolPerson(app, collection, "p7");
    await backup(app, app.recorder, { folder: join(folder, "kept"), keys: made.keys });
    await withdraw(app.db, app.recorder, p1, "all");
    const newest = openKeyFile(master, await readFile(made.keys));
    assert.equal(newest.tables.subject_keys.length, PEOPLE.length + 1);
    assert.equal(newest.grants.filter(({ state }) => state === "withdrawn").length, 1);
    assert.deepEqual((await readdir(folder)).toSorted(), ["kept", "kept.keys"]);
  }),
);
