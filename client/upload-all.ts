import type { Assent } from "./assent.ts";
import type { CallOptions } from "./calls.ts";
import { ProblemError } from "./errors.ts";
import { uploadFile, type UploadMemory } from "./upload.ts";

/** A file among many. */
export interface FileToUpload {
  /** Without folders, as the service lists it. */
  readonly name: string;
  /** What it is remembered by. */
  readonly key: string;
  /** Opened when it is its turn. */
  readonly open: () => Promise<Blob>;
}

/** What came of one of many. */
export interface UploadOutcome {
  readonly name: string;
  /** As the file was given. */
  readonly key: string;
  /** Null where the service took it. */
  readonly refused: ProblemError | null;
}

/** As many as keep a line busy while the service writes: more only wait there. */
const AT_ONCE = 4;

/**
 * Sends many files, some at a time, and tells of each when the service has it. What the service
 * refuses is told and passed over; a service that can't be reached ends it all. With a memory, a
 * run that was cut off is gone on with by another: nothing is sent that is there already.
 */
export async function* uploadAll(
  assent: Assent,
  collection: string,
  files: AsyncIterable<FileToUpload> | Iterable<FileToUpload>,
  options: Pick<CallOptions, "signal"> & {
    readonly memory?: UploadMemory;
    readonly atOnce?: number;
    readonly partBytes?: number;
    /** Bytes of a file that the service has, of how many; after each part. */
    readonly onProgress?: (key: string, sent: number, total: number) => void;
  } = {},
): AsyncGenerator<UploadOutcome> {
  const { atOnce = AT_ONCE, memory, partBytes, signal, onProgress } = options;
  const stop = new AbortController();
  const how = {
    ...(memory ? { memory } : {}),
    ...(partBytes === undefined ? {} : { partBytes }),
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
  };
  const underWay = new Map<string, Promise<UploadOutcome>>();
  const send = async ({ name, key, open }: FileToUpload) => {
    const request = { collection, name, file: await open() };
    const told = onProgress
      ? { onProgress: (sent: number, total: number) => onProgress(key, sent, total) }
      : {};
    const sent = uploadFile(assent, request, { ...how, ...told, key });
    return { name, key, refused: await sent.then(() => null, refusalIn) };
  };
  const settle = async (): Promise<UploadOutcome> => {
    const outcome = await Promise.race(underWay.values());
    underWay.delete(outcome.key);
    return outcome;
  };
  try {
    for await (const file of files) {
      const sent = send(file);
      // Looked at when it is its turn; a failure until then is not forgotten by that.
      sent.catch(() => undefined);
      underWay.set(file.key, sent);
      if (underWay.size >= atOnce) yield await settle();
    }
    while (underWay.size > 0) yield await settle();
  } finally {
    stop.abort();
    await Promise.allSettled(underWay.values());
  }
}

/** What is one file's own fault; anything else concerns them all, and is thrown. */
function refusalIn(error: unknown): ProblemError {
  const own = error instanceof ProblemError && OWN_STATUSES.has(error.status);
  if (own) return error;
  throw error;
}

/** Of HTTP: this file can't be taken. */
const OWN_STATUSES: ReadonlySet<number> = new Set([400, 413, 415, 422]);
