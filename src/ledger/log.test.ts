import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { onEachDatabase, onPostgres } from "../../test/databases.ts";
import {
  addSubject,
  anyEvents,
  entryIds,
  openLedger,
  type OpenLedger,
  record,
} from "../../test/open-ledger.ts";
import { newId, type SubjectId } from "../base/ids.ts";
import { verifyCheckpoint } from "../verify/checkpoint.ts";
import { verifyConsistency } from "../verify/consistency.ts";
import { verifyEntry } from "../verify/entry.ts";
import { hashLeaf } from "../verify/merkle.ts";
import { append, dummy, eraseEntries, insertEntries } from "./ledger.ts";
import { BATCH_ENTRIES_MAX } from "./sequencer.ts";
import { addSigningKey } from "./signing.ts";
import { TreeEdge } from "./tiles.ts";

/** RFC 6962 section 2.1 over the hashes of leaves. */
function naiveRoot(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length < 2) return hashes[0] ?? createHash("sha256").digest();
  let split = 1;
  while (2 * split < hashes.length) split *= 2;
  const sides = [naiveRoot(hashes.slice(0, split)), naiveRoot(hashes.slice(split))];
  return createHash("sha256")
    .update(Buffer.concat([Buffer.of(1), ...sides]))
    .digest();
}

/** The hashes of all leaves that have a place, in its order; fails where there is a gap. */
async function leafHashes({ db }: OpenLedger): Promise<readonly Uint8Array[]> {
  const query = db.read.selectFrom("entries").select(["leaf_index", "leaf"]);
  const rows = await query.where("leaf_index", "is not", null).orderBy("leaf_index").execute();
  assert.deepEqual(
    rows.map(({ leaf_index }) => leaf_index),
    rows.map((_, index) => index),
  );
  return rows.map(({ leaf }) => hashLeaf(leaf));
}

/** The newest checkpoint, checked, which must be of the whole tree as the leaves make it. */
async function checked(open: OpenLedger) {
  const note = await open.ledger.checkpoint();
  const head = await verifyCheckpoint(note, await open.ledger.verifierKey());
  const hashes = await leafHashes(open);
  assert.equal(head.size, hashes.length);
  assert.deepEqual(Buffer.from(head.root), Buffer.from(naiveRoot(hashes)));
  return { note, ...head };
}

const seen = (subject: SubjectId) =>
  ({ kind: "sighting.confirmed", collection: newId("col"), subject }) as const;

/** Verifies every entry of a subject as they hold it themselves. */
async function verifyAll({ ledger }: OpenLedger, subject: SubjectId): Promise<number> {
  const entries = await ledger.entriesOf(subject, "subject");
  const checkpoint = await ledger.checkpoint();
  const key = await ledger.verifierKey();
  for (const { id, leafIndex, opening } of entries) {
    const proof = await ledger.inclusion(id);
    await verifyEntry({ opening, leafIndex, proof, checkpoint }, key);
  }
  return entries.length;
}

test("tiles are those of C2SP tlog-tiles, and their root that of RFC 6962", () => {
  const edge = TreeEdge.empty();
  const hashes: Uint8Array[] = [];
  const tiles = new Map<string, number>();
  for (let size = 1; size <= 70_000; size += 1) {
    const hash = createHash("sha256").update(String(size)).digest();
    hashes.push(hash);
    edge.add(hash);
    const round = [1, 2, 255, 256, 257, 511, 512, 513, 65_536].includes(size);
    if (!round && size !== 70_000) continue;
    assert.deepEqual(Buffer.from(edge.head().root), Buffer.from(naiveRoot(hashes)), `${size}`);
    for (const { level, position, hashes } of edge.takeTiles()) {
      tiles.set(`${level}/${position}`, hashes.length / 32);
    }
  }
  // The example of the specification.
  const widths = (level: number) =>
    [...tiles].filter(([name]) => name.startsWith(`${level}/`)).map(([, width]) => width);
  assert.deepEqual(widths(0).filter((width) => width === 256).length, 273);
  assert.deepEqual(
    widths(0).filter((width) => width !== 256),
    [112],
  );
  assert.deepEqual(new Set(widths(1)), new Set([17, 256]));
  assert.deepEqual(widths(2), [1]);
  assert.equal(tiles.get("0/273"), 112);
});

