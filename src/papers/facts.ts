import type { Instant } from "../base/clock.ts";
import type { CollectionId } from "../base/ids.ts";
import { findCollection } from "../collections/collections.ts";
import { type Operator, readOperator } from "../consent/operator.ts";
import { type PackManifest, packManifest, parsePackName } from "../faces/packs.ts";
import type { Reader } from "../storage/db.ts";
import type { GrantState } from "../storage/schema.ts";

/** What the papers have to say and nobody told the instance yet. */
export interface FactGap {
  readonly kind: "operator" | "collection" | "alternative";
  /** The name of the collection that does not say it; null: it is of the whole instance. */
  readonly collection: string | null;
}

/** What every paper is made from: what the instance was told, and counts. Nobody's name. */
export interface PaperFacts {
  readonly at: Instant;
  /** Null where nobody said who runs the instance: papers then say so. */
  readonly operator: Operator | null;
  readonly collections: readonly CollectionFacts[];
  readonly packs: readonly PackManifest[];
}

/** A collection's rules, and how much is in it. */
export interface CollectionFacts {
  readonly id: CollectionId;
  readonly name: string;
  readonly purpose: string;
  readonly contact: string;
  readonly alternative: string;
  readonly retentionDays: number;
  readonly graceDays: number;
  readonly ageFloor: number;
  readonly sceneBasis: string | null;
  readonly pack: string;
  readonly closedAt: Instant | null;
  /** Languages that its notice is there in. */
  readonly noticeLanguages: readonly string[];
  readonly grants: Readonly<Record<GrantState, number>>;
  readonly templates: number;
  readonly keptPhotos: number;
  readonly media: number;
  readonly sightings: number;
  readonly searches: number;
}

/** Reads the facts, of all collections or the one named. Throws CollectionsError collection_unknown. */
export async function readFacts(db: Reader, at: Instant, only: string | null): Promise<PaperFacts> {
  const one = only === null ? null : (await findCollection(db, only)).id;
  const rows = await db.read.selectFrom("collections").selectAll().orderBy("name").execute();
  const collections: CollectionFacts[] = [];
  for (const row of rows) {
    if (one !== null && row.id !== one) continue;
    const { id, name, purpose, contact, alternative, pack } = row;
    collections.push({
      id,
      name,
      purpose,
      contact,
      alternative,
      pack,
      retentionDays: row.retention_days,
      graceDays: row.grace_days,
      ageFloor: row.age_floor,
      sceneBasis: row.scene_basis,
      closedAt: row.closed_at,
      noticeLanguages: await languagesOf(db, id),
      grants: await grantsOf(db, id),
      ...(await countsOf(db, id)),
    });
  }
  const names = [...new Set(collections.map(({ pack }) => pack))].sort();
  const packs = names.map((name) => packManifest(parsePackName(name)));
  return { at, operator: await readOperator(db), collections, packs };
}

/** What is missing in the facts: who runs the instance, any collection, what people get who say no. */
export function missingFacts({ operator, collections }: PaperFacts): readonly FactGap[] {
  const missing: FactGap[] = [];
  if (!operator) missing.push({ kind: "operator", collection: null });
  if (collections.length === 0) missing.push({ kind: "collection", collection: null });
  for (const { name, alternative } of collections) {
    if (alternative === "") missing.push({ kind: "alternative", collection: name });
  }
  return missing;
}

async function languagesOf(db: Reader, id: CollectionId): Promise<readonly string[]> {
  const rows = await db.read
    .selectFrom("notices")
    .select("language")
    .distinct()
    .where("collection_id", "=", id)
    .orderBy("language")
    .execute();
  return rows.map(({ language }) => language);
}

async function grantsOf(
  db: Reader,
  id: CollectionId,
): Promise<Readonly<Record<GrantState, number>>> {
  const rows = await db.read
    .selectFrom("grants")
    .select(["state", (select) => select.fn.countAll<number>().as("count")])
    .where("collection_id", "=", id)
    .groupBy("state")
    .execute();
  const counts = { granted: 0, paused: 0, withdrawn: 0, expired: 0, erased: 0 };
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}

async function countsOf(db: Reader, id: CollectionId) {
  const counted = { templates: 0, media: 0, sightings: 0, searches: 0 };
  for (const table of ["templates", "media", "sightings", "searches"] as const) {
    const row = await db.read
      .selectFrom(table)
      .select((select) => select.fn.countAll<number>().as("count"))
      .where("collection_id", "=", id)
      .executeTakeFirstOrThrow();
    counted[table] = row.count;
  }
  const kept = await db.read
    .selectFrom("enrolment_photos")
    .innerJoin("grants", "grants.id", "enrolment_photos.grant_id")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("grants.collection_id", "=", id)
    .executeTakeFirstOrThrow();
  return { ...counted, keptPhotos: kept.count };
}
