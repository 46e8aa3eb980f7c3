import type { Instant } from "../base/clock.ts";
import type { CollectionId, SubjectId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Ledger, SubjectEntry } from "../ledger/log.ts";
import { proveSearches, searchesHeld } from "./record-searches.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { lockSubject, readSubject, SubjectsError } from "../subjects/subjects.ts";
import type { Json } from "../verify/canonical.ts";
import { parseCheckpoint } from "../verify/checkpoint.ts";
import { parseNote } from "../verify/note.ts";
import {
  type HandedOut,
  type HeldEntry,
  type Moment,
  moment,
  type PersonRecord,
  type ProvenRecord,
} from "./person-record.ts";
import {
  enrolmentPhotosHeld,
  grantsHeld,
  messagesHeld,
  objectionsHeld,
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
): Promise<ProvenRecord> {
  await noteRead(deps, recorder, subject, "record.read");
  const state = await readLedgerState(deps.ledger, subject);
  const record = await gatherRecord(deps, recorder.clock.now(), subject, state);
  const searches = await proveSearches(deps.ledger, record.searches.rows, state.size);
  const key = await deps.ledger.verifierKey();
  return { ...record, proofs: { key, checkpoint: state.checkpoint, searches } };
}

/** A signed state of the ledger, and the person's entries in it. */
export interface LedgerState {
  /** The signed note. */
  readonly checkpoint: string;
  /** Its leaves. */
  readonly size: number;
  readonly entries: readonly SubjectEntry[];
}

/** The newest state of the ledger, to which a record is proved. */
export async function readLedgerState(ledger: Ledger, subject: SubjectId): Promise<LedgerState> {
  const checkpoint = await ledger.checkpoint();
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  const entries = await ledger.entriesOf(subject, "subject");
  return { checkpoint, size, entries: entries.filter(({ leafIndex }) => leafIndex < size) };
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
  { db, vault, ledger }: RecordDeps,
  now: Instant,
  subject: SubjectId,
  { entries, size }: LedgerState,
): Promise<PersonRecord> {
  const { name, contact } = await readSubject(db, vault, subject);
  const sightings = await sightingsHeld(db, subject);
  const searches = await searchesHeld({ db, ledger }, { subject, entries, size });
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
