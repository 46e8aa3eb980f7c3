import type { Instant } from "../base/clock.ts";
import type { CollectionId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";

/** What of a collection a person is told, and a consent depends on. */
export interface CollectionRules {
  readonly id: CollectionId;
  readonly name: string;
  readonly purpose: string;
  readonly contact: string;
  /** What people get who say no; empty where nothing was said. */
  readonly alternative: string;
  readonly retentionDays: number;
  readonly graceDays: number;
  readonly ageFloor: number;
  readonly pack: string;
  /** Since when people are told this purpose and retention; null: from its first day. */
  readonly termsSince: Instant | null;
  /** Whether people may hand in a picture of their face instead of using the camera. */
  readonly uploadPhoto: boolean;
}

/** Reads a collection's rules. The collection is there: its id came from a row. */
export async function readRules(db: Reader, id: CollectionId): Promise<CollectionRules> {
  const row = await db.read
    .selectFrom("collections")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  const { name, purpose, contact, alternative, pack, terms_since: termsSince } = row;
  const { retention_days: retentionDays, grace_days: graceDays, age_floor: ageFloor } = row;
  const told = { name, purpose, contact, alternative, retentionDays, graceDays, ageFloor };
  return { id, ...told, pack, termsSince, uploadPhoto: row.upload_photo === 1 };
}
