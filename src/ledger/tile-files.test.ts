import assert from "node:assert/strict";
import { test } from "node:test";
import { onEachDatabase } from "../../test/databases.ts";
import { openLedger } from "../../test/open-ledger.ts";
import { parseCheckpoint } from "../verify/checkpoint.ts";
import { hashLeaf } from "../verify/merkle.ts";
import { parseNote } from "../verify/note.ts";
import { append } from "./ledger.ts";
import { parseTileName, tileBytes } from "./tile-files.ts";
import { TreeEdge } from "./tiles.ts";

const ENTRIES = 300;

onEachDatabase("whoever reads all tiles comes to the root that is signed", async (database) => {
  await using open = await openLedger(database);
  const { db, recorder, ledger } = open;
  const event = { kind: "operator.changed", collection: null } as const;
  const events = Array.from({ length: ENTRIES }, () => event);
  await db.write(async (tx) => append(tx, recorder, ...events));
  const { size, root } = parseCheckpoint(parseNote(await ledger.checkpoint()).text);
  assert.equal(size, ENTRIES);
  const read = async (level: string, tile: string) => {
    const name = parseTileName(level, tile);
    assert.ok(name, tile);
    return tileBytes(db, name);
  };
  const hashes = [await read("0", "000"), await read("0", "001.p/44")];
  const leaves = [await read("entries", "000"), await read("entries", "001.p/44")];
  const edge = TreeEdge.empty();
  for (const [index, bundle] of leaves.entries()) {
    assert.ok(bundle);
    for (let at = 0; at < bundle.length; at += 34) {
      assert.deepEqual([bundle[at], bundle[at + 1]], [0, 32]);
      const hash = hashLeaf(bundle.subarray(at + 2, at + 34));
      edge.add(hash);
      const place = (at / 34) * 32;
      const stored = hashes[index]?.subarray(place, place + 32);
      assert.deepEqual(Buffer.from(hash), Buffer.from(stored ?? []));
    }
  }
  assert.deepEqual(Buffer.from(edge.head().root), Buffer.from(root));
  // A level above holds the root of each full tile below, and no more.
  assert.equal((await read("1", "000.p/1"))?.length, 32);
  for (const [level, tile] of [
    ["0", "001"],
    ["0", "001.p/45"],
    ["0", "002.p/1"],
    ["1", "000.p/2"],
    ["entries", "001"],
    ["7", "000"],
  ] as const) {
    assert.equal(await read(level, tile), null, `${level}/${tile}`);
  }
});

test("a tile has one name", () => {
  const named = (name: string) => parseTileName("0", name)?.position ?? null;
  assert.equal(named("000"), 0);
  assert.equal(named("x001/x234/067"), 1_234_067);
  assert.equal(named("x001/067.p/3"), 1067);
  for (const wrong of [
    "0",
    "x000/067",
    "1067",
    "001/067",
    "x001",
    "000.p/0",
    "000.p/256",
    "../000",
  ]) {
    assert.equal(named(wrong), null, wrong);
  }
  assert.equal(parseTileName("entry", "000"), null);
});