onEachDatabase("an empty ledger has a checkpoint, and a name that stays", async (database) => {
  const read = async () => {
    await using open = await openLedger(database);
    const { size, origin, note } = await checked(open);
    assert.equal(size, 0);
    assert.match(origin, /^assent\.alt\/ins_[\w-]{16}$/u);
    assert.deepEqual(await open.ledger.consistency(0, 0), { from: 0, to: 0, hashes: [] });
    return note;
  };
  assert.equal(await read(), await read());
});

onEachDatabase("every entry can be proved, at every size the tree has had", async (database) => {
  await using open = await openLedger(database);
  const { ledger, db } = open;
  const notes: string[] = [];
  for (const count of [1, 2, 250, 3, 1, 300, 40]) {
    await record(open, ...anyEvents(count));
    notes.push((await checked(open)).note);
  }
  assert.equal(await ledger.sequence(), 0);
  const key = await ledger.verifierKey();
  const entries = await ledger.operatorEntries({ limit: 1000 });
  assert.equal(entries.length, 597);
  const ids = await entryIds(db);
  for (const at of [0, 1, 2, 3, 252, 255, 256, 257, 511, 512, 596]) {
    const { id, leafIndex, opening } = entries[596 - at]!;
    assert.deepEqual([id, leafIndex], [ids[at], at]);
    assert.ok(opening);
    for (const checkpoint of notes) {
      const { size } = await verifyCheckpoint(checkpoint, key);
      if (size <= at) {
        await assert.rejects(ledger.inclusion(id, size), { code: "size_unknown" });
        continue;
      }
      const proof = await ledger.inclusion(id, size);
      await verifyEntry({ opening, leafIndex, proof, checkpoint }, key);
      const elsewhere = { ...proof, leafIndex: at ^ 1 };
      await assert.rejects(
        verifyEntry({ opening, leafIndex: at ^ 1, proof: elsewhere, checkpoint }, key),
        { code: "proof_invalid" },
      );
    }
  }
  for (const [at, older] of notes.entries()) {
    for (const newer of notes.slice(at)) {
      const [from, to] = [older, newer].map((note) => Number(note.split("\n")[1]));
      const { hashes } = await ledger.consistency(from!, to!);
      await verifyConsistency({ older, newer, hashes }, key);
    }
  }
  await assert.rejects(ledger.consistency(3, 598), { code: "size_unknown" });
  await assert.rejects(ledger.consistency(5, 3), { code: "size_unknown" });
  await assert.rejects(ledger.inclusion(newId("eve")), { code: "entry_unknown" });
});

onEachDatabase("the operator reads the ledger page by page, the latest first", async (database) => {
  await using open = await openLedger(database);
  await record(open, ...anyEvents(5));
  await open.db.write(async (tx) => insertEntries(tx, [dummy(newId("eve"))]));
  const first = await open.ledger.operatorEntries({ limit: 4 });
  const second = await open.ledger.operatorEntries({ limit: 4, before: first.at(-1)!.leafIndex });
  assert.deepEqual(
    [...first, ...second].map(({ leafIndex, opening }) => [leafIndex, opening !== null]),
    [
      [5, false],
      [4, true],
      [3, true],
      [2, true],
      [1, true],
      [0, true],
    ],
  );
});

onEachDatabase("an entry is given its place when its proof is asked for", async (database) => {
  await using open = await openLedger(database);
  await record(open, ...anyEvents(3));
  const [, second] = await entryIds(open.db);
  const { leafIndex, treeSize } = await open.ledger.inclusion(second!);
  assert.deepEqual([leafIndex, treeSize], [1, 3]);
});

