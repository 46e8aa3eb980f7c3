import type { RememberedUpload, UploadMemory } from "../../../client/upload.ts";

const DATABASE = "assent";
const STORE = "uploads";
/** As long as the service remembers what was not finished. */
const KEPT_MS = 2 * 24 * 60 * 60 * 1000;

interface Kept extends RememberedUpload {
  readonly keptAt: number;
}

/** What a collection's import is known by after the page was closed: how much was sent. */
export interface CutShort {
  readonly files: number;
  readonly sent: number;
  readonly at: number;
}

/**
 * Remembers, in this browser, which files of a collection the service has. There may be a hundred
 * thousand, which is more than `localStorage` holds.
 */
export class ImportMemory implements UploadMemory {
  readonly #collection: string;

  constructor(collection: string) {
    this.#collection = collection;
  }

  async get(key: string): Promise<RememberedUpload | null> {
    const kept = await ask<Kept | undefined>("readonly", (store) => store.get(this.#key(key)));
    if (!kept || Date.now() - kept.keptAt > KEPT_MS) return null;
    return { at: kept.at, whole: kept.whole };
  }

  async set(key: string, upload: RememberedUpload): Promise<void> {
    const kept: Kept = { ...upload, keptAt: Date.now() };
    await ask("readwrite", (store) => store.put(kept, this.#key(key)));
  }

  /** What was not finished when this page was closed; null: nothing, or too long ago. */
  async cutShort(): Promise<CutShort | null> {
    const found = await ask<CutShort | undefined>("readonly", (store) => store.get(this.#mark));
    return found && Date.now() - found.at <= KEPT_MS ? found : null;
  }

  /** Notes how far the import is. */
  async note(files: number, sent: number): Promise<void> {
    const mark: CutShort = { files, sent, at: Date.now() };
    await ask("readwrite", (store) => store.put(mark, this.#mark));
  }

  /** Forgets all of it: it is done, and the same files sent again are to be looked at again. */
  async forget(): Promise<void> {
    const all = IDBKeyRange.bound([this.#collection], [this.#collection, []]);
    await ask("readwrite", (store) => store.delete(all));
  }

  #key(key: string): IDBValidKey {
    return [this.#collection, "file", key];
  }

  get #mark(): IDBValidKey {
    return [this.#collection, "mark"];
  }
}

async function ask<Value>(
  mode: IDBTransactionMode,
  what: (store: IDBObjectStore) => IDBRequest,
): Promise<Value> {
  const database = await opened();
  return settled<Value>(what(database.transaction(STORE, mode).objectStore(STORE)));
}

let opening: Promise<IDBDatabase> | null = null;

async function opened(): Promise<IDBDatabase> {
  opening ??= (async () => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE));
    return settled<IDBDatabase>(request);
  })();
  return opening;
}

async function settled<Value>(request: IDBRequest): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result as Value));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB")));
  });
}
