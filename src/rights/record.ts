import type { Instant } from "../base/clock.ts";
import type { CollectionId, SubjectId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Ledger, SubjectEntry } from "../ledger/log.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { lockSubject, readSubject, SubjectsError } from "../subjects/subjects.ts";
import type { Json } from "../verify/canonical.ts";
import {
  type HandedOut,
  type HeldEntry,
  type Moment,
  moment,
  type PersonRecord,
} from "./person-record.ts";
import {
  enrolmentPhotosHeld,
  grantsHeld,
  messagesHeld,
  objectionsHeld,
  searchesHeld,
  sightingsHeld,
  templatesHeld,
} from "./record-parts.ts";

/** What reading a record takes. */
export interface RecordDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly ledger: Ledger;
}

/**
 * Everything held about a person (GDPR 15), from who they are to every search of their collections,
 * and notes in the ledger that it was read. It hangs on no consent: whoever paused or withdrew is
 * told as much. Throws SubjectsError subject_unknown, subject_erased.
 */
export async function readRecord(
  deps: RecordDeps,
  recorder: Recorder,
  subject: SubjectId,
): Promise<PersonRecord> {
  await noteRead(deps, recorder, subject, "record.read");
  const entries = await deps.ledger.entriesOf(subject, "subject");
  return gatherRecord(deps, recorder.clock.now(), subject, entries);
}

/** Notes that a record was read or handed out, before it is. */
export async function noteRead(
  { db }: RecordDeps,
  recorder: Recorder,
  subject: SubjectId,
  kind: "record.read" | "record.exported",
): Promise<void> {
  await db.write(async (tx) => {
    if (!(await lockSubject(tx, subject))) {
      throw new SubjectsError("subject_erased", "This person was erased.");
    }
    await append(tx, recorder, { kind, collection: null, subject });
  });
}

/** The record as it stands, without a note that it was read. */
export async function gatherRecord(
  { db, vault }: Pick<RecordDeps, "db" | "vault">,
  now: Instant,
  subject: SubjectId,
  entries: readonly SubjectEntry[],
): Promise<PersonRecord> {
  const { name, contact } = await readSubject(db, vault, subject);
  const sightings = await sightingsHeld(db, subject);
  const numbers = new Map(entries.map(({ number, opening }) => [opening.event["search"], number]));
  const searches = await searchesHeld(db, subject, (id) => numbers.get(id) ?? null);
  return {
    madeAt: moment(now),
    subject: { id: subject, name, contact, knownSince: await knownSince(db, subject) },
    grants: await grantsHeld(db, vault, subject),
    templates: await templatesHeld(db, subject),
    enrolmentPhotos: await enrolmentPhotosHeld(db, subject),
    sightings,
    searches,
    handedOut: entries.flatMap(handedOut),
    objections: await objectionsHeld(db, vault, subject),
    messages: await messagesHeld(db, subject, {
      sightings: sightings.rows,
      searches: searches.rows,
    }),
    entries: entries.map(heldEntry),
  };
}

async function knownSince(db: Reader, subject: SubjectId): Promise<Moment> {
  const row = await db.read
    .selectFrom("subjects")
    .select("created_at")
    .where("id", "=", subject)
    .executeTakeFirstOrThrow();
  return moment(row.created_at);
}

function handedOut({ opening: { event } }: SubjectEntry): readonly HandedOut[] {
  const { kind } = event;
  if (kind !== "photos.listed" && kind !== "photos.delivered") return [];
  const collection = textOf(event["collection"]) as CollectionId;
  const [account, photos] = [textOf(event["account"]), Number(event["photos"])];
  return [{ kind, at: moment(Number(event["at"])), account, collection, photos }];
}

function heldEntry({ number, id, leafIndex, opening: { event } }: SubjectEntry): HeldEntry {
  const [kind, account] = [textOf(event["kind"]), textOf(event["account"])];
  return { number, id, leafIndex, at: moment(Number(event["at"])), kind, account };
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
