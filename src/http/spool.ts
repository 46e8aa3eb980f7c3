import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { temporaryName } from "../base/files.ts";
import { fileName } from "../collections/uploads.ts";

/** A file of a form, on the disk until the request is answered. */
export interface SpooledFile {
  /** Which part of the form it is. */
  readonly part: string;
  /** As its sender calls it, without folders. */
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
}

/** A folder for the files of one request; gone with everything in it when it is disposed of. */
export interface Spool extends AsyncDisposable {
  /** Writes a file as fast as the disk takes it. */
  add(part: string, name: string, content: Readable): Promise<SpooledFile>;
}

/**
 * Opens a folder below `folder`, whose name tells which process it is of: it may hold what somebody
 * searches with, so what a killed one leaves goes with the first sweep of uploads.
 */
export async function openSpool(folder: string): Promise<Spool> {
  const own = temporaryName(join(folder, "form"));
  await mkdir(own, { recursive: true, mode: 0o700 });
  let files = 0;
  return {
    add: async (part, name, content) => {
      const path = join(own, String((files += 1)));
      const hash = createHash("sha256");
      const hashed = new Transform({
        transform: (chunk: Buffer, _, done) => {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      await pipeline(content, hashed, createWriteStream(path, { flags: "wx", mode: 0o600 }));
      return { part, name: fileName(name), path, sha256: hash.digest("hex") };
    },
    [Symbol.asyncDispose]: async () => rm(own, { recursive: true, force: true }),
  };
}
