import type { FileToUpload } from "../../../client/upload-all.ts";

/** A file that somebody dropped or chose. */
export interface Picked extends FileToUpload {
  readonly bytes: number;
}

/** What systems leave in folders, and nobody means to import. */
const LEFTOVERS = /^(\.|thumbs\.db$|desktop\.ini$)/iu;

/** The files of a choice by a button; of folders, too. */
export function* filesChosen(files: FileList): Generator<Picked> {
  for (const file of files) {
    if (!LEFTOVERS.test(file.name)) yield pickedOf(file, file.webkitRelativePath || file.name);
  }
}

/**
 * The files of what was dropped, folders and what is in them as well. It is read off while the drop
 * is told of, for it is gone afterwards. What lies on no disk (a picture from another program) has no
 * entry, and is a file all the same.
 */
export function filesDropped({
  items,
  files,
}: DataTransfer): AsyncIterable<Picked> | readonly Picked[] {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return entries.length === 0 ? [...filesChosen(files)] : filesBelow(entries);
}

async function* filesBelow(entries: readonly FileSystemEntry[]): AsyncGenerator<Picked> {
  for (const entry of entries) {
    if (LEFTOVERS.test(entry.name)) continue;
    if (isFile(entry)) {
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
      yield pickedOf(file, entry.fullPath);
    } else if (isFolder(entry)) {
      yield* filesBelow(await entriesIn(entry));
    }
  }
}

function pickedOf(file: File, path: string): Picked {
  return {
    name: file.name,
    key: JSON.stringify([path.replace(/^\//u, ""), file.size, file.lastModified]),
    bytes: file.size,
    open: async () => file,
  };
}

async function entriesIn(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives a hundred at a time, and none when it is done.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all.sort((a, b) => (a.name < b.name ? -1 : 1));
    all.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
