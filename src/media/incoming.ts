import type { FileHandle } from "node:fs/promises";
import { MediaError } from "./errors.ts";
import { FILE_BYTES_MAX } from "./limits.ts";
import { sniff } from "./sniff.ts";
import { openRegularFile } from "./source.ts";
import { VIDEO_BYTES_MAX } from "./video-limits.ts";

/** A file on its way in: a photo is read whole, a video a piece at a time. Read it once. */
export interface Incoming extends AsyncDisposable {
  /** By its first bytes, whatever its name says. */
  readonly isVideo: boolean;
  /** All of it. Throws MediaError empty_file, too_large_bytes, unreadable. */
  bytes(): Promise<Buffer>;
  /** All of it in pieces. Throws MediaError empty_file, video_too_large, unreadable. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** What `sniff` wants to see. */
const HEAD_BYTES = 512;
const CHUNK_BYTES = 1024 * 1024;

/** A file of the disk. Throws MediaError; links are treated as `openRegularFile` does. */
export async function incomingFile(
  path: string,
  options: { readonly links: "follow" | "refuse" },
): Promise<Incoming> {
  const file = await openRegularFile(path, options);
  try {
    const head = await readAt(file, 0, HEAD_BYTES);
    if (head.length === 0) throw new MediaError("empty_file");
    const { size } = await file.stat();
    return {
      isVideo: sniff(head) === "video",
      bytes: async () => {
        if (size > FILE_BYTES_MAX) throw new MediaError("too_large_bytes");
        return await readAt(file, 0, size);
      },
      chunks: () => chunksOf(file, size),
      [Symbol.asyncDispose]: async () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* chunksOf(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  if (size > VIDEO_BYTES_MAX) throw new MediaError("video_too_large");
  for (let at = 0; at < size;) {
    const chunk = await readAt(file, at, Math.min(CHUNK_BYTES, size - at));
    if (chunk.length === 0) return;
    at += chunk.length;
    yield chunk;
  }
}

async function readAt(file: FileHandle, from: number, count: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(count);
  let filled = 0;
  try {
    while (filled < count) {
      const { bytesRead } = await file.read(buffer, filled, count - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
  } catch (cause) {
    throw new MediaError("unreadable", { cause });
  }
  return buffer.subarray(0, filled);
}

/** A stream whose length is known, such as an archive's entry. `whole` throws what is wrong at its end. */
export async function incomingStream(
  stream: AsyncIterable<Buffer>,
  size: number,
  whole: () => void,
): Promise<Incoming> {
  const pieces = stream[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let filled = 0;
  while (filled < HEAD_BYTES) {
    const next = await pieces.next();
    if (next.done === true) break;
    first.push(next.value);
    filled += next.value.length;
  }
  const head = Buffer.concat(first);
  if (head.length === 0) throw new MediaError("empty_file");
  async function* all(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next())
      yield next.value;
    whole();
  }
  return {
    isVideo: sniff(head) === "video",
    bytes: async () => {
      if (size > FILE_BYTES_MAX) throw new MediaError("too_large_bytes");
      const parts: Uint8Array[] = [];
      for await (const part of all()) parts.push(part);
      return Buffer.concat(parts);
    },
    chunks: () => {
      if (size > VIDEO_BYTES_MAX) throw new MediaError("video_too_large");
      return all();
    },
    [Symbol.asyncDispose]: async () => void (await pieces.return?.()),
  };
}
