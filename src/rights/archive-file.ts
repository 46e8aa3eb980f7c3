import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { prepareFolderOf, syncFolder, temporaryName } from "../base/files.ts";
import { type ArchivedFile, ending, localHeader } from "../verify/archive.ts";

/**
 * An archive that is written file by file beside its name, readable by the owner alone, and gets
 * the name when it is whole ([Note: one archive, one spelling]).
 */
export class ArchiveFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  readonly #files: ArchivedFile[] = [];
  #offset = 0;

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  static async create(path: string): Promise<ArchiveFile> {
    await prepareFolderOf(path);
    const temporary = temporaryName(path);
    return new ArchiveFile(path, temporary, await open(temporary, "wx", 0o600));
  }

  /** Adds a file. Throws VerifyError for a name that no archive of ours has. */
  async add(name: string, bytes: Uint8Array): Promise<void> {
    const file = { name, size: bytes.length, crc: crc32(bytes), offset: this.#offset };
    await this.#write(localHeader(file));
    await this.#write(bytes);
    this.#files.push(file);
  }

  /** Writes the directory and gives the archive its name, durably. Returns how long it is. */
  async finish(): Promise<number> {
    await this.#write(ending(this.#files, this.#offset));
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#temporary, this.#path);
    await syncFolder(dirname(this.#path));
    return this.#offset;
  }

  /** Forgets what was written. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#temporary, { force: true });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#file.writeFile(bytes);
    this.#offset += bytes.length;
  }
}
