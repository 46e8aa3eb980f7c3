import { constants } from "node:fs";
import { lstat, open, stat, type FileHandle } from "node:fs/promises";
import { MediaError } from "./errors.ts";
import { FILE_BYTES_MAX } from "./limits.ts";

/** A photo as bytes, or as a file the worker reads itself (nothing is copied between threads). */
export type PhotoSource = { readonly file: string } | { readonly bytes: Uint8Array };

/**
 * Opens a file for reading if, and only if, it is a regular one. Looks before it opens (opening a
 * device may do something), opens without blocking (a FIFO with no writer would hang for ever) and
 * looks again at what was opened (it may have been swapped). With `links: "refuse"` a symbolic
 * link in the last place is refused; links in the folders above are the caller's to judge.
 * Throws MediaError `missing`, `unreadable`, `not_a_file`, `is_a_link`.
 */
export async function openRegularFile(
  path: string,
  options: { readonly links: "follow" | "refuse" },
): Promise<FileHandle> {
  const refuse = options.links === "refuse";
  try {
    const seen = refuse ? await lstat(path) : await stat(path);
    if (seen.isSymbolicLink()) throw new MediaError("is_a_link");
    if (!seen.isFile()) throw new MediaError("not_a_file");
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_NOCTTY } = constants;
    // Windows has none of the three: `undefined` counts as 0 here.
    const flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | (refuse ? O_NOFOLLOW : 0);
    const file = await open(path, flags);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    throw new MediaError("not_a_file");
  } catch (error) {
    throw asMediaError(error);
  }
}

/**
 * The whole of a source, at most FILE_BYTES_MAX. The decoder is handed bytes, never a path: a file
 * cut short while it is memory-mapped kills the process, and the bytes looked at must be the bytes
 * decoded. Links are treated as `openRegularFile` does. Throws MediaError.
 */
export async function readSource(
  source: PhotoSource,
  options: { readonly links: "follow" | "refuse" } = { links: "follow" },
): Promise<Buffer> {
  if ("bytes" in source) {
    checkSize(source.bytes.byteLength);
    return Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
  }
  const file = await openRegularFile(source.file, options);
  try {
    const { size } = await file.stat();
    checkSize(size);
    const buffer = Buffer.allocUnsafeSlow(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await file.read(buffer, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } catch (error) {
    throw asMediaError(error);
  } finally {
    await file.close();
  }
}

function checkSize(size: number): void {
  if (size === 0) throw new MediaError("empty_file");
  if (size > FILE_BYTES_MAX) throw new MediaError("too_large_bytes");
}

function asMediaError(error: unknown): MediaError {
  if (error instanceof MediaError) return error;
  const code = error instanceof Error && "code" in error ? error.code : null;
  const gone = code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG";
  return new MediaError(gone ? "missing" : "unreadable", { cause: error });
}
