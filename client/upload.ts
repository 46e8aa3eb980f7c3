import type { Assent } from "./assent.ts";
import { ConnectionError, ProblemError } from "./errors.ts";
import { isPassing, Waiting } from "./patience.ts";

/** A file to be sent in parts. */
export interface UploadRequest {
  readonly collection: string;
  /** A name with its ending; an archive of photos ends in `.zip`. */
  readonly name: string;
  readonly file: Blob;
}

/** How it is sent. */
export interface UploadOptions {
  readonly signal?: AbortSignal;
  /** Bytes that the service has, of how many; after each part. */
  readonly onProgress?: (sent: number, total: number) => void;
  /** Where to remember how far a file is, so that another run of the program goes on with it. */
  readonly memory?: UploadMemory;
  /** What this very file is remembered by; the default is its name, size and time of change. */
  readonly key?: string;
  readonly partBytes?: number;
}

/** An upload that was begun: where it goes on, and whether the service has all of it. */
export interface RememberedUpload {
  readonly at: string;
  readonly whole: boolean;
}

/** Remembers uploads beyond the page or program that began them. */
export interface UploadMemory {
  readonly get: (key: string) => Promise<RememberedUpload | null>;
  readonly set: (key: string, upload: RememberedUpload) => Promise<void>;
}

/**
 * A part: what is sent again at most when a connection breaks, and how often progress is told. Nearly
 * every photo is one part, and so one request.
 */
const PART_BYTES = 8 * 1024 * 1024;

/**
 * Sends a file so that neither a broken connection nor a restart of the service begins it anew (tus
 * 1.0), and gives the upload's id once the service has all of it for good. Photos are imported by a
 * job afterwards; the same photo twice is kept once. Throws ProblemError, ConnectionError, or the
 * signal's reason.
 */
export async function uploadFile(
  assent: Assent,
  request: UploadRequest,
  options: UploadOptions = {},
): Promise<string> {
  const key = options.key ?? keyOf(request);
  const remembered = (await options.memory?.get(key)) ?? null;
  if (remembered?.whole === true) return idOf(remembered.at);
  const upload = new OneUpload(assent, request, options, remembered?.at ?? null);
  for (const waiting = new Waiting(assent.wire.patience, options.signal); ;) {
    const before = upload.offset;
    try {
      const whole = await upload.sendPart();
      if (upload.at !== null && (whole || before === 0)) {
        await options.memory?.set(key, { at: upload.at, whole });
      }
      if (whole && upload.at !== null) return idOf(upload.at);
    } catch (error) {
      await waiting.after(upload.excuse(error));
    }
    if (upload.offset > before) waiting.restart();
  }
}

/** One file on its way. */
class OneUpload {
  /** Where it goes on; null until the service has said so. */
  at: string | null;
  /** Bytes that the service has, as far as it is known. */
  offset = 0;
  /** Whether the service must be asked how far it is. */
  #unsure: boolean;
  #lost = false;
  /** After a beginning that failed, the next brings no bytes along: it is sure to come through. */
  #bare = false;
  readonly #assent: Assent;
  readonly #request: UploadRequest;
  readonly #options: UploadOptions;

  constructor(assent: Assent, request: UploadRequest, options: UploadOptions, at: string | null) {
    this.#assent = assent;
    this.#request = request;
    this.#options = options;
    this.at = at;
    this.#unsure = at !== null;
  }

