import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { onEachDatabase, withEachDatabase } from "../../test/databases.ts";
import { fakePicture } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  makeCollection,
  openInstance,
  searchFor,
} from "../../test/instance.ts";
import { Authenticator } from "../../test/authenticator.ts";
import { createInvites } from "../accounts/invites.ts";
import { answerLinkRequests, askForLink } from "../accounts/links.ts";
import { finishRegistration, startRegistration } from "../accounts/passkeys.ts";
import { openSession } from "../accounts/sessions.ts";
import type { App } from "../app.ts";
import { type CollectionId, newId, type SubjectId } from "../base/ids.ts";
import { askForDelivery } from "../rights/deliveries.ts";
import { erase } from "../rights/erase.ts";
import { readSubject } from "../subjects/subjects.ts";
import { askContactChange } from "../rights/contact-change.ts";
import { receiveList } from "../collections/enrol-lists.ts";
import { enrolPhoto } from "../collections/enrol-photo.ts";
import { findCollection } from "../collections/collections.ts";
import { object } from "../rights/objections.ts";
import type { ColumnNote } from "./column-notes.ts";
import { columns } from "./columns.ts";
import type { Db } from "./db.ts";
import type { Schema } from "./schema.ts";

const tables = Object.keys(columns) as (keyof Schema)[];
const noteOf = (table: keyof Schema, column: string): ColumnNote => {
  const note = (columns[table] as Readonly<Record<string, ColumnNote>>)[column];
  assert.ok(note, `${table}.${column}`);
  return note;
};

withEachDatabase(
  "R18 every column of the database has a note, and every note a column",
  async (db) => {
    const real = await db.write(async (tx) => {
      const query =
        tx.kind === "sqlite"
          ? sql<{ table: string; column: string }>`
            select m.name as "table", c.name as "column"
            from sqlite_schema m, pragma_table_info(m.name) c
            where m.type = 'table' and m.name not like 'sqlite_%'`
          : sql<{ table: string; column: string }>`
            select table_name as "table", column_name as "column"
            from information_schema.columns where table_schema = current_schema()`;
      return (await query.execute(tx.write)).rows.map(({ table, column }) => `${table}.${column}`);
    });
    const noted = tables.flatMap((table) =>
      Object.keys(columns[table]).map((column) => `${table}.${column}`),
    );
    assert.deepEqual(real.sort(), noted.sort());
  },
);

type Row = Readonly<Record<string, unknown>>;
type Rows = ReadonlyMap<keyof Schema, readonly Row[]>;

async function everyRow(db: Db): Promise<Rows> {
  const rows = new Map<keyof Schema, readonly Row[]>();
  for (const table of tables) {
    rows.set(table, await db.read.selectFrom(table).selectAll().execute());
  }
  return rows;
}

/** What tells a row from the others of its table. */
function keyOf(table: keyof Schema, row: Row): string {
  const names: Partial<Record<keyof Schema, readonly string[]>> = {
    settings: ["name"],
    migrations: ["number"],
    subject_keys: ["subject_id"],
    grant_keys: ["grant_id"],
    enrolment_photos: ["grant_id", "photo_index"],
    media_sources: ["media_id", "path"],
    import_files: ["import_id", "path"],
    search_returns: ["search_id", "subject_id"],
    kept_probes: ["search_id"],
    audit_keys: ["subject_id", "holder"],
    subject_sequences: ["subject_id"],
    tree_tiles: ["level", "position"],
    checkpoints: ["size"],
    witnessed_logs: ["origin"],
    backup_places: ["keys_path"],
    account_collections: ["account_id", "collection_id"],
    passkey_challenges: ["challenge_hash"],
    login_links: ["token_hash"],
    contact_changes: ["token_hash"],
    enrolment_tries: ["grant_id"],
    enrolment_rows: ["list_id", "line"],
    search_turns: ["collection_id", "account"],
    sighting_confirmations: ["sighting_id", "account"],
    idempotency: ["principal", "key"],
  };
  return JSON.stringify((names[table] ?? ["id"]).map((name) => row[name]));
}

/**
 * Whether a scrub may have changed this: it rolls the epoch where files can't be written anew, and
 * everybody's keys are wrapped again, whoever was erased ([Note: epochs]).
 */
function isRolled(table: keyof Schema, column: string, now: Row | undefined): boolean {
  if (table === "epoch_keys") return true;
  return now !== undefined && (column === "epoch_id" || column === "wrapped_key");
}

/** A list that waits, in which somebody known stands once more. */
async function handInList(app: App, collection: CollectionId): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assent-list-"));
  const path = join(folder, "p5.jpg");
  await writeFile(path, await fakePicture(["p5"]));
  const csv =
    "subject,contact,photo,form,signed_on,witness\n" +
    "Name of p5,p5@people.example,p5.jpg,form 9,2026-01-01,Staff";
  const handed = { csv: Buffer.from(csv), photos: new Map([["p5.jpg", path]]), peopleMax: 1 };
  const of = await findCollection(app.db, collection);
  await receiveList(app, app.recorder, of, handed);
  await rm(folder, { recursive: true });
}

