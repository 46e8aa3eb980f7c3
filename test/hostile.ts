import { execFile } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { MediaCode } from "../src/media/errors.ts";
import { badPictures, makeBase, oddPictures, type Base, type Made } from "./hostile-pictures.ts";

/**
 * A file that a stranger, a failing card or a careless copy may leave in a folder of photos.
 * `expect` is what reading it gives when links are followed. `kind` says what the entry is:
 * whoever walks folders has rules of their own for links and for what is no file.
 */
export interface HostileFile {
  readonly name: string;
  readonly path: string;
  readonly kind: "file" | "link" | "special";
  readonly expect: "ok" | MediaCode;
}

/**
 * Fills an empty folder with hostile files, all made by code. Names that the file system refuses
 * (another platform) and entries it can't hold are left out, so count what is returned.
 */
export async function makeHostileFiles(folder: string): Promise<readonly HostileFile[]> {
  const base = await makeBase();
  const made: readonly Made[] = [
    ...(await oddPictures(base)),
    ...(await badPictures(base)),
    ...otherKinds(),
    ...oddNames(base),
  ];
  const files: HostileFile[] = [];
  for (const [name, expect, bytes] of made) {
    const path = join(folder, name);
    if (await written(path, bytes)) files.push({ name, path, kind: "file", expect });
  }
  return [...files, ...(await makeSpecial(folder, base))];
}

async function written(path: string, bytes: Buffer): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENAMETOOLONG" || code === "EILSEQ" || code === "EINVAL") return false;
    throw error;
  }
}

/** Files that are no photo, under names that say they are. */
function otherKinds(): readonly Made[] {
  const svg =
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>` +
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">` +
    `<text>&x;</text><image xlink:href="http://127.0.0.1:1/x.png"/></svg>`;
  const text = (content: string) => Buffer.from(content, "latin1");
  const dng = Buffer.from(
    "II*\0\x08\0\0\0\x01\0\x12\xc6\x01\0\x04\0\0\0\x01\x04\0\0\0\0\0\0",
    "latin1",
  );
  return [
    ["empty.jpg", "empty_file", Buffer.alloc(0)],
    ["one-byte.jpg", "not_a_picture", text("\xff")],
    ["zeros.jpg", "not_a_picture", Buffer.alloc(100_000)],
    ["text.jpg", "not_a_picture", text("This is a letter, not a picture.\n")],
    ["page.jpg", "not_a_picture", text("<!DOCTYPE html><html><body>Not found</body></html>")],
    ["drawing.png", "unsupported_format", text(svg)],
    ["drawing.svg", "unsupported_format", text(svg)],
    ["document.jpg", "not_a_picture", text("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")],
    ["archive.jpg", "not_a_picture", text("PK\x03\x04\x14\0\0\0\x08\0")],
    ["packed.jpg", "not_a_picture", text("\x1f\x8b\x08\0\0\0\0\0")],
    ["video.jpg", "not_a_picture", text("\0\0\0\x18ftypisom\0\0\0\0isommp42")],
    ["video.webp", "not_a_picture", text("RIFF\x10\0\0\0AVI LIST")],
    ["sound.jpg", "not_a_picture", text("ID3\x04\0\0\0\0\0\0")],
    ["program.jpg", "not_a_picture", text("\x7fELF\x02\x01\x01\0")],
    ["phone.heic", "heic_unsupported", text("\0\0\0\x18ftypheic\0\0\0\0mif1heic")],
    ["camera.dng", "raw_unsupported", dng],
    ["bitmap.bmp", "unsupported_format", text("BM\x46\0\0\0\0\0\0\0\x36\0\0\0")],
    ["layers.psd", "unsupported_format", text("8BPS\0\x01\0\0\0\0\0\0\0\x03")],
    ["riff-only.webp", "truncated", text("RIFF\xff\xff\0\0WEBPVP8 ")],
    ["jpeg-start-only.jpg", "truncated", text("\xff\xd8\xff")],
    ["jpeg-empty.jpg", "corrupt", text("\xff\xd8\xff\xd9")],
  ];
}

/** Ordinary pictures under names that trip programs over. */
function oddNames(base: Base): readonly Made[] {
  const names = [
    `${"long".repeat(62)}.jpg`,
    "two\nlines.jpg",
    "tab\tand\x1b[31mcolour.jpg",
    "quote\"and'and`.jpg",
    "-rf.jpg",
    "%s%n%00.jpg",
    " space before.jpg",
    "e\u0301 decomposed.jpg",
    "\u00e9 composed.jpg",
    "\u202egpj.right-to-left.jpg",
    "\u{1f642}.jpg",
    `${"deep/".repeat(60)}photo.jpg`,
    ".hidden.jpg",
    "UPPER.JPG",
  ];
  return names.map((name) => [name, "ok", base.jpeg]);
}

/** Links, pipes, folders called like photos, and a file nobody may read. */
async function makeSpecial(folder: string, base: Base): Promise<readonly HostileFile[]> {
  const at = (name: string) => join(folder, name);
  const outside = `${folder}-outside`;
  await mkdir(outside, { recursive: true });
  await writeFile(join(outside, "outside.jpg"), base.jpeg);
  await mkdir(at("folder.jpg"));
  await writeFile(at("locked.jpg"), base.jpeg);
  await chmod(at("locked.jpg"), 0o000);
  await symlink(join(outside, "outside.jpg"), at("link-outside.jpg"));
  await symlink(at("ordinary.jpg"), at("link-inside.jpg"));
  await symlink("nowhere.jpg", at("link-dangling.jpg"));
  await symlink("link-loop-b.jpg", at("link-loop-a.jpg"));
  await symlink("link-loop-a.jpg", at("link-loop-b.jpg"));
  await symlink(".", at("link-to-own-folder"));
  await symlink("/dev/zero", at("link-to-device.jpg"));
  const root = process.getuid?.() === 0;
  const entries: readonly (readonly [string, HostileFile["kind"], HostileFile["expect"]])[] = [
    ["folder.jpg", "special", "not_a_file"],
    // Root may read everything.
    ["locked.jpg", "file", root ? "ok" : "unreadable"],
    ["link-outside.jpg", "link", "ok"],
    ["link-inside.jpg", "link", "ok"],
    ["link-dangling.jpg", "link", "missing"],
    ["link-loop-a.jpg", "link", "unreadable"],
    ["link-loop-b.jpg", "link", "unreadable"],
    ["link-to-own-folder", "link", "not_a_file"],
    ["link-to-device.jpg", "link", "not_a_file"],
    ...(await makePipe(at("pipe.jpg"))),
    ...(await makeUnspeakableName(folder, base)),
  ];
  return entries.map(([name, kind, expect]) => ({ name, path: at(name), kind, expect }));
}

/** Opening a pipe without a writer waits for ever, unless it is never opened so. */
async function makePipe(
  path: string,
): Promise<readonly (readonly [string, "special", "not_a_file"])[]> {
  if (process.platform === "win32") return [];
  await promisify(execFile)("mkfifo", [path]);
  return [["pipe.jpg", "special", "not_a_file"]];
}

/** A name that is no UTF-8: listed as text it names a file that isn't there. */
async function makeUnspeakableName(
  folder: string,
  base: Base,
): Promise<readonly (readonly [string, "special", "missing"])[]> {
  const name = Buffer.from("latin1-\xe9.jpg", "latin1");
  try {
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), name]), base.jpeg);
  } catch {
    return [];
  }
  return [[name.toString("utf8"), "special", "missing"]];
}
