import { wipe } from "../base/bytes.ts";
import type { Clock } from "../base/clock.ts";
import type { CollectionId, GrantId, TemplateId } from "../base/ids.ts";
import { type Collection, findCollection } from "../collections/collections.ts";
import { liveTemplates, openTemplates } from "../collections/templates.ts";
import { packManifest, parsePackName } from "../faces/packs.ts";
import type { Db } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { Gallery } from "./gallery.ts";

/** Templates opened in one query: enough to hide its cost, few enough to bind as parameters. */
const OPEN_BATCH = 1000;

/** A collection's gallery, as fresh as the row of the collection that is with it. */
export interface CurrentGallery {
  readonly collection: Collection;
  readonly gallery: Gallery;
}

interface Held {
  readonly gallery: Gallery;
  readonly pack: string;
  readonly templates: Map<TemplateId, GrantId>;
  version: number;
  /** When the first grant in it ends. */
  endsAt: number;
}

/**
 * The galleries of all collections, in memory, decrypted when first asked for. Each is brought up
 * to date when the collection's `gallery_version` has moved, whoever moved it: a command in
 * another process counts as much as one in this.
 */
export class Galleries implements Disposable {
  readonly #db: Db;
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #held = new Map<CollectionId, Held>();
  readonly #turns = new Map<CollectionId, Promise<unknown>>();

  constructor(db: Db, vault: Vault, clock: Clock) {
    this.#db = db;
    this.#vault = vault;
    this.#clock = clock;
  }

  /** The collection as it stands and its gallery, brought up to date. */
  async current(id: CollectionId): Promise<CurrentGallery> {
    // In turns: two refreshes at once would add the same rows twice.
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(async () => this.#refresh(id));
    this.#turns.set(id, turn);
    return turn;
  }

  /** Brings every gallery held up to date: who has gone is overwritten in memory now. */
  async refresh(): Promise<void> {
    for (const id of this.#held.keys()) await this.current(id);
  }

  /** Wipes every gallery. */
  [Symbol.dispose](): void {
    for (const { gallery } of this.#held.values()) gallery.dispose();
    this.#held.clear();
  }

  async #refresh(id: CollectionId): Promise<CurrentGallery> {
    const collection = await findCollection(this.#db, id);
    const held = this.#hold(collection);
    const fresh = held.version === collection.galleryVersion && this.#clock.now() < held.endsAt;
    if (!fresh) {
      const wanted = await liveTemplates(this.#db, this.#clock, collection);
      this.#drop(held, new Set(wanted.map(({ id: template }) => template)));
      await this.#add(
        held,
        wanted.map(({ id: template }) => template).filter((one) => !held.templates.has(one)),
      );
      held.version = collection.galleryVersion;
      held.endsAt = wanted.reduce((least, row) => Math.min(least, row.expiresAt), Infinity);
    }
    return { collection, gallery: held.gallery };
  }

  #hold(collection: Collection): Held {
    const known = this.#held.get(collection.id);
    if (known?.pack === collection.pack) return known;
    known?.gallery.dispose();
    const { templateSize } = packManifest(parsePackName(collection.pack));
    const held: Held = {
      gallery: new Gallery(templateSize),
      pack: collection.pack,
      templates: new Map(),
      version: -1,
      endsAt: Infinity,
    };
    this.#held.set(collection.id, held);
    return held;
  }

  /** Takes out every grant that lost a template; what is left of it is added anew. */
  #drop(held: Held, wanted: ReadonlySet<TemplateId>): void {
    const gone = new Set<GrantId>();
    for (const [template, grant] of held.templates) if (!wanted.has(template)) gone.add(grant);
    for (const grant of gone) held.gallery.remove(grant);
    for (const [template, grant] of held.templates) {
      if (gone.has(grant)) held.templates.delete(template);
    }
  }

  async #add(held: Held, ids: readonly TemplateId[]): Promise<void> {
    for (let start = 0; start < ids.length; start += OPEN_BATCH) {
      const batch = ids.slice(start, start + OPEN_BATCH);
      for (const row of await openTemplates(this.#db, this.#vault, batch)) {
        const { id: template, grant, subject, vector } = row;
        held.gallery.add({ template, grant, subject, vector });
        held.templates.set(template, grant);
        wipe(vector);
      }
    }
  }
}