/** What a person, and those who look for them, leave in the tables of the service. */
async function leaveTraces(app: App, collection: CollectionId, subject: SubjectId): Promise<void> {
  const { db, clock, recorder, vault } = app;
  const owner = { kind: "subject", id: subject } as const;
  const site = { host: "localhost", origin: "http://localhost:4400", name: "Assent" };
  const key = new Authenticator(site.origin);
  const options = await startRegistration({ db, clock, site }, owner, "p5");
  await finishRegistration({ db, clock, site }, recorder, owner, key.register(options));
  await startRegistration({ db, clock, site }, owner, "p5");
  const { contact } = await readSubject(db, vault, subject);
  await askForLink(app, "subject", contact);
  await answerLinkRequests({ ...app, origin: site.origin });
  const request = { collection, language: "en", contacts: [contact], days: 1 };
  await createInvites(db, recorder, request, null);
  await db.write(async (tx) => openSession(tx, clock, owner, null));
  const moving = { subject, contact: "elsewhere@people.example", origin: site.origin };
  await askContactChange(db, recorder, moving);
  await handInList(app, collection);
  const shown = { subject, bytes: await fakePicture(["p5"]), source: "camera" as const };
  await enrolPhoto(app, recorder, await findCollection(db, collection), shown);
  await db.write(async (tx) => {
    const sighting = await tx.read
      .selectFrom("sightings")
      .select("id")
      .where("subject_id", "=", subject)
      .executeTakeFirstOrThrow();
    const search = await tx.read.selectFrom("searches").select("id").executeTakeFirstOrThrow();
    await tx.write
      .insertInto("sighting_confirmations")
      .values({ sighting_id: sighting.id, account: "acc_one", confirmed_at: clock.now() })
      .execute();
    const seen = { seen_at: null, seen_by: null, raised_at: clock.now() };
    const about = { collection_id: collection, subject_id: subject, search_id: search.id };
    await tx.write
      .insertInto("alerts")
      .values({
        id: newId("ale"),
        kind: "repeated_probes",
        account: "staff",
        searches: 1,
        ...about,
        ...seen,
      })
      .execute();
    await tx.write
      .insertInto("idempotency")
      .values({
        principal: "acc_one",
        key: "k",
        request_hash: "h",
        status: 200,
        sealed_body: Buffer.from("an answer"),
        created_at: clock.now(),
      })
      .execute();
  });
}

onEachDatabase("R18 what the notes say of erasure is what erasure does", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const kept = async (person: string) =>
    enrolPerson(app, collection, person, {
      photo: { bytes: await fakePicture([person]) },
      keepPhoto: true,
    });
  const [subject] = [await kept("p5"), await kept("p9")];
  await importPhotos(instance, collection, { "a.png": await fakePicture(["p5", "p9", "p20"]) });
  await app.runner.drain();
  const photo = { bytes: await fakePicture(["p5", "p9"]) };
  const keepUntil = new Date(app.clock.now()).toISOString().slice(0, 10);
  await searchFor(app, collection, [], { photo, keepUntil });
  const { id } = await app.db.read.selectFrom("media").select("id").executeTakeFirstOrThrow();
  const target = { kind: "photo", id } as const;
  await object(app.db, app.recorder, { target, subject, reason: "not for everybody" });
  await askForDelivery(app.db, app.recorder, { collection: collection.id, subjects: [subject] });
  await leaveTraces(app, collection.id, subject);
  const before = await everyRow(app.db);
  await erase(app, app.recorder, subject);
  const after = await everyRow(app.db);

  const seen = new Set<string>();
  for (const table of tables) {
    const now = new Map((after.get(table) ?? []).map((row) => [keyOf(table, row), row]));
    for (const row of before.get(table) ?? []) {
      const same = now.get(keyOf(table, row));
      for (const [column, value] of Object.entries(row)) {
        if (isRolled(table, column, same)) continue;
        const { erasure } = noteOf(table, column);
        const name = `${table}.${column}: ${erasure}`;
        if (!same) assert.equal(erasure, "row deleted", name);
        else if (JSON.stringify(same[column]) !== JSON.stringify(value)) {
          assert.ok(erasure === "cleared" || erasure === "updated", `${name}, and it changed`);
          if (erasure === "cleared") assert.equal(same[column], null, name);
        } else continue;
        seen.add(name);
      }
    }
  }
  // And each of them has been seen to happen.
  const promised = tables.flatMap((table) =>
    Object.entries(columns[table] as Readonly<Record<string, ColumnNote>>)
      .filter(([, { erasure }]) => erasure !== "stays")
      .map(([column, { erasure }]) => `${table}.${column}: ${erasure}`),
  );
  assert.deepEqual(
    promised.filter((name) => !seen.has(name)),
    [],
  );
});

test("R18 what is biometric, identity or a key goes with the person, in one way or another", () => {
  for (const table of tables) {
    for (const column of Object.keys(columns[table])) {
      const { category, erasure, retention } = noteOf(table, column);
      const goes = erasure === "row deleted" || erasure === "cleared";
      // The instance's own keys and secrets are of nobody.
      if (category === "key" && retention === "instance") continue;
      // Whoever works for the operator is no subject; theirs goes with the account.
      if (category === "operator" && retention === "account") continue;
      if (column.startsWith("sealed_") || category === "biometric") {
        assert.ok(goes, `${table}.${column}`);
        assert.notEqual(retention, "instance", `${table}.${column}`);
      }
      const ends = ["erasure", "grant end", "expiry"];
      if (goes) assert.ok(ends.includes(retention), `${table}.${column}`);
    }
  }
});
