import type { Clock } from "../base/clock.ts";
import {
  type CollectionId,
  type FaceId,
  type MediaId,
  newId,
  type SightingId,
  type SubjectId,
} from "../base/ids.ts";
import type { TrackTimes } from "../collections/tracks.ts";
import type { FacePlace } from "../faces/engine.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Tx } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";
import type { SightingState, SightingVerdict } from "../storage/schema.ts";
import { SearchError } from "./errors.ts";

/** A subject seen at a face of a photo, or at a track of a video. */
export interface Sighting {
  readonly id: SightingId;
  readonly media: MediaId;
  readonly sha256: string;
  readonly face: FaceId;
  readonly place: FacePlace;
  readonly verdict: SightingVerdict;
  readonly state: SightingState;
  readonly score: number;
  readonly takenAt: string | null;
  /** When in the video; null for a photo. */
  readonly track: TrackTimes | null;
  /** Every path the photo was imported from. */
  readonly sources: readonly string[];
}

/** Whom a comparison proposes for a face. */
export interface Proposal {
  readonly subject: SubjectId;
  readonly verdict: SightingVerdict;
  readonly score: number;
}

/** What people have decided about a face: it outlives every new comparison. */
export interface Decisions {
  readonly confirmed: ReadonlySet<SubjectId>;
  readonly rejected: ReadonlySet<SubjectId>;
}

/**
 * Reads what was decided about faces, by face. Every sighting of them is locked until the
 * transaction ends: a decision either came before, or waits for what is written on top of it.
 */
export async function decisionsOf(
  tx: Tx,
  faces: readonly FaceId[],
): Promise<ReadonlyMap<FaceId, Decisions>> {
  if (faces.length === 0) return new Map();
  const query = tx.write
    .selectFrom("sightings")
    .select(["face_id", "subject_id", "state"])
    .where("face_id", "in", faces)
    .orderBy("id");
  const rows = await locked(tx, query, "update").execute();
  const of = (face: FaceId, state: SightingState) =>
    new Set(
      rows
        .filter((row) => row.face_id === face && row.state === state)
        .map((row) => row.subject_id),
    );
  return new Map(
    faces.map((face) => [
      face,
      { confirmed: of(face, "confirmed"), rejected: of(face, "rejected") },
    ]),
  );
}

/**
 * Writes what a comparison proposes for a face, in the place of what an earlier one proposed.
 * Confirmed and rejected sightings stay as they are; proposals for people who were not part of the
 * comparison (`compared` is false for them: paused, say) stay too. Returns the sighting if it is new.
 */
export async function propose(
  tx: Tx,
  clock: Clock,
  at: { readonly collection: CollectionId; readonly face: FaceId; readonly pack: string },
  proposal: Proposal | null,
  compared: (subject: SubjectId) => boolean,
): Promise<SightingId | null> {
  const earlier = await tx.read
    .selectFrom("sightings")
    .select(["id", "subject_id"])
    .where("face_id", "=", at.face)
    .where("state", "=", "proposed")
    .execute();
  const stale = earlier.filter(
    (row) => row.subject_id !== proposal?.subject && compared(row.subject_id),
  );
  for (const { id } of stale) await tx.write.deleteFrom("sightings").where("id", "=", id).execute();
  if (!proposal) return null;
  const { subject, verdict, score } = proposal;
  const id = newId("sig");
  const written = await tx.write
    .insertInto("sightings")
    .values({
      id,
      collection_id: at.collection,
      face_id: at.face,
      subject_id: subject,
      pack: at.pack,
      verdict,
      score,
      state: "proposed",
      proposed_at: clock.now(),
      decided_at: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["face_id", "subject_id"])
        .doUpdateSet({ verdict, score, pack: at.pack })
        .where("sightings.state", "=", "proposed"),
    )
    .returning("id")
    .executeTakeFirst();
  return written?.id === id ? id : null;
}

/**
 * A person's word on a sighting: "that is me" or "not me". It is remembered through every later
 * scan and change of model pack. Where the collection asks for two people, the first one's yes
 * leaves the sighting proposed and another's confirms it; a no needs one, and so does the yes of
 * the person pictured. Returns how the sighting stands. Throws SearchError: sighting_unknown,
 * second_person_needed.
 */
export async function decide(
  db: Db,
  recorder: Recorder,
  id: SightingId,
  decision: "confirmed" | "rejected",
): Promise<SightingState> {
  return db.write(async (tx) => {
    const sighting = await lockSighting(tx, id);
    const told = { collection: sighting.collection, subject: sighting.subject, sighting: id };
    if (decision === "confirmed" && !(await isSeconded(tx, recorder, sighting))) {
      await append(tx, recorder, { kind: "sighting.confirmed_once", ...told });
      return sighting.state;
    }
    await tx.write
      .updateTable("sightings")
      .set({ state: decision, decided_at: recorder.clock.now() })
      .where("id", "=", id)
      .execute();
    // Whoever confirms what was rejected begins anew.
    await tx.write.deleteFrom("sighting_confirmations").where("sighting_id", "=", id).execute();
    const kind = decision === "confirmed" ? "sighting.confirmed" : "sighting.rejected";
    await append(tx, recorder, { kind, ...told });
    return decision;
  });
}

interface LockedSighting {
  readonly id: SightingId;
  readonly collection: CollectionId;
  readonly subject: SubjectId;
  readonly state: SightingState;
}

async function lockSighting(tx: Tx, id: SightingId): Promise<LockedSighting> {
  const query = tx.write
    .selectFrom("sightings")
    .select(["id", "collection_id as collection", "subject_id as subject", "state"])
    .where("id", "=", id);
  const row = await locked(tx, query, "update").executeTakeFirst();
  if (row) return row;
  throw new SearchError("sighting_unknown", "No sighting has this id.");
}

/** Whether this yes is enough; where it is the first of two, it is noted. */
async function isSeconded(
  tx: Tx,
  { clock, account }: Recorder,
  { id, collection, subject, state }: LockedSighting,
): Promise<boolean> {
  const { two_person } = await tx.read
    .selectFrom("collections")
    .select("two_person")
    .where("id", "=", collection)
    .executeTakeFirstOrThrow();
  if (two_person === 0 || state === "confirmed" || account === subject) return true;
  const said = await tx.read
    .selectFrom("sighting_confirmations")
    .select("account")
    .where("sighting_id", "=", id)
    .execute();
  if (said.some((one) => one.account === account)) {
    throw new SearchError(
      "second_person_needed",
      "You have confirmed this already. Here two people must: ask somebody else.",
    );
  }
  if (said.length > 0) return true;
  await tx.write
    .insertInto("sighting_confirmations")
    .values({ sighting_id: id, account, confirmed_at: clock.now() })
    .execute();
  return false;
}
