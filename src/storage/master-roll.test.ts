import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { onEachDatabase, openTestDb } from "../../test/databases.ts";
import { enrolPerson, instanceConfig, makeCollection, openInstance } from "../../test/instance.ts";
import { systemClock } from "../base/clock.ts";
import { readSubject } from "../subjects/subjects.ts";
import { rollEpoch } from "./epochs.ts";
import { openKeyFile } from "./key-file.ts";
import { addKeyPlace, updateKeyFiles } from "./key-places.ts";
import { makeMasterKey, readMasterKey } from "./master-key.ts";
import { openVault, rollMaster } from "./master-roll.ts";
import { Vault } from "./vault.ts";

const started = async (): Promise<void> => undefined;

onEachDatabase("R19 the master key is changed, and the old one opens nothing", async (database) => {
  await using instance = await openInstance(database);
  const { app, config, folder } = instance;
  const subject = await enrolPerson(app, await makeCollection(app), "p0");
  const { path } = config.masterKey as { readonly path: string };
  const keys = join(folder, "kept.keys");
  await app.db.write(async (tx) => addKeyPlace(tx, app.clock, keys));
  await updateKeyFiles(app.db, app.vault, app.clock);
  const before = await readFile(path, "utf8");
  const oldKeys = await readFile(keys);

  await rollMaster(app, config.masterKey, started);
  await updateKeyFiles(app.db, app.vault, app.clock);
  assert.notEqual(await readFile(path, "utf8"), before);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const old = Buffer.from(before.trim(), "hex");
  const young = await readMasterKey(config.masterKey);
  await assert.rejects(Vault.open(app.db, Buffer.from(old), systemClock), { code: "seal_broken" });
  assert.throws(() => openKeyFile(young, oldKeys), { code: "seal_broken" });
  const newKeys = await readFile(keys);
  assert.equal(openKeyFile(young, newKeys).tables.subject_keys.length, 1);
  assert.throws(() => openKeyFile(old, newKeys), { code: "seal_broken" });
  // People are found by name as before, in this process and in others.
  assert.equal((await readSubject(app.db, app.vault, subject)).name, "Name of p0");
  await using again = await openInstance(database, { config });
  const index = (one: Vault) => one.index("subject/name", "anna");
  assert.equal(index(again.app.vault), index(app.vault));
});

onEachDatabase(
  "a change of the master key that is cut short is ended or undone",
  async (database) => {
    const config = await instanceConfig(database);
    await using db = await openTestDb(database);
    const source = config.masterKey;
    assert.ok(source.kind === "file");
    const next = `${source.path}.next`;
    const open = async () =>
      openVault(db, { source, master: await readMasterKey(source) }, systemClock);
    const vault = await open();
    const digest = vault.index("subject/name", "anna");

    // Before the transaction: the file beside is nothing yet.
    await makeMasterKey(next);
    const key = await readFile(next, "utf8");
    assert.equal((await open()).index("subject/name", "anna"), digest);
    assert.equal(await readFile(next, "utf8"), key, "it is kept for the next change");
    // After it: the old file opens nothing, and the one beside takes its place.
    const master = Buffer.from(key.trim(), "hex");
    await db.write(async (tx) => vault.rewrapEpochs(tx, master));
    assert.equal((await open()).index("subject/name", "anna"), digest);
    assert.equal(await readFile(source.path, "utf8"), key);
    await assert.rejects(stat(next), { code: "ENOENT" });
    assert.equal((await open()).index("subject/name", "anna"), digest);
  },
);

onEachDatabase(
  "a process with the old master key seals nothing that nobody would open",
  async (database) => {
    const config = await instanceConfig(database);
    await using db = await openTestDb(database);
    const source = config.masterKey;
    const open = async () =>
      openVault(db, { source, master: await readMasterKey(source) }, systemClock);
    const [one, other] = [await open(), await open()];
    await rollMaster({ db, vault: one, clock: systemClock }, source, started);
    await assert.rejects(rollEpoch(db, other, systemClock), { code: "master_key_changed" });
    const keys = join(config.folder, "kept.keys");
    await db.write(async (tx) => addKeyPlace(tx, systemClock, keys));
    await assert.rejects(updateKeyFiles(db, other, systemClock), { code: "master_key_changed" });
    await updateKeyFiles(db, one, systemClock);
    await rollEpoch(db, await open(), systemClock);
    const text = { kind: "text", text: "ab".repeat(32) } as const;
    const given = rollMaster({ db, vault: one, clock: systemClock }, text, started);
    await assert.rejects(given, { code: "master_key_given" });
  },
);
