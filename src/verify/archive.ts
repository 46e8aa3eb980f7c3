import { sameBytes } from "./base64.ts";
import { VerifyError } from "./errors.ts";

/**
 * [Note: one archive, one spelling] An export is a ZIP (APPNOTE 6.3.10) of stored files in the one
 * way there is here to write it: fixed times and attributes, no extra fields, no comments. Whoever
 * reads it makes every header anew from names, sizes and checksums, and compares: a bit that means
 * nothing to an unpacker is noticed as one that does.
 */

/** A file in an archive, as its headers tell it. */
export interface ArchivedFile {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/** A file with its content. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes that are read piece by piece: a `Blob`, or a file. */
export interface ByteSource {
  readonly size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** More photos than anybody is in; a bound on what a stranger's archive makes us remember. */
const FILES_MAX = 200_000;
/** A photo of 100 MP as PNG is smaller; so is a ledger of 100,000 entries. */
export const FILE_BYTES_MAX = 1 << 30;
const NAME_LENGTH_MAX = 200;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;

const LOCAL_BYTES = 30;
/** Made on Unix (for the file's mode), by version 2.0 or 4.5 of the format. */
const MADE_BY_UNIX = 3 << 8;
const VERSION = 20;
const VERSION_64 = 45;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** 1 January 1980, midnight: the first moment that the format can say. */
const DATE = 0x0021;
/** A plain file that its owner alone may read and write. */
const ATTRIBUTES = 0o100600 * 0x1_0000;
const MAX_16 = 0xffff;
const MAX_32 = 0xffff_ffff;

/** What stands before a file's bytes. */
export function localHeader({ name, size, crc }: Omit<ArchivedFile, "offset">): Uint8Array {
  const text = nameBytes(name);
  const out = new Fields(LOCAL_BYTES + text.length);
  out.u32(LOCAL).u16(VERSION).u16(FLAGS).u16(0).u16(0).u16(DATE);
  return out.u32(crc).u32(size).u32(size).u16(text.length).u16(0).bytes(text).done();
}

/** What stands behind the last file: the directory of all, and the end. `start` is where. */
export function ending(files: readonly ArchivedFile[], start: number): Uint8Array {
  const directory = files.map(centralHeader);
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  const tail = endRecords(files.length, size, start);
  return new Fields(size + tail.length).bytes(...directory, tail).done();
}

function centralHeader({ name, size, crc, offset }: ArchivedFile): Uint8Array {
  const text = nameBytes(name);
  const far = offset >= MAX_32;
  const version = far ? VERSION_64 : VERSION;
  const out = new Fields(46 + text.length + (far ? 12 : 0));
  out
    .u32(CENTRAL)
    .u16(MADE_BY_UNIX + version)
    .u16(version)
    .u16(FLAGS)
    .u16(0)
    .u16(0)
    .u16(DATE);
  out
    .u32(crc)
    .u32(size)
    .u32(size)
    .u16(text.length)
    .u16(far ? 12 : 0)
    .u16(0)
    .u16(0)
    .u16(0);
  out
    .u32(ATTRIBUTES)
    .u32(far ? MAX_32 : offset)
    .bytes(text);
  if (far) out.u16(1).u16(8).u64(offset);
  return out.done();
}

function endRecords(count: number, size: number, start: number): Uint8Array {
  const big = count >= MAX_16 || size >= MAX_32 || start >= MAX_32;
  const out = new Fields(22 + (big ? 56 + 20 : 0));
  if (big) {
    out
      .u32(END_64)
      .u64(44)
      .u16(MADE_BY_UNIX + VERSION_64)
      .u16(VERSION_64)
      .u32(0)
      .u32(0);
    out.u64(count).u64(count).u64(size).u64(start);
    out
      .u32(END_64_LOCATOR)
      .u32(0)
      .u64(start + size)
      .u32(1);
  }
  const few = Math.min(count, MAX_16);
  out.u32(END).u16(0).u16(0).u16(few).u16(few);
  return out.u32(Math.min(size, MAX_32)).u32(Math.min(start, MAX_32)).u16(0).done();
}

/**
 * Reads an archive file by file, in its order; memory holds one. Throws VerifyError: hash_mismatch
 * for a file whose checksum does not fit, format_invalid for everything that `localHeader` and
 * `ending` would have written otherwise.
 */
export async function* readArchive(source: ByteSource): AsyncGenerator<NamedBytes> {
  const files: ArchivedFile[] = [];
  let offset = 0;
  for (;;) {
    const file = await readFile(source, offset);
    if (!file) break;
    if (files.length === FILES_MAX) throw invalid("it holds more files than any export does");
    const header = localHeader(file);
    files.push({ name: file.name, size: file.size, crc: file.crc, offset });
    offset += header.length + file.size;
    yield { name: file.name, bytes: file.bytes };
  }
  const expected = ending(files, offset);
  // One byte more than expected, if there is one: whatever follows is too much.
  const rest = await read(source, offset, offset + expected.length + 1);
  if (!sameBytes(rest, expected)) throw invalid("its directory is not as it was written");
}

async function readFile(source: ByteSource, offset: number) {
  const fixed = await read(source, offset, offset + LOCAL_BYTES);
  const view = new DataView(fixed.buffer);
  if (fixed.length < LOCAL_BYTES || view.getUint32(0, true) !== LOCAL) return null;
  const [crc, size] = [view.getUint32(14, true), view.getUint32(18, true)];
  const nameLength = view.getUint16(26, true);
  if (nameLength > NAME_LENGTH_MAX) throw invalid("a name in it is too long");
  if (size > FILE_BYTES_MAX) throw invalid("a file in it is larger than any of an export");
  const start = offset + LOCAL_BYTES + nameLength;
  const header = await read(source, offset, start);
  const name = new TextDecoder().decode(header.subarray(LOCAL_BYTES));
  if (!isName(name) || !sameBytes(header, localHeader({ name, size, crc }))) {
    throw invalid(`the header at byte ${offset} is not as it was written`);
  }
  const bytes = await read(source, start, start + size);
  if (bytes.length !== size) throw invalid(`${name} is cut off`);
  if (crc32(bytes) === crc) return { name, size, crc, bytes };
  throw new VerifyError("hash_mismatch", `${name} was changed: its checksum does not fit.`);
}

async function read(
  source: ByteSource,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await source.slice(from, Math.min(to, source.size)).arrayBuffer());
}

/** Bytes in memory as a source. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    slice: (from, to) => ({
      arrayBuffer: async () => new Uint8Array(bytes.subarray(from, to)).buffer,
    }),
  };
}

/** Names are plain: they are read in refusals and unpacked by others' programs. */
function isName(name: string): boolean {
  return name.length <= NAME_LENGTH_MAX && /^\w[\w.-]*(\/\w[\w.-]*)*$/u.test(name);
}

function nameBytes(name: string): Uint8Array {
  if (isName(name)) return new TextEncoder().encode(name);
  throw invalid("a name in it is none of an export");
}

function invalid(reason: string): VerifyError {
  return new VerifyError("format_invalid", `This is no archive as Assent writes it: ${reason}.`);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

/** CRC-32 as ZIP has it (ISO 3309). */
export function crc32(bytes: Uint8Array): number {
  let crc = MAX_32;
  // Counted, for an iterator over bytes takes four times as long.
  for (let index = 0; index < bytes.length; index += 1) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  }
  return (crc ^ MAX_32) >>> 0;
}

/** Little-endian fields, one behind the other. */
class Fields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.#bytes = new Uint8Array(length);
    this.#view = new DataView(this.#bytes.buffer);
  }

  u16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  u64(value: number): this {
    this.#view.setBigUint64(this.#at, BigInt(value), true);
    this.#at += 8;
    return this;
  }

  bytes(...parts: readonly Uint8Array[]): this {
    for (const part of parts) {
      this.#bytes.set(part, this.#at);
      this.#at += part.length;
    }
    return this;
  }

  done(): Uint8Array {
    return this.#bytes;
  }
}
