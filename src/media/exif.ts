import { EXIF_BYTES_MAX, EXIF_ENTRIES_MAX } from "./limits.ts";

// [Note: our own EXIF reader]
// One date and two flags are all that is wanted from EXIF. The general readers build every value
// of every entry: 64 KiB with 5,000 entries that all point at the same 60,000 numbers become
// gigabytes. This one looks at entries in place and copies nothing but the date.

const ASCII = 2;
const SHORT = 3;
const LONG = 4;
const EXIF_DIRECTORY = 0x8769;
const DATE_TIME_ORIGINAL = 0x9003;
/** `YYYY:MM:DD HH:MM:SS` without its closing zero. */
const DATE_CHARACTERS = 19;

/** One directory of an EXIF block or TIFF file. */
export interface ExifDirectory {
  has(tag: number): boolean;
  /** The first value of a whole-number entry, or null. */
  numberOf(tag: number): number | null;
  /** The first `length` characters of a text entry, or null where it is shorter. */
  textOf(tag: number, length: number): string | null;
  /** The directory an entry points at, or null. */
  follow(tag: number): ExifDirectory | null;
}

/**
 * The first directory of an EXIF block (with or without its `Exif\0\0` prefix) or of a classic
 * TIFF file. Null where there is none or it is malformed. Never throws, never loops.
 */
export function exifDirectory(bytes: Uint8Array): ExifDirectory | null {
  const prefixed = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 6));
  const block = prefixed.toString("latin1") === "Exif\0\0" ? bytes.subarray(6) : bytes;
  if (block.length < 8) return null;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return null;
  return directoryAt(view, little, view.getUint32(4, little));
}

function directoryAt(view: DataView, little: boolean, at: number): ExifDirectory | null {
  if (at < 8 || at + 2 > view.byteLength) return null;
  const claimed = view.getUint16(at, little);
  const fitting = Math.floor((view.byteLength - at - 2) / 12);
  const entries = Math.min(claimed, fitting, EXIF_ENTRIES_MAX);

  function find(tag: number): number | null {
    for (let index = 0; index < entries; index += 1) {
      const entry = at + 2 + index * 12;
      if (view.getUint16(entry, little) === tag) return entry;
    }
    return null;
  }

  function numberOf(tag: number): number | null {
    const entry = find(tag);
    if (entry === null) return null;
    const type = view.getUint16(entry + 2, little);
    if (type === SHORT) return view.getUint16(entry + 8, little);
    return type === LONG ? view.getUint32(entry + 8, little) : null;
  }

  function textOf(tag: number, length: number): string | null {
    const entry = find(tag);
    if (entry === null || view.getUint16(entry + 2, little) !== ASCII) return null;
    const count = view.getUint32(entry + 4, little);
    const start = count <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
    if (count < length || start + length > view.byteLength) return null;
    return Buffer.from(view.buffer, view.byteOffset + start, length).toString("latin1");
  }

  function follow(tag: number): ExifDirectory | null {
    const offset = numberOf(tag);
    return offset === null ? null : directoryAt(view, little, offset);
  }

  return { has: (tag) => find(tag) !== null, numberOf, textOf, follow };
}

/**
 * When a photo was taken: EXIF DateTimeOriginal as `YYYY-MM-DDTHH:MM:SS`, the camera's local time.
 * Null where the block is absent, malformed, too large, or holds no real date. Never throws.
 */
export function takenAtOf(block: Uint8Array | undefined): string | null {
  if (block === undefined || block.length > EXIF_BYTES_MAX) return null;
  return takenAtIn(exifDirectory(block));
}

/** The same for a directory already found, such as that of a TIFF file. */
export function takenAtIn(directory: ExifDirectory | null): string | null {
  const text = directory?.follow(EXIF_DIRECTORY)?.textOf(DATE_TIME_ORIGINAL, DATE_CHARACTERS);
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(text ?? "");
  if (parts === null) return null;
  const takenAt = `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}`;
  return isRealDate(takenAt) ? takenAt : null;
}

/** True for a date of the calendar in the age of photography; cameras also write 0000-00-00. */
function isRealDate(local: string): boolean {
  const date = new Date(`${local}Z`);
  const valid = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(local);
  return valid && local >= "1826" && local < "2200";
}
