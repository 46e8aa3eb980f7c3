import { buffer } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";
import { type ArchivedFile, crc32, ending, localHeader } from "../src/verify/archive.ts";

/** Packs files as an export is packed, whatever is in them. */
export function archiveOf(contents: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  const files: ArchivedFile[] = [];
  let offset = 0;
  for (const [name, bytes] of contents) {
    const file = { name, size: bytes.length, crc: crc32(bytes), offset };
    const header = localHeader(file);
    files.push(file);
    parts.push(header, bytes);
    offset += header.length + bytes.length;
  }
  return Buffer.concat([...parts, ending(files, offset)]);
}

/** A ZIP's files as an ordinary unpacker reads them, by name and in their order. */
export async function unpack(bytes: Uint8Array): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await fromBufferPromise(Buffer.from(bytes), { lazyEntries: true });
  const found = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    found.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return found;
}