onEachDatabase("more entries than one transaction takes all get a place", async (database) => {
  await using open = await openLedger(database);
  const count = BATCH_ENTRIES_MAX + 10;
  await open.db.write(async (tx) =>
    insertEntries(
      tx,
      Array.from({ length: count }, () => dummy(newId("eve"))),
    ),
  );
  assert.equal(await open.ledger.sequence(), count);
  assert.equal((await checked(open)).size, count);
});

onEachDatabase("nodes that append and sequence at once make one tree", async (database) => {
  await using one = await openLedger(database);
  await using two = await openLedger(database);
  const nodes = [one, two];
  await Promise.all(
    nodes.flatMap((node) =>
      Array.from({ length: 12 }, async (_, round) => {
        await record(node, ...anyEvents(1 + (round % 5)));
        await node.ledger.sequence();
      }),
    ),
  );
  const { note, size } = await checked(one);
  assert.equal(size, (await entryIds(one.db)).length);
  assert.equal(await two.ledger.checkpoint(), note);
});

onPostgres(
  "an entry that is committed late gets a later place, and none is left",
  async (database) => {
    await using open = await openLedger(database);
    await using other = await openLedger(database);
    const gate = Promise.withResolvers<void>();
    const appended = Promise.withResolvers<void>();
    const late = other.db.write(async (tx) => {
      await append(tx, other.recorder, ...anyEvents(1));
      appended.resolve();
      await gate.promise;
    });
    await appended.promise;
    await record(open, ...anyEvents(2));
    assert.equal((await checked(open)).size, 2);
    gate.resolve();
    await late;
    assert.equal((await checked(open)).size, 3);
    const query = open.db.read.selectFrom("entries").select("leaf_index").orderBy("seq");
    const places = (await query.execute()).map(({ leaf_index }) => leaf_index);
    assert.deepEqual(places, [2, 0, 1], "the first by number has the last place");
  },
);

onEachDatabase(
  "closing sequences what waits; a dead process leaves it to the next",
  async (database) => {
    {
      await using open = await openLedger(database);
      await record(open, ...anyEvents(2));
    }
    await using open = await openLedger(database);
    const rows = await open.db.read.selectFrom("checkpoints").select("size").execute();
    assert.deepEqual(
      rows.map(({ size }) => size),
      [2],
    );
  },
);

onEachDatabase(
  "a new key signs too, and what earlier ones signed can be checked",
  async (database) => {
    await using open = await openLedger(database);
    const { ledger, db, vault, recorder } = open;
    await record(open, ...anyEvents(2));
    const older = await ledger.checkpoint();
    const oldKey = await ledger.verifierKey();
    await db.write(async (tx) => addSigningKey(tx, vault, recorder.clock, "ledger"));
    const newKey = await ledger.verifierKey();
    assert.notEqual(newKey, oldKey);
    const both = await ledger.checkpoint();
    await verifyCheckpoint(both, oldKey);
    await verifyCheckpoint(both, newKey);
    assert.equal(await ledger.checkpoint(), both, "it signs once");
    await assert.rejects(verifyCheckpoint(older, newKey), { code: "key_unknown" });
    await record(open, ...anyEvents(1));
    const newer = await ledger.checkpoint();
    await assert.rejects(verifyCheckpoint(newer, oldKey), { code: "key_unknown" });
    const { hashes } = await ledger.consistency(2, 3);
    await verifyConsistency({ older, newer, hashes }, await ledger.verifierKeys());
    assert.deepEqual((await ledger.verifierKeys()).toSorted(), [oldKey, newKey].toSorted());
  },
);

