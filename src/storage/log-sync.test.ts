import assert from "node:assert/strict";
import { mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { open } from "node:fs/promises";
import { onSqlite, openTestDb } from "../../test/databases.ts";
import { readSetting, writeSetting } from "./settings.ts";

/** The class of opened files, whose waiting for the disk is looked at here. */
const opened = await open(import.meta.filename);
const files = Object.getPrototypeOf(opened) as typeof opened;
await opened.close();

onSqlite("nobody is told of a commit before the log is on the disk", async (database) => {
  await using db = await openTestDb(database);
  const { promise: disk, resolve: done } = Promise.withResolvers<void>();
  const waiting = mock.method(files, "datasync", async () => disk);
  let told = false;
  const write = db.write(async (tx) => writeSetting(tx, "pack", "one")).then(() => (told = true));
  while (waiting.mock.callCount() === 0) await sleep(1);
  // It is committed: whoever reads now sees it, and what they write comes after it in the log.
  assert.equal(await readSetting(db, "pack"), "one");
  await sleep(20);
  assert.equal(told, false);
  // Those that are committed meanwhile wait for one more, together.
  const more = ["two", "three", "four"].map(async (value) =>
    db.write(async (tx) => writeSetting(tx, "pack", value)),
  );
  while ((await readSetting(db, "pack")) !== "four") await sleep(1);
  assert.equal(waiting.mock.callCount(), 1);
  done();
  await Promise.all([write, ...more]);
  assert.equal(waiting.mock.callCount(), 2);
  waiting.mock.restore();
});

onSqlite("a disk that has failed once is believed no more", async (database) => {
  await using db = await openTestDb(database);
  const failing = mock.method(files, "datasync", async () => Promise.reject(new Error("EIO")));
  const write = async () => db.write(async (tx) => writeSetting(tx, "pack", "one"));
  await assert.rejects(write(), { code: "disk_failed" });
  failing.mock.restore();
  await assert.rejects(write(), { code: "disk_failed" });
});
