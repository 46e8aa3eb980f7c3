import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as zlibCrc32 } from "node:zlib";
import { archiveOf as pack, unpack } from "../../test/unpack.ts";
import {
  type ArchivedFile,
  crc32,
  ending,
  localHeader,
  type NamedBytes,
  readArchive,
  sourceOf,
} from "./archive.ts";
import { VerifyError } from "./errors.ts";

const text = (content: string) => new TextEncoder().encode(content);

const archiveOf = (contents: Readonly<Record<string, string>>): Uint8Array =>
  pack(new Map(Object.entries(contents).map(([name, content]) => [name, text(content)])));

async function readAll(bytes: Uint8Array): Promise<readonly NamedBytes[]> {
  const files: NamedBytes[] = [];
  for await (const file of readArchive(sourceOf(bytes))) files.push(file);
  return files;
}

const CONTENTS = { "record.json": '{"a":1}', "photos/00001-undated.png": "pixels", empty: "" };

test("what is written is read again, by this reader and by an ordinary unpacker", async () => {
  const bytes = archiveOf(CONTENTS);
  const read = (await readAll(bytes)).map(({ name, bytes: content }) => [
    name,
    new TextDecoder().decode(content),
  ]);
  assert.deepEqual(Object.fromEntries(read), CONTENTS);
  const unpacked = [...(await unpack(bytes))].map(([name, content]) => [name, content.toString()]);
  assert.deepEqual(Object.fromEntries(unpacked), CONTENTS);
  assert.deepEqual(await readAll(archiveOf({})), []);
});

test("the checksum is that of everybody's unpackers", () => {
  for (const content of ["", "123456789", "x".repeat(10_000)]) {
    assert.equal(crc32(text(content)), zlibCrc32(content));
  }
});

test("every flipped bit is refused, in contents, headers and directory alike", async () => {
  const bytes = archiveOf(CONTENTS);
  for (let at = 0; at < bytes.length * 8; at += 1) {
    const flipped = Uint8Array.from(bytes);
    flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
    await assert.rejects(readAll(flipped), VerifyError, `bit ${at}`);
  }
});

test("one cut short or with bytes behind it is refused", async () => {
  const bytes = archiveOf(CONTENTS);
  for (const length of [0, 10, 40, bytes.length - 1]) {
    await assert.rejects(readAll(bytes.subarray(0, length)), VerifyError, `${length} bytes`);
  }
  await assert.rejects(readAll(Buffer.concat([bytes, text(" ")])), VerifyError);
  await assert.rejects(readAll(Buffer.concat([text(" "), bytes])), VerifyError);
});

test("a name that leads elsewhere is neither written nor read", async () => {
  for (const name of ["../x", "/x", "a//b", "a\\b", "", "a/../b"]) {
    assert.throws(() => localHeader({ name, size: 0, crc: 0 }), VerifyError, name);
  }
  const bytes = Buffer.from(archiveOf({ aaaa: "x" })).toString("latin1");
  await assert.rejects(
    readAll(Buffer.from(bytes.replaceAll("aaaa", "../a"), "latin1")),
    VerifyError,
  );
});

test("more files, or bytes, than the first format counts are told as the later one has it", () => {
  const far: ArchivedFile = { name: "photos/last", size: 3, crc: 7, offset: 5_000_000_000 };
  const tail = Buffer.from(ending([far], 5_000_000_044));
  const extra = tail.subarray(46 + far.name.length);
  assert.deepEqual([extra.readUInt16LE(0), extra.readUInt16LE(2)], [1, 8]);
  assert.equal(extra.readBigUInt64LE(4), 5_000_000_000n);
  const record = extra.subarray(12);
  assert.equal(record.readUInt32LE(0), 0x06064b50);
  assert.deepEqual([record.readBigUInt64LE(24), record.readBigUInt64LE(48)], [1n, 5_000_000_044n]);
  assert.equal(record.subarray(56).readBigUInt64LE(8), 5_000_000_044n + BigInt(46 + 11 + 12));
});
