import type {
  CollectionId,
  FaceId,
  MediaId,
  ObjectionId,
  SightingId,
  SubjectId,
} from "../base/ids.ts";
import { facesOf, type StoredFace } from "../collections/media.ts";
import { tracksOf, type TrackTimes } from "../collections/tracks.ts";
import { stillLive } from "../consent/consent.ts";
import { append, lockSequences, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import type { SightingState, SightingVerdict } from "../storage/schema.ts";
import { RightsError } from "./errors.ts";
import { findListedPhoto, type ListedPhoto } from "./photo-list.ts";

/** Whose a face is taken for. */
export interface FacePerson {
  readonly sighting: SightingId;
  readonly subject: SubjectId;
  readonly verdict: SightingVerdict;
  readonly state: SightingState;
  readonly score: number;
}

/** A face of a photo, with everybody it is taken for whose consent is in force. */
export interface ViewedFace extends StoredFace {
  /** When it is seen, in a video; null in a photo. */
  readonly track: TrackTimes | null;
  /** Somebody objects to its being shown: it is blurred, and named for nobody. */
  readonly withheld: boolean;
  readonly people: readonly FacePerson[];
}

/** One photo, looked at. */
export interface ViewedPhoto extends ListedPhoto {
  readonly viewed: readonly ViewedFace[];
}

/** Which photo of which collection. */
export interface PhotoPlace {
  readonly collection: CollectionId;
  readonly photo: MediaId;
}

/**
 * A photo with its faces, and who they are taken for: people whose consent is in force at this
 * commit, and for whom it is recorded that somebody looked. Throws RightsError photo_unknown.
 */
export async function viewPhoto(
  db: Db,
  recorder: Recorder,
  { collection, photo }: PhotoPlace,
): Promise<ViewedPhoto> {
  return db.write(async (tx) => {
    const found = await findListedPhoto(tx, collection, photo);
    const hidden = await withheldFaces(tx, photo);
    const people = found.withheld ? [] : await livePeople(tx, recorder, { collection, photo });
    const shown = people.filter(({ face }) => !hidden.has(face));
    for (const subject of new Set(shown.map((one) => one.subject))) {
      await append(tx, recorder, { kind: "photos.listed", collection, subject, photos: 1 });
    }
    const tracks = await tracksOf(tx, photo);
    const viewed = (await facesOf(tx, photo)).map((face) => ({
      ...face,
      track: tracks.get(face.id) ?? null,
      withheld: hidden.has(face.id),
      people: shown.filter((one) => one.face === face.id),
    }));
    return { ...found, viewed };
  });
}

/** Faces of a photo that are shown to nobody. */
export async function withheldFaces(db: Reader, photo: MediaId): Promise<ReadonlySet<FaceId>> {
  const rows = await db.read
    .selectFrom("objections")
    .select("face_id")
    .where("media_id", "=", photo)
    .where("face_id", "is not", null)
    .where("state", "<>", "rejected")
    .execute();
  return new Set(rows.flatMap(({ face_id }) => (face_id === null ? [] : [face_id])));
}

/**
 * The photo, where it may be shown: nobody objects to the whole of it, or the objection named waits
 * for the word of whoever looks. Throws RightsError photo_unknown, photo_withheld.
 */
export async function showablePhoto(
  db: Reader,
  { collection, photo }: PhotoPlace,
  objection: ObjectionId | null,
): Promise<ListedPhoto> {
  const found = await findListedPhoto(db, collection, photo);
  if (!found.withheld) return found;
  const open = await db.read
    .selectFrom("objections")
    .select("id")
    .where("media_id", "=", photo)
    .where("id", "=", objection ?? ("" as ObjectionId))
    .where("state", "=", "open")
    .executeTakeFirst();
  if (open) return found;
  throw new RightsError("photo_withheld", "Somebody objects to this photo: it is shown to nobody.");
}

async function livePeople(
  tx: Tx,
  recorder: Recorder,
  { collection, photo }: PhotoPlace,
): Promise<readonly (FacePerson & { readonly face: FaceId })[]> {
  const rows = await tx.read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .innerJoin("grants", (join) =>
      join
        .onRef("grants.subject_id", "=", "sightings.subject_id")
        .onRef("grants.collection_id", "=", "sightings.collection_id"),
    )
    .select([
      "sightings.id as sighting",
      "sightings.subject_id as subject",
      "sightings.verdict",
      "sightings.state",
      "sightings.score",
      "faces.id as face",
      "grants.id as grant",
    ])
    .where("faces.media_id", "=", photo)
    .where("sightings.collection_id", "=", collection)
    .where("sightings.state", "<>", "rejected")
    .where("grants.state", "=", "granted")
    .orderBy("sightings.id")
    .execute();
  const subjects = rows.map(({ subject }) => subject);
  await lockSequences(tx, subjects);
  const grants = new Set(rows.map(({ grant }) => grant));
  const live = await stillLive(tx, recorder.clock, [...grants].sort());
  return rows.filter(({ grant }) => live.has(grant));
}
