import { unreachable } from "../base/errors.ts";
import type { Instant } from "../base/clock.ts";
import {
  type CollectionId,
  type FaceId,
  type MediaId,
  newId,
  type ObjectionId,
  type SightingId,
  type SubjectId,
} from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { askForKeyFiles, updateKeyFiles } from "../storage/key-places.ts";
import { locked } from "../storage/locks.ts";
import type { ObjectionState } from "../storage/schema.ts";
import type { KeyOwner, Vault } from "../storage/vault.ts";
import { lockSubject, SubjectsError } from "../subjects/subjects.ts";
import { RightsError } from "./errors.ts";

/** What somebody objects to. A sighting stands for its face, in its subject's name. */
export type ObjectionTarget =
  | { readonly kind: "photo"; readonly id: MediaId }
  | { readonly kind: "face"; readonly id: FaceId }
  | { readonly kind: "sighting"; readonly id: SightingId };

/** What somebody says who objects. Nobody needs to be known here, give a reason, or show a face. */
export interface ObjectionRequest {
  readonly target: ObjectionTarget;
  readonly subject: SubjectId | null;
  readonly reason: string | null;
}

/** An objection as it stands. */
export interface Objection {
  readonly id: ObjectionId;
  readonly collection: CollectionId;
  readonly photo: MediaId;
  /** Null for the whole photo. */
  readonly face: FaceId | null;
  readonly subject: SubjectId | null;
  readonly state: ObjectionState;
  readonly reason: string | null;
  readonly askedAt: Instant;
  readonly decidedAt: Instant | null;
}

/** A few paragraphs; it is read by a person. */
const REASON_LENGTH_MAX = 2000;

/**
 * Objects to a photo, which is then held back, or to a face, which is then blurred, for everybody
 * from when this returns until staff decide ([Note: withheld] in collections/withheld.ts). Who
 * objects to the same once more is given the objection they have. Throws RightsError photo_unknown,
 * face_unknown, sighting_unknown, reason_too_long; SubjectsError subject_unknown, subject_erased.
 */
export async function object(
  db: Db,
  recorder: Recorder,
  request: ObjectionRequest,
): Promise<ObjectionId> {
  const reason = parseReason(request.reason);
  const made = await db.write(async (tx) => {
    const place = await findPlace(tx, request.target);
    const { collection, photo, face } = place;
    const subject = request.subject ?? place.subject;
    if (subject !== null) await lockLiving(tx, subject);
    const known = subject === null ? null : await findInForce(tx, { ...place, subject });
    if (known !== null) return known;
    const id = newId("obj");
    await tx.write
      .insertInto("objections")
      .values({
        id,
        collection_id: collection,
        media_id: photo,
        face_id: face,
        subject_id: subject,
        state: "open",
        sealed_reason:
          reason === null ? null : await sealReason(tx, recorder.vault, { id, subject, reason }),
        asked_at: recorder.clock.now(),
        decided_at: null,
      })
      .execute();
    await append(
      tx,
      recorder,
      subject === null
        ? { kind: "photo.objected", collection, objection: id, photo }
        : { kind: "objection.made", collection, subject, objection: id, photo },
    );
    await askForKeyFiles(tx);
    return id;
  });
  await updateKeyFiles(db, recorder.vault, recorder.clock);
  return made;
}

/**
 * The staff's word on an open objection: upheld, it stays in force for ever; rejected, all is as
 * before. Throws RightsError objection_unknown, objection_decided.
 */
export async function decideObjection(
  db: Db,
  recorder: Recorder,
  id: ObjectionId,
  decision: "upheld" | "rejected",
): Promise<void> {
  await db.write(async (tx) => {
    const query = tx.write.selectFrom("objections").selectAll().where("id", "=", id);
    const row = await locked(tx, query, "update").executeTakeFirst();
    if (!row) throw new RightsError("objection_unknown", "No objection has this id.");
    if (row.state !== "open") {
      throw new RightsError("objection_decided", `This objection is ${row.state} already.`);
    }
    await tx.write
      .updateTable("objections")
      .set({ state: decision, decided_at: recorder.clock.now() })
      .where("id", "=", id)
      .execute();
    const { collection_id: collection, subject_id: subject, media_id: photo } = row;
    await append(
      tx,
      recorder,
      subject === null
        ? { kind: `photo.objection_${decision}`, collection, objection: id, photo }
        : { kind: `objection.${decision}`, collection, subject, objection: id, photo },
    );
    await askForKeyFiles(tx);
  });
  await updateKeyFiles(db, recorder.vault, recorder.clock);
}