onEachDatabase(
  "R10 a subject opens all their own entries and none of another's",
  async (database) => {
    await using open = await openLedger(database);
    const { ledger } = open;
    const [anna, bert] = [await addSubject(open), await addSubject(open)];
    await record(open, seen(anna), seen(bert), ...anyEvents(1), seen(anna));
    for (let round = 0; round < 5; round += 1) await record(open, seen(bert), seen(anna));
    const of = async (subject: SubjectId) => ledger.entriesOf(subject, "subject");
    assert.deepEqual(
      (await of(anna)).map(({ number }) => number),
      [1, 2, 3, 4, 5, 6, 7],
    );
    for (const subject of [anna, bert]) {
      for (const { opening } of await of(subject)) assert.equal(opening.event["subject"], subject);
      assert.deepEqual(await of(subject), await ledger.entriesOf(subject, "operator"));
    }
    assert.equal(await verifyAll(open, anna), 7);
    assert.equal(await verifyAll(open, bert), 6);
    const rows = await open.db.read.selectFrom("entries").selectAll().execute();
    // Each copy of an entry opens with its holder's key alone.
    const hers = rows.find(({ subject_id }) => subject_id === anna);
    assert.ok(hers?.subject_body && hers.operator_body);
    for (const holder of ["subject", "operator"] as const) {
      const unseal = async (body: Uint8Array) =>
        open.vault.unseal(open.db, { kind: "audit", id: anna, holder }, body, ["entry", hers.id]);
      const copies = { subject: hers.subject_body, operator: hers.operator_body };
      const [own, other] = [copies[holder], copies[holder === "subject" ? "operator" : "subject"]];
      assert.match(String(await unseal(own)), /"kind":"sighting/u);
      await assert.rejects(unseal(other), { code: "seal_broken" });
    }
    // Bert's key does not open what is Anna's, wherever it is put.
    for (const { id, subject_id, subject_body } of rows) {
      if (subject_id !== anna) continue;
      for (const holder of ["subject", "operator"] as const) {
        const owner = { kind: "audit", id: bert, holder } as const;
        const opened = open.vault.unseal(open.db, owner, subject_body!, ["entry", id]);
        await assert.rejects(opened, { code: "seal_broken" });
      }
    }
  },
);

onEachDatabase(
  "R14 after an erasure nothing of them opens, the root stands, and so do all proofs",
  async (database) => {
    await using open = await openLedger(database);
    const { ledger, db, vault } = open;
    const [anna, bert] = [await addSubject(open), await addSubject(open)];
    for (let round = 0; round < 4; round += 1) await record(open, seen(bert), seen(anna));
    const before = await checked(open);
    const held = await ledger.entriesOf(anna, "subject");
    const proof = await ledger.inclusion(held[0]!.id);
    await db.write(async (tx) => eraseEntries(tx, vault, anna));
    assert.equal(await ledger.checkpoint(), before.note);
    assert.deepEqual((await checked(open)).root, before.root);
    assert.deepEqual(await ledger.entriesOf(anna, "subject"), []);
    assert.deepEqual(await ledger.entriesOf(anna, "operator"), []);
    const opened = (await ledger.operatorEntries({ limit: 100 })).filter(({ opening }) => opening);
    assert.equal(opened.length, 4);
    assert.ok(opened.every(({ opening }) => opening?.event["subject"] === bert));
    for (const holder of ["subject", "operator"] as const) {
      const owner = { kind: "audit", id: anna, holder } as const;
      await assert.rejects(vault.seal(db, owner, Buffer.from("x"), []), { code: "key_destroyed" });
    }
    assert.equal(await verifyAll(open, bert), 4);
    // What somebody took along before can still be proved, and the tree grows on.
    const entry = { ...held[0]!, proof, checkpoint: before.note };
    await verifyEntry(entry, await ledger.verifierKey());
    await record(open, ...anyEvents(3));
    const newer = await checked(open);
    const { hashes } = await ledger.consistency(before.size, newer.size);
    await verifyConsistency(
      { older: before.note, newer: newer.note, hashes },
      await ledger.verifierKey(),
    );
  },
);
