import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { onEachDatabase, onPostgres, openTestDb, withEachDatabase } from "../../test/databases.ts";
import { systemClock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { Db } from "../storage/db.ts";
import { Vault } from "../storage/vault.ts";
import {
  eraseSubject,
  findOrCreateSubject,
  findSubject,
  lockSubject,
  readSubject,
} from "./subjects.ts";

const master = randomBytes(32);
const openVault = async (db: Db) => Vault.open(db, Buffer.from(master), systemClock);
const anna = { name: "Anna Ek", contact: "anna@people.example" };

async function make(db: Db, vault: Vault, person: typeof anna) {
  return db.write(async (tx) => findOrCreateSubject(tx, vault, systemClock, person));
}

withEachDatabase("a person is their name and contact together", async (db) => {
  const vault = await openVault(db);
  const id = await make(db, vault, anna);
  assert.equal(await make(db, vault, { name: " ANNA ek", contact: "Anna@people.example " }), id);
  const child = await make(db, vault, { ...anna, name: "Bo Ek" });
  const namesake = await make(db, vault, { ...anna, contact: "other@people.example" });
  assert.equal(new Set([id, child, namesake]).size, 3);
  assert.deepEqual(await readSubject(db, vault, id), { id, ...anna });
  assert.equal(await findSubject(db, vault, "bo ek"), child);
  assert.equal(await findSubject(db, vault, "other@people.example"), namesake);
  assert.equal(await findSubject(db, vault, id), id);
  await assert.rejects(findSubject(db, vault, "Anna Ek"), { code: "subject_ambiguous" });
  await assert.rejects(findSubject(db, vault, "anna"), { code: "subject_unknown" });
  // However the accent was typed.
  const accented = await make(db, vault, { ...anna, name: "Ren\u00e9" });
  assert.equal(await findSubject(db, vault, "Rene\u0301"), accented);
});

withEachDatabase("refuses names and contacts that are none", async (db) => {
  const vault = await openVault(db);
  for (const name of ["", "  ", "x".repeat(201)]) {
    await assert.rejects(make(db, vault, { ...anna, name }), { code: "subject_name_invalid" });
  }
  for (const contact of ["", "anna", "anna@", "@b", "a b@c", `${"x".repeat(320)}@b`]) {
    await assert.rejects(make(db, vault, { ...anna, contact }), {
      code: "subject_contact_invalid",
    });
  }
  assert.deepEqual(await db.read.selectFrom("subjects").selectAll().execute(), []);
});

withEachDatabase("R19 nothing readable of the person is in their row", async (db) => {
  const vault = await openVault(db);
  await make(db, vault, anna);
  const row = await db.read.selectFrom("subjects").selectAll().executeTakeFirstOrThrow();
  const bytes = Buffer.concat(
    Object.values(row).map((value) =>
      value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value)),
    ),
  ).toString("latin1");
  assert.doesNotMatch(bytes, /anna|people\.example/iu);
});

withEachDatabase("R14 an erased person leaves an id and nothing else", async (db) => {
  const vault = await openVault(db);
  const id = await make(db, vault, anna);
  await db.write(async (tx) => {
    assert.equal(await lockSubject(tx, id), true);
    await eraseSubject(tx, vault, systemClock, id);
  });
  await assert.rejects(readSubject(db, vault, id), { code: "subject_erased" });
  await assert.rejects(findSubject(db, vault, id), { code: "subject_erased" });
  await assert.rejects(findSubject(db, vault, anna.name), { code: "subject_unknown" });
  assert.deepEqual(await db.read.selectFrom("subject_keys").selectAll().execute(), []);
  await db.write(async (tx) => assert.equal(await lockSubject(tx, id), false));
  assert.notEqual(await make(db, vault, anna), id);
  const nobody = db.write(async (tx) => lockSubject(tx, newId("sub")));
  await assert.rejects(nobody, { code: "subject_unknown" });
});

onEachDatabase("a person made in two places at once is one person", async (database) => {
  await using first = await openTestDb(database);
  await using second = await openTestDb(database);
  const vault = await openVault(first);
  const other = await openVault(second);
  const made =
    first.kind === "postgres"
      ? await Promise.all([make(first, vault, anna), make(second, other, anna)])
      : [await make(first, vault, anna), await make(second, other, anna)];
  const [id, twin] = made;
  assert.ok(id);
  assert.equal(id, twin);
  assert.deepEqual(await readSubject(second, other, id), { id, ...anna });
});

onPostgres(
  "R14 whoever waits for a person who is being erased gets a new one",
  async (database) => {
    await using first = await openTestDb(database);
    await using second = await openTestDb(database);
    const vault = await openVault(first);
    const id = await make(first, vault, anna);
    const { promise: locked, resolve } = Promise.withResolvers<void>();
    const erasure = first.write(async (tx) => {
      await lockSubject(tx, id);
      resolve();
      await new Promise((done) => setTimeout(done, 100));
      await eraseSubject(tx, vault, systemClock, id);
    });
    await locked;
    const made = await make(second, vault, anna);
    await erasure;
    assert.notEqual(made, id);
    assert.deepEqual(await readSubject(second, vault, made), { id: made, ...anna });
  },
);
