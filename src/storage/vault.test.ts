import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  onEachDatabase,
  openTestDb,
  type TestDatabase,
  withEachDatabase,
} from "../../test/databases.ts";
import { systemClock } from "../base/clock.ts";
import { newId, type SubjectId } from "../base/ids.ts";
import type { Db, Tx } from "./db.ts";
import { type KeyOwner, Vault } from "./vault.ts";

const master = randomBytes(32);

async function openVault(db: Db, key: Buffer = Buffer.from(master)): Promise<Vault> {
  return Vault.open(db, key, systemClock);
}

async function makeOwner(tx: Tx, vault: Vault): Promise<KeyOwner & { readonly id: SubjectId }> {
  const id = newId("sub");
  const nobody = { name_index: null, contact_index: null, sealed_contact: null, erased_at: null };
  const row = { id, ...nobody, sealed_name: new Uint8Array(), created_at: systemClock.now() };
  await tx.write.insertInto("subjects").values(row).execute();
  await vault.createKey(tx, { kind: "subject", id });
  return { kind: "subject", id };
}

onEachDatabase("R19 opens what was sealed, also after it was closed", async (database) => {
  const sealedBefore = await (async () => {
    await using db = await openTestDb(database);
    const vault = await openVault(db);
    return await db.write(async (tx) => {
      const owner = await makeOwner(tx, vault);
      return { owner, sealed: await vault.seal(tx, owner, Buffer.from("secret"), ["name"]) };
    });
  })();
  await using db = await openTestDb(database);
  const vault = await openVault(db);
  const { owner, sealed } = sealedBefore;
  assert.equal((await vault.unseal(db, owner, sealed, ["name"])).toString(), "secret");
});

withEachDatabase("R19 swapped associated data does not open", async (db) => {
  const vault = await openVault(db);
  const [anna, bert] = await db.write(async (tx) => [
    await makeOwner(tx, vault),
    await makeOwner(tx, vault),
  ]);
  assert.ok(anna && bert);
  const sealed = await vault.seal(db, anna, Buffer.from("secret"), ["name"]);
  const broken = { code: "seal_broken" };
  await assert.rejects(vault.unseal(db, bert, sealed, ["name"]), broken);
  await assert.rejects(vault.unseal(db, anna, sealed, ["contact"]), broken);
  // A key's row moved to another owner does not open there either.
  const keys = await db.read.selectFrom("subject_keys").selectAll().execute();
  const key = keys.find(({ subject_id }) => subject_id === anna.id);
  assert.ok(key);
  await db.write(async (tx) =>
    tx.write
      .updateTable("subject_keys")
      .set({ wrapped_key: key.wrapped_key })
      .where("subject_id", "=", bert.id)
      .execute(),
  );
  await assert.rejects(vault.unseal(db, bert, sealed, ["name"]), broken);
});

withEachDatabase("R14 nothing opens once the key is destroyed", async (db) => {
  const vault = await openVault(db);
  const owner = await db.write(async (tx) => makeOwner(tx, vault));
  const sealed = await vault.seal(db, owner, Buffer.from("secret"), ["name"]);
  await db.write(async (tx) => vault.destroyKey(tx, owner));
  const gone = { code: "key_destroyed" };
  await assert.rejects(vault.unseal(db, owner, sealed, ["name"]), gone);
  await assert.rejects(vault.seal(db, owner, Buffer.from("more"), ["name"]), gone);
  await db.write(async (tx) => vault.destroyKey(tx, owner));
});

withEachDatabase("R19 another master key is refused when the instance opens", async (db) => {
  await openVault(db);
  await assert.rejects(openVault(db, randomBytes(32)), { code: "seal_broken" });
});

onEachDatabase(
  "two nodes that open a new database at once share one epoch",
  async (database: TestDatabase) => {
    await using first = await openTestDb(database);
    await using second = await openTestDb(database);
    const [one, other] =
      first.kind === "postgres"
        ? await Promise.all([openVault(first), openVault(second)])
        : [await openVault(first), await openVault(second)];
    const epochs = await first.read.selectFrom("epoch_keys").select("id").execute();
    assert.equal(epochs.length, 1);
    const owner = await first.write(async (tx) => makeOwner(tx, one));
    const sealed = await one.seal(first, owner, Buffer.from("secret"), []);
    assert.equal((await other.unseal(second, owner, sealed, [])).toString(), "secret");
  },
);

withEachDatabase("digests depend on the key, the purpose and the text", async (db) => {
  const vault = await openVault(db);
  const digest = vault.index("subject/name", "anna");
  assert.equal(vault.index("subject/name", "anna"), digest);
  assert.notEqual(vault.index("subject/contact", "anna"), digest);
  assert.notEqual(vault.index("subject/name", "bert"), digest);
  assert.notEqual(vault.index("subject", 'name","anna'), digest);
});

withEachDatabase("closing overwrites the keys in memory", async (db) => {
  const own = Buffer.from(master);
  const vault = await openVault(db, own);
  vault.close();
  assert.deepEqual(own, Buffer.alloc(32));
});
