import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { onSqlite } from "../../test/databases.ts";
import { openInstance } from "../../test/instance.ts";
import { sweepUploads } from "../collections/sweep-uploads.ts";
import { openSpool } from "./spool.ts";

onSqlite("what a killed service was sent to search with goes at once", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const killed = `
    import { Readable } from "node:stream";
    import { openSpool } from ${JSON.stringify(join(import.meta.dirname, "spool.ts"))};
    const spool = await openSpool(${JSON.stringify(app.uploads)});
    await spool.add("video", "clip.mp4", Readable.from(["who is this"]));
    process.kill(process.pid, "SIGKILL");`;
  const { signal } = spawnSync(process.execPath, ["--input-type=module", "--eval", killed]);
  assert.equal(signal, "SIGKILL");
  assert.equal((await readdir(app.uploads)).length, 1);
  await using spool = await openSpool(app.uploads);
  const { path } = await spool.add("photo", "a.jpg", Readable.from(["under way"]));
  await sweepUploads(app, app.recorder);
  const left = await readdir(app.uploads);
  assert.deepEqual(
    left.map((name) => join(app.uploads, name, "1")),
    [path],
  );
});
