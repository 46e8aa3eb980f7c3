import { setImmediate } from "node:timers/promises";
import { wipe } from "../base/bytes.ts";
import type { Clock, Instant } from "../base/clock.ts";
import type { CollectionId, GrantId } from "../base/ids.ts";
import { type Collection, findCollection } from "../collections/collections.ts";
import { liveTemplates, openTemplates } from "../collections/templates.ts";
import { touchedGrants } from "../consent/touched-grants.ts";
import { packManifest, parsePackName } from "../faces/packs.ts";
import type { Db } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import type { ScanCrew } from "./gallery/crew.ts";
import { Gallery } from "./gallery.ts";

/**
 * Grants read at once: enough to hide what a query costs, few enough that opening their templates
 * holds the thread for some milliseconds.
 */
const PAGE = 100;

/** Older than every version of a gallery. */
const BEFORE_ALL = -1;

/** A collection's gallery, as fresh as the row of the collection that is with it. */
export interface CurrentGallery {
  readonly collection: Collection;
  readonly gallery: Gallery;
}

interface Held {
  readonly gallery: Gallery;
  readonly pack: string;
  /** The grants in it, and when each ends. */
  readonly ends: Map<GrantId, Instant>;
  version: number;
  /** No grant in it ends before. */
  endsAt: number;
}

/**
 * The galleries of all collections, in memory, decrypted when first asked for. Each is brought up
 * to date when the collection's `gallery_version` has moved, whoever moved it: a command in
 * another process counts as much as one in this. What is read then are the grants that were touched
 * since, a page at a time, and between two pages the thread is free for others.
 */
export class Galleries implements Disposable {
  readonly #db: Db;
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #helpers: (() => ScanCrew | null) | undefined;
  readonly #held = new Map<CollectionId, Held>();
  readonly #turns = new Map<CollectionId, Promise<unknown>>();

  /** `helpers` gives the threads that share a large scan, where there are any. */
  constructor(db: Db, vault: Vault, clock: Clock, helpers?: () => ScanCrew | null) {
    this.#db = db;
    this.#vault = vault;
    this.#clock = clock;
    this.#helpers = helpers;
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
    await this.#follow(held, collection);
    await this.#endOverdue(held);
    return { collection, gallery: held.gallery };
  }

  #hold(collection: Collection): Held {
    const known = this.#held.get(collection.id);
    if (known && isBehind(known, collection)) return known;
    known?.gallery.dispose();
    const { templateSize } = packManifest(parsePackName(collection.pack));
    const held: Held = {
      gallery: new Gallery(templateSize, { helpers: this.#helpers }),
      pack: collection.pack,
      ends: new Map(),
      version: BEFORE_ALL,
      endsAt: Infinity,
    };
    this.#held.set(collection.id, held);
    return held;
  }

  /** Reads what was touched since the gallery was read last; at first that is everybody. */
  async #follow(held: Held, collection: Collection): Promise<void> {
    if (held.version === collection.galleryVersion) return;
    const touched = { after: held.version, limit: PAGE };
    for await (const grants of touchedGrants(this.#db, collection.id, touched)) {
      await this.#replace(held, grants);
    }
    held.version = collection.galleryVersion;
  }

  /** Reads those anew whose time is over, unless it was prolonged: then they are found so. */
  async #endOverdue(held: Held): Promise<void> {
    const now = this.#clock.now();
    if (now < held.endsAt) return;
    const overdue = [...held.ends].filter(([, end]) => end <= now).map(([grant]) => grant);
    for (let start = 0; start < overdue.length; start += PAGE) {
      await this.#replace(held, overdue.slice(start, start + PAGE));
    }
    held.endsAt = Infinity;
    for (const end of held.ends.values()) held.endsAt = Math.min(held.endsAt, end);
  }

  /** Holds of these grants what the database has of them now. In one step: nobody is missed meanwhile. */
  async #replace(held: Held, grants: readonly GrantId[]): Promise<void> {
    const live = await liveTemplates(this.#db, this.#clock, held.pack, grants);
    const opened = await openTemplates(
      this.#db,
      this.#vault,
      live.map(({ id }) => id),
    );
    for (const grant of grants) if (held.ends.delete(grant)) held.gallery.remove(grant);
    for (const { grant, expiresAt } of live) {
      held.ends.set(grant, expiresAt);
      held.endsAt = Math.min(held.endsAt, expiresAt);
    }
    for (const { id: template, grant, subject, vector } of opened) {
      held.gallery.add({ template, grant, subject, vector });
      wipe(vector);
    }
    await setImmediate();
  }
}

/**
 * Whether a gallery becomes the collection's by reading what is newer. Not so where another pack has
 * made the templates, nor where the database has gone back behind it (to a replica that was late,
 * or to a copy): what was changed since then has not happened.
 */
function isBehind(held: Held, { pack, galleryVersion }: Collection): boolean {
  return held.pack === pack && held.version <= galleryVersion;
}
