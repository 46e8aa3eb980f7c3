import assert from "node:assert/strict";
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onSqlite } from "../../test/databases.ts";
import { fakePhoto } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
} from "../../test/instance.ts";
import { type Config, configFor, openApp, openDatabase } from "../app.ts";
import { systemClock } from "../base/clock.ts";
import { erase } from "../rights/erase.ts";
import { Blobs } from "../storage/blobs.ts";
import { openKeyFile } from "../storage/key-file.ts";
import { readMasterKey } from "../storage/master-key.ts";
import type { Cell } from "../storage/row-text.ts";
import { writeSetting } from "../storage/settings.ts";
import { sql } from "kysely";
import { backup } from "./backup.ts";
import { restore } from "./restore.ts";
import { PLANS } from "./tables.ts";

/** An instance of one person and one photo with a backup, and a folder for more. */
async function withBackup(
  body: (has: {
    readonly instance: Instance;
    readonly root: string;
    readonly dump: string;
    readonly keys: string;
    /** Restores from there into a fresh instance, or into this one. */
    readonly restored: (from: string, keys: string, into?: Config) => Promise<Config>;
  }) => Promise<void>,
  instance: Instance,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "assent-restore-"));
  try {
    const { app } = instance;
    const collection = await makeCollection(app);
    await enrolPerson(app, collection, "p0");
    await importPhotos(instance, collection, { "a.jpg": fakePhoto(["p0"], "a") });
    const request = { folder: join(root, "kept"), keys: join(root, "kept.keys") };
    const made = await backup(app, app.recorder, request);
    let count = 0;
    const restored = async (from: string, keys: string, into?: Config): Promise<Config> => {
      count += 1;
      const folder = join(root, `fresh ${count}`);
      const config = into ?? { ...configFor(folder), masterKey: instance.config.masterKey };
      await mkdir(config.folder, { recursive: true });
      await using db = await openDatabase(config);
      const master = await readMasterKey(config.masterKey);
      const blobs = new Blobs(join(config.folder, "photos"));
      const deps = { db, master, blobs, clock: systemClock, account: "staff" };
      await restore(deps, { from, keys, erasures: [] });
      return config;
    };
    await body({ instance, root, dump: made.dump, keys: made.keys, restored });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

onSqlite(
  "T2 a backup with one byte changed is refused before anything is written",
  async (database) => {
    await using instance = await openInstance(database);
    await withBackup(async ({ root, dump, keys, restored }) => {
      const files = await readdir(dump);
      assert.ok(files.length > 20);
      for (const [index, name] of files.entries()) {
        const bytes = await readFile(join(dump, name));
        if (bytes.length === 0) continue;
        // Beside the photos that belong to it.
        const damaged = join(root, "kept", `damaged ${index}`);
        await cp(dump, damaged, { recursive: true });
        const at = Math.floor(bytes.length / 2);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        await writeFile(join(damaged, name), bytes);
        const config = configFor(join(root, `into ${index}`));
        const into = { ...config, masterKey: instance.config.masterKey };
        await assert.rejects(restored(damaged, keys, into), { code: "backup_damaged" }, name);
        await using db = await openDatabase(into);
        assert.deepEqual(await db.read.selectFrom("settings").selectAll().execute(), [], name);
      }
      await rm(join(dump, "manifest.jws"));
      await assert.rejects(restored(dump, keys), { code: "backup_invalid" });
    }, instance);
  },
);

onSqlite(
  "a backup is restored with its own key file, and into nothing but an empty instance",
  async (database) => {
    await using instance = await openInstance(database);
    await withBackup(async ({ root, dump, keys, restored }) => {
      const { app, config } = instance;
      const early = join(root, "early.keys");
      await copyFile(keys, early);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const second = await backup(app, app.recorder, { folder: join(root, "kept"), keys });
      await assert.rejects(restored(second.dump, early), { code: "key_file_wrong" });
      await assert.rejects(restored(dump, keys, config), { code: "instance_not_empty" });
      await assert.rejects(restored(dump, join(dump, "manifest.jws")), {
        code: "key_file_invalid",
      });
      // What "assent init" has made is no hindrance.
      const made = { ...configFor(join(root, "made")), masterKey: config.masterKey };
      await mkdir(made.folder);
      await (await openApp(made))[Symbol.asyncDispose]();
      await restored(dump, keys, made);
      await using again = await openInstance(database, { config: made });
      assert.equal(
        (await again.app.db.read.selectFrom("subjects").selectAll().execute()).length,
        1,
      );
    }, instance);
  },
);

onSqlite("R15 an instance that is not restored to its end does not open", async (database) => {
  await using instance = await openInstance(database);
  await withBackup(async ({ dump, keys, restored }) => {
    const config = await restored(dump, keys);
    {
      await using db = await openDatabase(config);
      await db.write(async (tx) => writeSetting(tx, "restore", "unfinished"));
    }
    await assert.rejects(openApp(config), { code: "restore_unfinished" });
    await restored(dump, keys, config);
    await (await openApp(config))[Symbol.asyncDispose]();
  }, instance);
});

onSqlite("R15 after a restore no key opens by what lies beside a backup", async (database) => {
  await using instance = await openInstance(database);
  await withBackup(async ({ dump, keys, restored }) => {
    const config = await restored(dump, keys);
    const { tables } = openKeyFile(await readMasterKey(config.masterKey), await readFile(keys));
    await using db = await openDatabase(config);
    const epochs = await db.read.selectFrom("epoch_keys").select("id").execute();
    assert.ok(epochs.length > 0 && tables.epoch_keys.length > 0);
    const old = new Set(tables.epoch_keys.map(({ id }) => id));
    assert.deepEqual(
      epochs.filter(({ id }) => old.has(id)),
      [],
      "the epoch was rolled",
    );
    const hex = (cell: Cell | undefined) => {
      assert.ok(cell instanceof Uint8Array);
      return Buffer.from(cell).toString("hex");
    };
    const wrapped = new Set(tables.grant_keys.map(({ wrapped_key }) => hex(wrapped_key)));
    const kept = await db.read.selectFrom("grant_keys").select("wrapped_key").execute();
    assert.equal(kept.length, wrapped.size);
    assert.ok(kept.every(({ wrapped_key }) => !wrapped.has(hex(wrapped_key))));
  }, instance);
});

onSqlite("R15 an erasure that another key file alone knows of is replayed", async (database) => {
  await using instance = await openInstance(database);
  await withBackup(async ({ instance: { app, config }, root, dump, keys }) => {
    const early = join(root, "early.keys");
    await copyFile(keys, early);
    const { id } = await app.db.read.selectFrom("subjects").select("id").executeTakeFirstOrThrow();
    await erase(app, app.recorder, id);
    const into = { ...configFor(join(root, "into")), masterKey: config.masterKey };
    await mkdir(into.folder);
    await using db = await openDatabase(into);
    const master = await readMasterKey(config.masterKey);
    const blobs = new Blobs(join(into.folder, "photos"));
    const deps = { db, master, blobs, clock: systemClock, account: "staff" };
    const summary = await restore(deps, { from: dump, keys: early, erasures: [keys] });
    assert.deepEqual(summary?.erased, [id]);
    assert.deepEqual(await db.read.selectFrom("templates").select("id").execute(), []);
    assert.deepEqual(await db.read.selectFrom("subject_keys").select("epoch_id").execute(), []);
  }, instance);
});

onSqlite("photos lie once for all backups, and a lost one is counted", async (database) => {
  await using instance = await openInstance(database);
  await withBackup(async ({ instance: { app, folder }, root, keys }) => {
    const again = await backup(app, app.recorder, { folder: join(root, "kept"), keys });
    assert.equal(again.photos, 1);
    const stored = await readdir(join(root, "kept", "photos"), { recursive: true });
    assert.equal(stored.filter((name) => name.length > 60).length, 1);
    await rm(join(root, "kept", "photos"), { recursive: true });
    await rm(join(folder, "photos"), { recursive: true });
    const lost = await backup(app, app.recorder, { folder: join(root, "kept"), keys });
    assert.equal(lost.photosMissing, 1);
  }, instance);
});

onSqlite("every table of the database has a plan for backups", async (database) => {
  await using db = await openDatabase({ ...configFor(join(database.address, "..")) });
  const names = await db.write(async (tx) => {
    const found = await sql<{ name: string }>`
      select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`.execute(
      tx.write,
    );
    return found.rows.map(({ name }) => name);
  });
  assert.deepEqual(names.toSorted(), Object.keys(PLANS).toSorted());
});
