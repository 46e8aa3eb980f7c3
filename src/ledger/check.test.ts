import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { onEachDatabase } from "../../test/databases.ts";
import {
  addSubject,
  anyEvents,
  openLedger,
  type OpenLedger,
  record,
} from "../../test/open-ledger.ts";
import { newId } from "../base/ids.ts";
import type { Tx } from "../storage/db.ts";
import type { VerifyCode } from "../verify/errors.ts";
import { verifyConsistency } from "../verify/consistency.ts";
import { dummy, insertEntries } from "./ledger.ts";

/** What somebody can do who owns the database: the triggers are theirs to silence or drop. */
async function asOwner({ db }: OpenLedger, change: (tx: Tx) => Promise<unknown>): Promise<void> {
  await db.write(async (tx) => {
    if (tx.kind === "postgres") {
      await sql`alter table entries disable trigger user`.execute(tx.write);
      await change(tx);
      await sql`alter table entries enable trigger user`.execute(tx.write);
      return;
    }
    for (const name of ["entries_no_delete", "entries_no_change"]) {
      await sql.raw(`drop trigger if exists ${name}`).execute(tx.write);
    }
    await change(tx);
  });
}

/** Builds and signs the tree anew with the ledger's own key, so that it looks as if never touched. */
async function signAnew(open: OpenLedger, change: (tx: Tx) => Promise<unknown>): Promise<string> {
  await asOwner(open, async (tx) => {
    await change(tx);
    await tx.write.updateTable("entries").set({ leaf_index: null }).execute();
    await tx.write.deleteFrom("tree_tiles").execute();
    await tx.write.deleteFrom("checkpoints").execute();
  });
  return open.ledger.checkpoint();
}

async function fill(open: OpenLedger): Promise<string> {
  const anna = await addSubject(open);
  const event = { kind: "record.read", collection: null, subject: anna } as const;
  await record(open, ...anyEvents(200), event, event, event);
  await open.db.write(async (tx) =>
    insertEntries(
      tx,
      Array.from({ length: 97 }, () => dummy(newId("eve"))),
    ),
  );
  return open.ledger.checkpoint();
}

const refuses = async (open: OpenLedger, code: VerifyCode, older?: string) =>
  assert.rejects(open.ledger.check(older), { name: "VerifyError", code });

const another = async (tx: Tx, index: number) =>
  tx.write
    .updateTable("entries")
    .set({ leaf: randomBytes(32), subject_body: null, operator_body: null })
    .where("leaf_index", "=", index)
    .execute();

onEachDatabase("a ledger that was let be passes, against every older state", async (database) => {
  await using open = await openLedger(database);
  const empty = await open.ledger.checkpoint();
  const older = await fill(open);
  await record(open, ...anyEvents(30));
  assert.deepEqual(await open.ledger.check(), { entries: 330, opened: 233 });
  for (const note of [empty, older]) await open.ledger.check(note);
});

onEachDatabase("an old checkpoint shows that an entry was rewritten", async (database) => {
  await using open = await openLedger(database);
  const older = await fill(open);
  await record(open, ...anyEvents(30));
  const newer = await signAnew(open, async (tx) => another(tx, 260));
  await open.ledger.check();
  await refuses(open, "ledger_rewritten", older);
  const { hashes } = await open.ledger.consistency(300, 330);
  const key = await open.ledger.verifierKey();
  await assert.rejects(verifyConsistency({ older, newer, hashes }, key), {
    code: "ledger_rewritten",
  });
});

onEachDatabase("an old checkpoint shows that the ledger was truncated", async (database) => {
  await using open = await openLedger(database);
  const older = await fill(open);
  const newer = await signAnew(open, async (tx) =>
    tx.write.deleteFrom("entries").where("leaf_index", ">=", 290).execute(),
  );
  await open.ledger.check();
  await refuses(open, "ledger_rewritten", older);
  const key = await open.ledger.verifierKey();
  await assert.rejects(verifyConsistency({ older, newer, hashes: [] }, key), {
    code: "ledger_rewritten",
    message: /truncated/u,
  });
  // Grown again to more than it had, it is another tree still.
  await record(open, ...anyEvents(40));
  await refuses(open, "ledger_rewritten", older);
});

