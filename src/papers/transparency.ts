import type { Instant } from "../base/clock.ts";
import type { NoticeId } from "../base/ids.ts";
import { currentNotices, type Notice } from "../consent/notices.ts";
import { ConsentError } from "../consent/errors.ts";
import type { Operator } from "../consent/operator.ts";
import { KEY_MODE } from "../consent/receipts.ts";
import type { PackManifest } from "../faces/packs.ts";
import type { Reader } from "../storage/db.ts";
import { type CollectionFacts, readFacts } from "./facts.ts";
import { scheduleLimits } from "./public.ts";
import { type PaperLanguage, wordsIn } from "./words/words.ts";

/**
 * Counts of people are told in tens, rounded down. Told exactly, a count that falls by one tells
 * whoever looks each day, and knows who takes part, that one of them has just withdrawn; and in a
 * small collection the count alone can tell it. Whether a count has crossed a ten tells at most that
 * somebody among ten or more came or went. What is not about persons (searches, photos) is exact.
 */
const PEOPLE_STEP = 10;
/** Finished months that searches are counted for. */
const MONTHS = 12;

/** What anybody may know of an instance: from its configuration and counts, and never of a person. */
export interface Transparency {
  readonly at: Instant;
  readonly operator: Operator | null;
  readonly collections: readonly OpenCollection[];
  readonly schedule: readonly {
    readonly what: string;
    readonly howLong: string;
    readonly why: string;
  }[];
  readonly packs: readonly PackManifest[];
  /** People erased so far, rounded down to tens. */
  readonly erasuresAtLeast: number;
}

/** One collection, as anybody may see it. */
export interface OpenCollection extends Pick<
  CollectionFacts,
  "id" | "name" | "purpose" | "contact" | "alternative" | "retentionDays" | "graceDays" | "pack"
> {
  readonly ageFloor: number;
  readonly keyMode: typeof KEY_MODE;
  readonly sceneBasis: string | null;
  readonly closed: boolean;
  readonly notices: readonly Omit<Notice, "body">[];
  readonly photos: number;
  /** People who can be found, rounded down to tens. */
  readonly peopleAtLeast: number;
  /** Of each finished month, the oldest first. */
  readonly searches: readonly { readonly month: string; readonly count: number }[];
}

/** Reads what the transparency page shows. */
export async function readTransparency(
  db: Reader,
  at: Instant,
  language: PaperLanguage,
): Promise<Transparency> {
  const facts = await readFacts(db, at, null);
  const collections: OpenCollection[] = [];
  for (const one of facts.collections) collections.push(await openCollection(db, at, one));
  const { count: erased } = await db.read
    .selectFrom("certificates")
    .select((select) => select.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  const rows = wordsIn(language).schedule.rows(scheduleLimits);
  return {
    at,
    operator: facts.operator,
    collections,
    schedule: rows.map(([what, howLong, why]) => ({ what, howLong, why })),
    packs: facts.packs,
    erasuresAtLeast: inTens(erased),
  };
}

/** A notice, of whichever version: whoever said yes can read again to what. Throws notice_unknown. */
export async function readNotice(db: Reader, id: NoticeId): Promise<Notice> {
  const row = await db.read
    .selectFrom("notices")
    .select(["id", "version", "language", "body", "hash"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (row) return row;
  throw new ConsentError("notice_unknown", "There is no notice of this id.");
}

async function openCollection(
  db: Reader,
  at: Instant,
  facts: CollectionFacts,
): Promise<OpenCollection> {
  const { id, grants, media, closedAt } = facts;
  const notices = (await currentNotices(db, id)).map(({ id: notice, version, language, hash }) => {
    return { id: notice, version, language, hash };
  });
  const searches = [];
  for (const { month, from, to } of finishedMonths(at)) {
    const { count } = await db.read
      .selectFrom("searches")
      .select((select) => select.fn.countAll<number>().as("count"))
      .where("collection_id", "=", id)
      .where("recorded_at", ">=", from)
      .where("recorded_at", "<", to)
      .executeTakeFirstOrThrow();
    searches.push({ month, count });
  }
  return {
    id,
    name: facts.name,
    purpose: facts.purpose,
    contact: facts.contact,
    alternative: facts.alternative,
    pack: facts.pack,
    keyMode: KEY_MODE,
    ageFloor: facts.ageFloor,
    sceneBasis: facts.sceneBasis,
    retentionDays: facts.retentionDays,
    graceDays: facts.graceDays,
    notices,
    searches,
    closed: closedAt !== null,
    photos: media,
    peopleAtLeast: inTens(grants.granted),
  };
}

/** Months that are over: the running one would tell what was done today. The oldest first. */
function finishedMonths(
  at: Instant,
): readonly { readonly month: string; readonly from: Instant; readonly to: Instant }[] {
  const now = new Date(at);
  const startOf = (back: number) =>
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back) as Instant;
  return Array.from({ length: MONTHS }, (_, index) => {
    const back = MONTHS - index;
    const from = startOf(back);
    return { month: new Date(from).toISOString().slice(0, 7), from, to: startOf(back - 1) };
  });
}

function inTens(count: number): number {
  return Math.floor(count / PEOPLE_STEP) * PEOPLE_STEP;
}
