import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openApp } from "../src/app.ts";
import { sql } from "kysely";
import { verifyCheckpoint } from "../src/verify/checkpoint.ts";
import { ASSENT, plainEnvironment, runAssent } from "./command.ts";
import { onSqlite } from "./databases.ts";
import { instanceConfig, makeCollection } from "./instance.ts";

onSqlite("the ledger is shown, checked and witnessed from the command line", async (database) => {
  const config = await instanceConfig(database);
  const { folder } = config;
  {
    await using app = await openApp(config);
    await makeCollection(app);
  }
  const assent = async (...args: readonly string[]) => runAssent(folder, args);
  const file = join(folder, "right.checkpoint");
  assert.equal((await assent("ledger", "checkpoint", "--to", file)).exit, 0);
  const note = await readFile(file, "utf8");
  assert.equal((await assent("ledger", "checkpoint")).out, note);
  const { out: key } = await assent("ledger", "key");
  const { size } = await verifyCheckpoint(note, key.trim());
  const entries = await assent("ledger", "entries", "--limit", "1");
  assert.match(
    entries.out,
    new RegExp(`^${size - 1}  \\d{4}-\\S+  staff  collection.created  `, "u"),
  );
  assert.match(entries.out, new RegExp(`--before ${size - 1}`, "u"));
  assert.equal((await assent("ledger", "entries", "--limit", "few")).exit, 2);

  const right = await assent("ledger", "check", "--checkpoint", file);
  assert.equal(right.exit, 0, right.err);
  assert.match(right.out, /^Right: /u);
  const wrong = join(folder, "wrong.checkpoint");
  await writeFile(wrong, note.replace(`\n${size}\n`, `\n${size + 1}\n`));
  const refused = await assent("ledger", "check", "--checkpoint", wrong);
  assert.deepEqual([refused.exit, refused.out], [1, ""]);
  assert.match(refused.err, /^signature_invalid: /u);

  // It witnesses itself here; that the two are different is another test's.
  assert.match((await assent("witness", "list")).out, /^UNWITNESSED /u);
  assert.equal((await assent("witness", "ask")).exit, 2);
  assert.equal((await assent("witness", "watch", "--key", key.trim())).exit, 0);
  const { out: witnessKey } = await assent("witness", "key");
  const server = spawn(ASSENT, ["witness", "serve", "--port", "0"], {
    env: plainEnvironment({ ASSENT_DATA: folder }),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(server, "close");
  try {
    const [line] = (await once(createInterface(server.stdout), "line")) as [string];
    const [url = ""] = /http:\S+\d/u.exec(line) ?? [];
    const add = await assent("witness", "add", "--url", url, "--key", witnessKey.trim());
    assert.equal(add.exit, 0, add.err);
    const asked = await assent("witness", "ask");
    assert.equal(asked.exit, 0, asked.err);
    assert.match((await assent("witness", "list")).out, /^WITNESSED /u);
  } finally {
    server.kill("SIGINT");
  }
  assert.equal((await closed)[0], 0, "Ctrl-C ends it in order");

  {
    await using app = await openApp(config);
    await app.db.write(async (tx) => {
      await sql`drop trigger entries_no_change`.execute(tx.write);
      await tx.write
        .updateTable("entries")
        .set({ leaf: Buffer.alloc(32) })
        .where("leaf_index", "=", 0)
        .execute();
      await tx.write
        .updateTable("entries")
        .set({ operator_body: null })
        .where("leaf_index", "=", 0)
        .execute();
    });
  }
  const rewritten = await assent("ledger", "check");
  assert.equal(rewritten.exit, 1);
  assert.match(rewritten.err, /^ledger_rewritten: /u);
});
