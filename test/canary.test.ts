import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { bytesOf } from "../src/base/bytes.ts";
import { Canaries } from "./canary.ts";
import { onEachDatabase, openTestDb } from "./databases.ts";
import { dumpOf } from "./dump.ts";
import { vectorOf } from "./fake-engine.ts";

const vector = vectorOf("canary", 256);
const part = vector.subarray(100, 140);

function canaries(): Canaries {
  const made = new Canaries();
  made.addVector("canary", vector);
  return made;
}

const plain = Buffer.from(bytesOf(new Float32Array(part)));
const planted: Readonly<Record<string, Uint8Array | string>> = {
  f32le: plain,
  f32be: Buffer.from(plain).swap32(),
  f16le: bytesOf(new Float16Array(part)),
  f16be: Buffer.from(bytesOf(new Float16Array(part)).slice()).swap16(),
  f64le: bytesOf(new Float64Array(part)),
  "hex f32le": plain.toString("hex"),
  "HEX f32le": plain.toString("hex").toUpperCase(),
  "base64 f32le": plain.toString("base64"),
  "base64 f16le": Buffer.from(bytesOf(new Float16Array(part)).slice()).toString("base64url"),
  decimals: JSON.stringify([...part]),
};

for (const [encoding, bytes] of Object.entries(planted)) {
  test(`R8 positive control: part of a vector planted as ${encoding} is found at any place`, () => {
    for (let before = 0; before < 8; before += 1) {
      const file = Buffer.concat([
        randomBytes(1000 + before),
        Buffer.from(bytes),
        randomBytes(999),
      ]);
      assert.ok(canaries().findIn(file).includes(`canary as ${encoding}`));
    }
  });
}

test("R8 positive control: a few rounded numbers of a vector are found, other numbers are not", () => {
  const numbers = [...part].sort((a, b) => Math.abs(b) - Math.abs(a)).slice(0, 3);
  const text = numbers.map((number) => `score=${number.toFixed(9)};`).join(" and then ");
  assert.deepEqual(canaries().findIn(Buffer.from(text)), ["canary as decimals"]);
  assert.deepEqual(canaries().findIn(Buffer.from(JSON.stringify([...vectorOf("x", 256)]))), []);
});

test("R8 the scanner finds nothing in noise, and looks into every file below a folder", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "noise"), randomBytes(2_000_000));
  assert.deepEqual(await canaries().findBelow(folder), []);
  await writeFile(join(folder, "leak"), plain);
  assert.deepEqual(await canaries().findBelow(folder), ["leak: canary as f32le"]);
});

onEachDatabase("R8 positive control: a vector planted in a row is found", async (database) => {
  for (const [index, as] of (["blob", "text"] as const).entries()) {
    await using db = await openTestDb(database);
    await db.write(async (tx) => {
      if (as === "blob") {
        const row = { id: "epo_1" as never, wrapped_key: plain, created_at: 0 as never };
        await tx.write.insertInto("epoch_keys").values(row).execute();
      } else {
        const row = { name: "leak", value: JSON.stringify([...part]) };
        await tx.write.insertInto("settings").values(row).execute();
      }
    });
    const found = canaries().findIn(await dumpOf(db, database));
    const expected = db.kind === "sqlite" ? "canary as f32le" : "canary as hex f32le";
    assert.deepEqual(found, [expected, "canary as decimals"].slice(0, 1 + index).sort());
  }
});
