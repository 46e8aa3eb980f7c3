import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { MediaError } from "../media/errors.ts";
import { type Incoming, incomingStream } from "../media/incoming.ts";
import { CollectionsError } from "./errors.ts";
import type { FolderEntry } from "./folder.ts";
import type { ImportOrigin } from "./import.ts";

/** The list of entries is held in memory: about 50 MB of it. */
export const ARCHIVE_ENTRIES_MAX = 100_000;
/** Photos hardly shrink in a ZIP; an archive that grows more was made to fill disks and time. */
export const ARCHIVE_RATIO_MAX = 50;
/** Where a small archive of blank drawings would grow more, it may: up to this many bytes. */
const UNPACKED_FREE_BYTES = 256 * 1024 * 1024;

const UNIX_KIND = 0o170000;
const UNIX_LINK = 0o120000;
const UNIX_FILE = 0o100000;

/** What systems put beside photos into an archive. */
const IGNORED = /(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$|^__MACOSX\//u;

/** The files in an archive, open until it is disposed of. */
export interface ArchiveOrigin extends ImportOrigin, AsyncDisposable {}

/**
 * Opens a ZIP archive as the origin of an import. It is read where it lies, an entry at a time, and
 * nothing of it is written anywhere but as a photo. Throws CollectionsError archive_invalid,
 * archive_too_large, too_many_files.
 */
export async function archiveOrigin(
  file: string,
  { name, title }: { readonly name: string; readonly title: string },
): Promise<ArchiveOrigin> {
  const zip = await openZip(file);
  try {
    const entries = await readEntries(zip);
    return {
      name,
      entries: [...entries.values()]
        .map((entry): FolderEntry => ({ path: entry.fileName, problem: problemOf(entry) }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
      label: (path) => `${title}/${path}`,
      open: async (path) => {
        const entry = entries.get(path);
        if (!entry) throw new MediaError("missing");
        return openEntry(zip, entry);
      },
      [Symbol.asyncDispose]: async () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function openZip(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { lazyEntries: true, autoClose: false });
  } catch (cause) {
    throw invalid(cause);
  }
}

/** The archive's files by path; of two of one path the later. What they claim is bounded here. */
async function readEntries(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > ARCHIVE_ENTRIES_MAX) {
    const sentence = `The archive holds over ${ARCHIVE_ENTRIES_MAX} files. Send it in parts.`;
    throw new CollectionsError("too_many_files", sentence);
  }
  const entries = new Map<string, Entry>();
  let unpacked = 0;
  let packed = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith("/") || IGNORED.test(entry.fileName)) continue;
      unpacked += entry.uncompressedSize;
      packed += entry.compressedSize;
      entries.set(entry.fileName, entry);
    }
  } catch (cause) {
    throw invalid(cause);
  }
  // Entries may lie over one another: more than the file holds can't be in it.
  if (packed > zip.fileSize) throw invalid(null);
  if (unpacked > Math.max(UNPACKED_FREE_BYTES, zip.fileSize * ARCHIVE_RATIO_MAX)) {
    const sentence = "The archive unpacks to far more than photos do. Send the photos themselves.";
    throw new CollectionsError("archive_too_large", sentence);
  }
  return entries;
}

function problemOf(entry: Entry): FolderEntry["problem"] {
  const kind = (entry.externalFileAttributes >>> 16) & UNIX_KIND;
  if (kind === UNIX_LINK) return "is_a_link";
  if (kind !== 0 && kind !== UNIX_FILE) return "not_a_file";
  return entry.isEncrypted() ? "unreadable" : null;
}

/** An entry's bytes: as many as it claims, and those its checksum was made of. */
async function openEntry(zip: ZipFile, entry: Entry): Promise<Incoming> {
  let checksum = 0;
  async function* checked(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        checksum = crc32(chunk as Buffer, checksum);
        yield chunk as Buffer;
      }
    } catch (cause) {
      throw new MediaError("corrupt", { cause });
    }
  }
  return incomingStream(checked(), entry.uncompressedSize, () => {
    if (checksum !== entry.crc32) throw new MediaError("corrupt");
  });
}

function invalid(cause: unknown): CollectionsError {
  const sentence = "This is no ZIP archive that can be read. Pack it again, or send the photos.";
  return new CollectionsError("archive_invalid", sentence, { cause });
}
