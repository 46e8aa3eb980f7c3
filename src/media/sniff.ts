import { exifDirectory } from "./exif.ts";

/** Formats that can be read. HEIC is here because some builds of the decoder read it. */
export type PhotoFormat = "jpeg" | "png" | "webp" | "avif" | "tiff" | "gif" | "heic";

/** What else a file may turn out to be: named so that the advice fits. */
export type OtherKind =
  | "heic"
  | "raw"
  | "jxl"
  | "jp2"
  | "bmp"
  | "ico"
  | "psd"
  | "svg"
  | "pdf"
  | "html"
  | "zip"
  | "archive"
  | "video"
  | "audio"
  | "program"
  | "text"
  | "unknown";

/** Bytes that `sniff` looks at beside the first directory of a TIFF. */
const HEAD_BYTES = 512;

/** Signatures of one meaning: bytes (as latin1) at an offset. First match wins. */
const SIGNATURES: readonly (readonly [offset: number, magic: string, kind: Sniffed])[] = [
  [0, "\xff\xd8\xff", "jpeg"],
  [0, "\x89PNG\r\n\x1a\n", "png"],
  [0, "GIF87a", "gif"],
  [0, "GIF89a", "gif"],
  [0, "IIRO", "raw"],
  [0, "IIRS", "raw"],
  [0, "IIU\0", "raw"],
  [0, "FUJIFILMCCD-RAW", "raw"],
  [8, "CR\x02", "raw"],
  [0, "II*\0", "tiff"],
  [0, "MM\0*", "tiff"],
  [0, "II+\0", "tiff"],
  [0, "MM\0+", "tiff"],
  [0, "\xff\x0a", "jxl"],
  [0, "\0\0\0\x0cJXL ", "jxl"],
  [0, "\0\0\0\x0cjP  ", "jp2"],
  [0, "\xff\x4f\xff\x51", "jp2"],
  [0, "\0\0\x01\0", "ico"],
  [0, "8BPS", "psd"],
  [0, "%PDF", "pdf"],
  [0, "PK\x03\x04", "zip"],
  [0, "PK\x05\x06", "zip"],
  [0, "\x1f\x8b", "archive"],
  [0, "BZh", "archive"],
  [0, "7z\xbc\xaf\x27\x1c", "archive"],
  [0, "\xfd7zXZ\0", "archive"],
  [0, "Rar!\x1a\x07", "archive"],
  [0, "\x28\xb5\x2f\xfd", "archive"],
  [257, "ustar", "archive"],
  [0, "\x1aE\xdf\xa3", "video"],
  [0, "\0\0\x01\xba", "video"],
  [0, "\0\0\x01\xb3", "video"],
  [0, "FLV\x01", "video"],
  [4, "moov", "video"],
  [4, "mdat", "video"],
  [4, "wide", "video"],
  [0, "ID3", "audio"],
  [0, "fLaC", "audio"],
  [0, "OggS", "audio"],
  [0, "\x7fELF", "program"],
  [0, "\xcf\xfa\xed\xfe", "program"],
  [0, "MZ", "program"],
  [0, "BM", "bmp"],
];

/** What RIFF and ISO media files are is told by a second word. */
const HEIC_BRANDS = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"]);
const AVIF_BRANDS = new Set(["avif", "avis"]);

export type Sniffed = PhotoFormat | OtherKind;

/**
 * Tells what a file is by its first bytes, never by its name: suffixes lie, and a decoder chosen
 * by suffix is a decoder chosen by the stranger who sent the file. Never throws.
 */
export function sniff(bytes: Uint8Array): Sniffed {
  const head = Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    Math.min(bytes.length, HEAD_BYTES),
  ).toString("latin1");
  const container = sniffContainer(head);
  if (container !== null) return container;
  const found = SIGNATURES.find(([offset, magic]) => head.startsWith(magic, offset));
  if (found === undefined) return sniffText(head);
  const kind = found[2];
  return kind === "tiff" && isRawTiff(bytes) ? "raw" : kind;
}

function sniffContainer(head: string): Sniffed | null {
  if (head.startsWith("RIFF")) {
    const form = head.slice(8, 12);
    if (form === "WEBP") return "webp";
    return form === "WAVE" ? "audio" : form === "AVI " ? "video" : "unknown";
  }
  if (head.slice(4, 8) !== "ftyp") return null;
  const size = head.charCodeAt(2) * 256 + head.charCodeAt(3);
  const brands = [head.slice(8, 12)];
  for (let at = 16; at + 4 <= Math.min(size, head.length); at += 4)
    brands.push(head.slice(at, at + 4));
  if (brands[0] === "crx ") return "raw";
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return "avif";
  if (brands.some((brand) => HEIC_BRANDS.has(brand))) return "heic";
  if (brands[0] === "mif1" || brands[0] === "msf1") return "heic";
  return brands[0] === "M4A " ? "audio" : "video";
}

/**
 * DNG, NEF and ARW are TIFF files whose first directory holds a thumbnail of about 160 pixels.
 * Read as a TIFF they would give that thumbnail: every face in it too small, and no reason told.
 */
function isRawTiff(bytes: Uint8Array): boolean {
  const directory = exifDirectory(bytes);
  if (directory === null) return false;
  const dngVersion = 0xc612;
  const subDirectories = 0x014a;
  const newSubfileType = 0x00fe;
  const reduced = directory.numberOf(newSubfileType) === 1;
  return directory.has(dngVersion) || (reduced && directory.has(subDirectories));
}

function sniffText(head: string): OtherKind {
  const text = head
    .replace(/^\xef\xbb\xbf/, "")
    .trimStart()
    .toLowerCase();
  if (text.startsWith("<svg") || (text.startsWith("<?xml") && text.includes("<svg"))) return "svg";
  if (text.startsWith("<!doctype svg")) return "svg";
  if (text.startsWith("<!doctype html") || text.startsWith("<html")) return "html";
  // A control byte that no text holds (tab, line feed and carriage return are fine).
  // oxlint-disable-next-line no-control-regex
  return head.length > 0 && !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(head) ? "text" : "unknown";
}
