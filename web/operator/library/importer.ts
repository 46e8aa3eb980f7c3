import { connect } from "../../../client/assent.ts";
import { browserSession } from "../../../client/badge.ts";
import { uploadAll } from "../../../client/upload-all.ts";
import { toldBy } from "../../shared/states.tsx";
import { Pace } from "../parts/pace.ts";
import type { Picked } from "./picked-files.ts";
import { type CutShort, ImportMemory } from "./upload-memory.ts";

/** A restart of the service, or a train in a tunnel, ends no import. */
const PATIENCE_MS = 10 * 60_000;
/** How often the screen is told, and how often it is noted how far the import is. */
const TELL_MS = 250;
const NOTE_MS = 2000;
/** Where files are sent faster than a folder is read, this is waited for more. */
const READING_MS = 50;
/** Refusals that are shown while files are sent; the service keeps those of its own. */
const REFUSED_MAX = 500;

/** A file that was not even taken in, and why. */
export interface NotTaken {
  readonly name: string;
  readonly code: string;
}

/** How far an import is, as long as its page is open. */
export interface Importing {
  readonly state: "idle" | "sending" | "stopped" | "failed" | "sent";
  readonly files: number;
  readonly bytes: number;
  readonly sentFiles: number;
  readonly sentBytes: number;
  readonly notTaken: readonly NotTaken[];
  /** Why it stopped, where nobody stopped it. */
  readonly error: unknown;
  /** What an earlier page left unfinished. */
  readonly cutShort: CutShort | null;
}

const NOTHING: Importing = {
  state: "idle",
  files: 0,
  bytes: 0,
  sentFiles: 0,
  sentBytes: 0,
  notTaken: [],
  error: null,
  cutShort: null,
};

/**
 * Sends files of a collection, whatever screen is shown meanwhile. Files that the service has are
 * remembered in this browser: whoever drops the same folder once more goes on where it was.
 */
export class Importer {
  readonly pace = new Pace();
  readonly #collection: string;
  readonly #memory: ImportMemory;
  readonly #listeners = new Set<() => void>();
  readonly #parts = new Map<string, number>();
  #waiting: Picked[] = [];
  /** What is neither there nor refused yet, by its key. */
  readonly #open = new Map<string, Picked>();
  /** Folders that are still being read. */
  #adding = 0;
  #state: Importing = NOTHING;
  #stop: AbortController | null = null;
  #toldAt = 0;
  #notedAt = 0;

  constructor(collection: string) {
    this.#collection = collection;
    this.#memory = new ImportMemory(collection);
    void this.#recall();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): Importing => this.#state;

  /** Adds files as they are found, and begins to send them. */
  async add(files: AsyncIterable<Picked> | Iterable<Picked>): Promise<void> {
    if (this.#state.state === "sent") this.#change({ ...NOTHING });
    this.#adding += 1;
    try {
      for await (const file of files) {
        if (this.#open.has(file.key)) continue;
        if (file.bytes === 0) {
          this.#refuse({ name: file.name, code: "empty_file" });
          continue;
        }
        this.#open.set(file.key, file);
        this.#waiting.push(file);
        const { files: count, bytes } = this.#state;
        this.#change({ files: count + 1, bytes: bytes + file.bytes, cutShort: null });
        this.goOn();
      }
    } finally {
      this.#adding -= 1;
    }
  }

  /** Sends what waits, if nothing is sent already. */
  goOn(): void {
    if (this.#stop || this.#waiting.length === 0) return;
    this.#stop = new AbortController();
    addEventListener("beforeunload", warn);
    void this.#send(this.#stop.signal);
  }

  stop(): void {
    this.#stop?.abort(new Stopped());
  }

  async #send(signal: AbortSignal): Promise<void> {
    this.#change({ state: "sending", error: null });
    const assent = connect({
      address: location.origin,
      as: browserSession(),
      patience: { totalMs: PATIENCE_MS },
    });
    const options = { memory: this.#memory, signal, onProgress: this.#note };
    try {
      for await (const { key, name, refused } of uploadAll(
        assent,
        this.#collection,
        this.#next(),
        options,
      )) {
        this.#settle(key, refused ? { name, code: toldBy(refused).code } : null);
      }
      await this.#memory.forget();
      this.#change({ state: "sent" });
    } catch (error) {
      const stopped = error instanceof Stopped;
      this.#waiting = [...this.#open.values()];
      this.#parts.clear();
      await this.#memory.note(this.#state.files, this.#state.sentFiles).catch(() => undefined);
      this.#change({ state: stopped ? "stopped" : "failed", error: stopped ? null : error });
    }
    this.#stop = null;
    removeEventListener("beforeunload", warn);
  }

  /** Files one after the other, those that are added meanwhile as well. */
  async *#next(): AsyncGenerator<Picked> {
    for (;;) {
      const file = this.#waiting.shift();
      if (file) yield file;
      else if (this.#adding === 0) return;
      else await new Promise((resolve) => setTimeout(resolve, READING_MS));
    }
  }

  readonly #note = (key: string, sent: number): void => {
    this.#parts.set(key, sent);
    this.#tell();
  };

  #settle(key: string, notTaken: NotTaken | null): void {
    const size = this.#open.get(key)?.bytes ?? 0;
    this.#open.delete(key);
    this.#parts.delete(key);
    if (notTaken) this.#refuse(notTaken);
    const { sentFiles, sentBytes } = this.#state;
    this.#change({ sentFiles: sentFiles + 1, sentBytes: sentBytes + size });
    if (Date.now() - this.#notedAt < NOTE_MS) return;
    this.#notedAt = Date.now();
    void this.#memory.note(this.#state.files, this.#state.sentFiles).catch(() => undefined);
  }

  #refuse(file: NotTaken): void {
    this.#change({ notTaken: [...this.#state.notTaken, file].slice(-REFUSED_MAX) });
  }

  async #recall(): Promise<void> {
    // A browser that remembers nothing imports as well.
    const cutShort = await this.#memory.cutShort().catch(() => null);
    if (this.#state.state === "idle") this.#change({ cutShort });
  }

  #change(changes: Partial<Importing>): void {
    const turned = changes.state !== undefined && changes.state !== this.#state.state;
    this.#state = { ...this.#state, ...changes };
    if (turned) this.#toldAt = 0;
    this.#tell();
  }

  #tell(): void {
    const now = Date.now();
    if (now - this.#toldAt < TELL_MS) {
      this.#late ??= setTimeout(() => this.#tellNow(), TELL_MS);
      return;
    }
    this.#tellNow();
  }

  #late: ReturnType<typeof setTimeout> | null = null;

  #tellNow(): void {
    if (this.#late) clearTimeout(this.#late);
    this.#late = null;
    this.#toldAt = Date.now();
    this.pace.note(this.sentBytes, this.#toldAt);
    // A new object: whoever looks sees that something changed.
    this.#state = { ...this.#state };
    for (const listener of this.#listeners) listener();
  }

  /** With the parts of files that are on their way. */
  get sentBytes(): number {
    let sum = this.#state.sentBytes;
    for (const sent of this.#parts.values()) sum += sent;
    return sum;
  }
}

/** Somebody pressed the button. */
class Stopped extends Error {}

function warn(event: Event): void {
  event.preventDefault();
}

const importers = new Map<string, Importer>();

/** The importer of a collection: one, however often its screen is opened. */
export function importerOf(collection: string): Importer {
  const known = importers.get(collection) ?? new Importer(collection);
  importers.set(collection, known);
  return known;
}