/** Objections with their reasons opened, the oldest first, at most `limit`. */
export async function listObjections(
  db: Reader,
  vault: Vault,
  which: {
    readonly subject?: SubjectId;
    readonly collection?: CollectionId;
    readonly id?: ObjectionId;
    readonly state?: ObjectionState;
    /** Those that come later than this one. */
    readonly after?: { readonly askedAt: Instant; readonly id: ObjectionId };
    readonly limit: number;
  },
): Promise<readonly Objection[]> {
  const { subject, state, collection, id, after } = which;
  let query = db.read.selectFrom("objections").selectAll();
  if (collection !== undefined) query = query.where("collection_id", "=", collection);
  if (id !== undefined) query = query.where("id", "=", id);
  if (after) {
    query = query.where((where) =>
      where.or([
        where("asked_at", ">", after.askedAt),
        where.and([where("asked_at", "=", after.askedAt), where("id", ">", after.id)]),
      ]),
    );
  }
  const rows = await query
    .$if(subject !== undefined, (query) => query.where("subject_id", "=", subject ?? null))
    .$if(state !== undefined, (query) => query.where("state", "=", state ?? "open"))
    .orderBy("asked_at")
    .orderBy("id")
    .limit(which.limit)
    .execute();
  const objections: Objection[] = [];
  for (const row of rows) {
    const owner = ownerOf(row.subject_id);
    const opened =
      row.sealed_reason &&
      (await vault.unseal(db, owner, row.sealed_reason, ["objection", row.id]));
    objections.push({
      id: row.id,
      collection: row.collection_id,
      photo: row.media_id,
      face: row.face_id,
      subject: row.subject_id,
      state: row.state,
      reason: opened?.toString() ?? null,
      askedAt: row.asked_at,
      decidedAt: row.decided_at,
    });
  }
  return objections;
}

/** Forgets whose a person's objections were, and why; what they wanted hidden stays hidden. */
export async function eraseObjections(tx: Tx, subject: SubjectId): Promise<void> {
  await tx.write
    .updateTable("objections")
    .set({ subject_id: null, sealed_reason: null })
    .where("subject_id", "=", subject)
    .execute();
}

interface Place {
  readonly collection: CollectionId;
  readonly photo: MediaId;
  readonly face: FaceId | null;
  readonly subject: SubjectId | null;
}

async function findPlace(tx: Tx, target: ObjectionTarget): Promise<Place> {
  switch (target.kind) {
    case "photo": {
      const row = await tx.read
        .selectFrom("media")
        .select(["collection_id as collection", "id as photo"])
        .where("id", "=", target.id)
        .executeTakeFirst();
      if (row) return { ...row, face: null, subject: null };
      throw new RightsError("photo_unknown", "No photo has this id.");
    }
    case "face": {
      const row = await placeQuery(tx).where("faces.id", "=", target.id).executeTakeFirst();
      if (row) return { ...row, subject: null };
      throw new RightsError("face_unknown", "No face has this id.");
    }
    case "sighting": {
      const row = await placeQuery(tx)
        .innerJoin("sightings", "sightings.face_id", "faces.id")
        .select("sightings.subject_id as subject")
        .where("sightings.id", "=", target.id)
        .executeTakeFirst();
      if (row) return row;
      throw new RightsError("sighting_unknown", "No sighting has this id.");
    }
    default:
      return unreachable(target);
  }
}

function placeQuery(tx: Tx) {
  return tx.read
    .selectFrom("faces")
    .innerJoin("media", "media.id", "faces.media_id")
    .select(["media.collection_id as collection", "media.id as photo", "faces.id as face"]);
}

/** The subject's row stays locked, so that an erasure finds every objection of theirs. */
async function lockLiving(tx: Tx, subject: SubjectId): Promise<void> {
  if (await lockSubject(tx, subject)) return;
  throw new SubjectsError("subject_erased", "This person was erased. Object without naming them.");
}

async function findInForce(
  tx: Tx,
  { photo, face, subject }: Place & { readonly subject: SubjectId },
): Promise<ObjectionId | null> {
  const row = await tx.read
    .selectFrom("objections")
    .select("id")
    .where("media_id", "=", photo)
    .where("face_id", face === null ? "is" : "=", face)
    .where("subject_id", "=", subject)
    .where("state", "<>", "rejected")
    .executeTakeFirst();
  return row?.id ?? null;
}

async function sealReason(
  tx: Tx,
  vault: Vault,
  of: { readonly id: ObjectionId; readonly subject: SubjectId | null; readonly reason: string },
): Promise<Uint8Array> {
  return vault.seal(tx, ownerOf(of.subject), Buffer.from(of.reason), ["objection", of.id]);
}

/** A reason is sealed under the person's key, or where nobody is known under the instance's. */
function ownerOf(subject: SubjectId | null): KeyOwner {
  return subject === null ? { kind: "instance", id: "record" } : { kind: "subject", id: subject };
}

function parseReason(text: string | null): string | null {
  const reason = text?.trim() ?? "";
  if (reason.length > REASON_LENGTH_MAX) {
    const sentence = `Give a reason of at most ${REASON_LENGTH_MAX} characters, or none.`;
    throw new RightsError("reason_too_long", sentence);
  }
  return reason === "" ? null : reason;
}
