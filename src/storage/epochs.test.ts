import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { openTestDb, onPostgres, withEachDatabase } from "../../test/databases.ts";
import { systemClock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { Db, Tx } from "./db.ts";
import { rollEpoch } from "./epochs.ts";
import { unseal } from "./seal.ts";
import { type KeyOwner, Vault } from "./vault.ts";
import { allKeys, OWNER_KINDS } from "./wrapped-keys.ts";

const master = randomBytes(32);
const openVault = async (db: Db) => Vault.open(db, Buffer.from(master), systemClock);

async function makeOwner(tx: Tx, vault: Vault): Promise<KeyOwner> {
  const id = newId("sub");
  const nobody = { name_index: null, contact_index: null, sealed_contact: null, erased_at: null };
  const row = { id, ...nobody, sealed_name: new Uint8Array(), created_at: systemClock.now() };
  await tx.write.insertInto("subjects").values(row).execute();
  await vault.createKey(tx, { kind: "subject", id });
  await vault.createAuditKeys(tx, id);
  return { kind: "subject", id };
}

async function makeSecrets(db: Db, vault: Vault, count: number) {
  return db.write(async (tx) => {
    const secrets: [KeyOwner, Uint8Array][] = [];
    for (let index = 0; index < count; index += 1) {
      const owner = await makeOwner(tx, vault);
      secrets.push([owner, await vault.seal(tx, owner, Buffer.from("secret"), [])]);
    }
    return secrets;
  });
}

async function epochsOf(db: Db): Promise<readonly string[]> {
  const rows = await db.read.selectFrom("epoch_keys").select("id").execute();
  return rows.map(({ id }) => id);
}

withEachDatabase("R14 after a roll all opens, and copies of old keys don't", async (db) => {
  const vault = await openVault(db);
  const other = await openVault(db);
  const digest = vault.index("subject/name", "anna");
  const secrets = await makeSecrets(db, vault, 3);
  const epochs = await db.read.selectFrom("epoch_keys").selectAll().execute();
  const copies = (await Promise.all(OWNER_KINDS.map(async (kind) => allKeys(db, kind)))).flat();
  assert.equal(copies.length, 3 * 3 + 4);

  await rollEpoch(db, vault, systemClock);
  const [first, ...more] = await db.read.selectFrom("epoch_keys").selectAll().execute();
  assert.ok(first && more.length === 0 && first.id !== epochs[0]?.id);
  for (const copy of copies) {
    const open = () => vault.unsealWith(copy.owner, copy, randomBytes(64), []);
    assert.throws(open, { code: "key_destroyed" });
    // Nor with the epoch's key that there is.
    const key = unseal(master, first.wrapped_key, ["epoch", first.id]);
    assert.throws(() => unseal(key, copy.wrapped_key, ["key", copy.owner.kind, copy.owner.id]), {
      code: "seal_broken",
    });
  }
  // This process, another that was open before, and one that opens now.
  for (const one of [vault, other, await openVault(db)]) {
    for (const [owner, sealed] of secrets) {
      assert.equal((await one.unseal(db, owner, sealed, [])).toString(), "secret");
    }
    assert.equal(one.index("subject/name", "anna"), digest);
    const [made] = await makeSecrets(db, one, 1);
    assert.ok(made);
    assert.equal((await vault.unseal(db, made[0], made[1], [])).toString(), "secret");
  }
  assert.deepEqual(
    await epochsOf(db),
    [first.id],
    "the other process makes no key under an old one",
  );
});

withEachDatabase("a roll that stops half-way loses nothing, and the next ends it", async (db) => {
  const vault = await openVault(db);
  const secrets = await makeSecrets(db, vault, 400);
  let left = 1000;
  const rewrap = vault.rewrap.bind(vault);
  vault.rewrap = (...given) => {
    left -= 1;
    if (left < 0) throw new Error("stopped");
    return rewrap(...given);
  };
  await assert.rejects(rollEpoch(db, vault, systemClock), { message: "stopped" });
  assert.equal((await epochsOf(db)).length, 2);
  const used = await db.read.selectFrom("audit_keys").select("epoch_id").distinct().execute();
  assert.equal(used.length, 2, "some keys are under the new epoch already");
  const again = await openVault(db);
  for (const [owner, sealed] of secrets) await again.unseal(db, owner, sealed, []);
  await rollEpoch(db, again, systemClock);
  assert.equal((await epochsOf(db)).length, 1);
  for (const [owner, sealed] of secrets) await again.unseal(db, owner, sealed, []);
});

onPostgres("others make keys while two nodes roll, and every key opens", async (database) => {
  await using first = await openTestDb(database);
  await using second = await openTestDb(database);
  const one = await openVault(first);
  const other = await openVault(second);
  const secrets: [KeyOwner, Uint8Array][] = [];
  const stop = new AbortController();
  const make = async (db: Db, vault: Vault) => {
    while (!stop.signal.aborted) secrets.push(...(await makeSecrets(db, vault, 2)));
  };
  const makers = [make(first, one), make(second, other), make(first, other)];
  for (let times = 0; times < 5; times += 1) {
    await Promise.all([rollEpoch(first, one, systemClock), rollEpoch(second, other, systemClock)]);
  }
  stop.abort();
  await Promise.all(makers);
  assert.ok(secrets.length > 10);
  const fresh = await openVault(first);
  for (const [owner, sealed] of secrets) {
    for (const [db, vault] of [
      [first, one],
      [second, other],
      [first, fresh],
    ] as const) {
      assert.equal((await vault.unseal(db, owner, sealed, [])).toString(), "secret");
    }
  }
});