onEachDatabase("an old checkpoint shows that the ledger was forked", async (database) => {
  await using open = await openLedger(database);
  const older = await fill(open);
  const newer = await signAnew(open, async (tx) => another(tx, 299));
  await refuses(open, "ledger_rewritten", older);
  const key = await open.ledger.verifierKey();
  await assert.rejects(verifyConsistency({ older, newer, hashes: [] }, key), {
    code: "ledger_rewritten",
    message: /forked/u,
  });
});

onEachDatabase(
  "entries that do not fit the signed tree are found without one",
  async (database) => {
    await using open = await openLedger(database);
    await fill(open);
    await asOwner(open, async (tx) => another(tx, 250));
    await refuses(open, "ledger_rewritten");
  },
);

onEachDatabase("an entry that says something else than its leaf is found", async (database) => {
  await using open = await openLedger(database);
  await fill(open);
  const rows = await open.db.read.selectFrom("entries").selectAll().orderBy("seq").execute();
  const [first, second] = rows;
  // Sealed rightly under its key and for its row: the operator's own program could do so.
  const owner = { kind: "instance", id: "record" } as const;
  const vault = open.vault;
  const plain = await vault.unseal(open.db, owner, first!.operator_body!, ["entry", first!.id]);
  const text = plain.toString().replace('"faces":2', '"faces":3');
  assert.notEqual(text, plain.toString());
  const operator_body = await vault.seal(open.db, owner, Buffer.from(text), ["entry", first!.id]);
  await asOwner(open, async (tx) =>
    tx.write.updateTable("entries").set({ operator_body }).where("id", "=", first!.id).execute(),
  );
  await refuses(open, "commitment_mismatch");
  await asOwner(open, async (tx) =>
    tx.write
      .updateTable("entries")
      .set({ operator_body: second!.operator_body })
      .where("id", "=", first!.id)
      .execute(),
  );
  await assert.rejects(open.ledger.check(), { code: "seal_broken" });
});

onEachDatabase("one of a subject's entries can't be passed off as nobody's", async (database) => {
  await using open = await openLedger(database);
  await fill(open);
  await asOwner(open, async (tx) =>
    tx.write
      .updateTable("entries")
      .set({ subject_id: null, subject_seq: null, subject_body: null, operator_body: null })
      .where("subject_seq", "=", 2)
      .execute(),
  );
  await refuses(open, "incomplete");
});

onEachDatabase("a spoilt tile is found, and nothing is signed on top of it", async (database) => {
  await using open = await openLedger(database);
  const before = await fill(open);
  const notes = async () => {
    const rows = await open.db.read.selectFrom("checkpoints").select("note").execute();
    return rows.map(({ note }) => note);
  };
  const signed = await notes();
  assert.ok(signed.includes(before));
  for (const position of [0, 1]) {
    const query = open.db.read.selectFrom("tree_tiles").select("hashes").where("level", "=", 0);
    const tile = await query.where("position", "=", position).executeTakeFirstOrThrow();
    const write = async (hashes: Uint8Array) =>
      open.db.write(async (tx) => {
        const update = tx.write.updateTable("tree_tiles").set({ hashes }).where("level", "=", 0);
        await update.where("position", "=", position).execute();
      });
    const spoilt = Buffer.from(tile.hashes);
    spoilt[100]! ^= 1;
    await write(spoilt);
    await refuses(open, "ledger_rewritten");
    if (position === 1) {
      await record(open, ...anyEvents(1));
      await assert.rejects(open.ledger.checkpoint(), { code: "tree_damaged" });
      assert.deepEqual(await notes(), signed);
    }
    await write(Buffer.from(tile.hashes));
    await open.ledger.check(before);
  }
});