  /** Sends the next part; true when that was the last. */
  async sendPart(): Promise<boolean> {
    if (this.at === null) await this.#begin();
    else if (this.#unsure) await this.#ask(this.at);
    else await this.#goOn(this.at);
    const { size } = this.#request.file;
    this.#options.onProgress?.(this.offset, size);
    return this.offset === size;
  }

  /** What a failure comes to: some pass, as the next attempt asks first how far the file is. */
  excuse(error: unknown): unknown {
    this.#unsure = this.at !== null;
    this.#bare = this.at === null;
    if (!(error instanceof ProblemError) || this.at === null) return error;
    if (LOST_STATUSES.has(error.status)) return this.#beginAnew(error);
    const passing = isPassing(error) || ASK_AGAIN_STATUSES.has(error.status);
    return passing
      ? new ConnectionError("unreachable", "The upload was interrupted.", { cause: error })
      : error;
  }

  /** Given up by the service: too old, or begun before a restore. It happens once at most. */
  #beginAnew(cause: ProblemError): ConnectionError {
    if (this.#lost) {
      return new ConnectionError("upload_lost", "The service forgets uploads.", { cause });
    }
    this.#lost = true;
    this.at = null;
    this.offset = 0;
    return new ConnectionError("unreachable", "The upload is begun anew.", { cause });
  }

  async #begin(): Promise<void> {
    const { collection, name, file } = this.#request;
    const answer = await this.#send(
      "POST",
      `/api/v1/collections/${encodeURIComponent(collection)}/uploads`,
      {
        "upload-length": String(file.size),
        "upload-metadata": `filename ${base64(name)}`,
      },
    );
    const at = answer.headers.get("location");
    if (at === null) throw new ConnectionError("not_understood", "The upload has no address.");
    const { origin } = this.#assent.wire;
    const { pathname, origin: of } = new URL(at, origin);
    if (of !== origin) throw new ConnectionError("not_understood", "The upload is elsewhere.");
    this.at = pathname;
    this.offset = this.#bare ? 0 : offsetIn(answer);
  }

  async #goOn(at: string): Promise<void> {
    const answer = await this.#send("PATCH", at, { "upload-offset": String(this.offset) });
    this.offset = offsetIn(answer);
  }

  async #ask(at: string): Promise<void> {
    this.offset = offsetIn(await this.#send("HEAD", at, {}));
    this.#unsure = false;
  }

  async #send(
    method: "POST" | "PATCH" | "HEAD",
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const end = this.offset + (this.#options.partBytes ?? PART_BYTES);
    const part = this.#request.file.slice(this.offset, end);
    const brings = method === "PATCH" || (method === "POST" && !this.#bare);
    const type = brings ? { "content-type": "application/offset+octet-stream" } : {};
    return this.#assent.wire.sendOnce(
      {
        method,
        path,
        headers: { "tus-resumable": "1.0.0", ...headers, ...type },
        ...(brings ? { body: () => part } : {}),
        signal: this.#options.signal,
      },
      async (answer) => answer,
    );
  }
}

/** Of HTTP: the service does not know the upload, or not any more. */
const LOST_STATUSES: ReadonlySet<number> = new Set([404, 410]);
/** Of HTTP: the file is elsewhere than was thought, or an attempt that broke off still holds it. */
const ASK_AGAIN_STATUSES: ReadonlySet<number> = new Set([409, 423]);

function offsetIn(answer: Response): number {
  const text = answer.headers.get("upload-offset") ?? "";
  if (/^\d{1,15}$/u.test(text)) return Number(text);
  throw new ConnectionError("not_understood", "The service does not say how far the upload is.");
}

function idOf(at: string): string {
  return at.slice(at.lastIndexOf("/") + 1);
}

function keyOf({ collection, name, file }: UploadRequest): string {
  const changed = file instanceof File ? file.lastModified : "";
  return JSON.stringify([collection, name, file.size, changed]);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Remembers uploads in a browser: `storageMemory(localStorage)`. */
export function storageMemory(storage: Pick<Storage, "getItem" | "setItem">): UploadMemory {
  const prefix = "assent-upload ";
  return {
    get: async (key) => {
      const text = storage.getItem(prefix + key);
      return text === null ? null : (JSON.parse(text) as RememberedUpload);
    },
    set: async (key, upload) => storage.setItem(prefix + key, JSON.stringify(upload)),
  };
}
