import { wipe } from "../base/bytes.ts";
import type { GrantId, SubjectId } from "../base/ids.ts";
import { type Collection, findCollection, touchGallery } from "../collections/collections.ts";
import { type EnrolDeps, onlyFace } from "../collections/enrol.ts";
import { removeTemplatesOfPack, writeTemplate } from "../collections/templates.ts";
import { permit } from "../consent/consent.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Engine } from "../faces/engine.ts";

/** How a change of pack went. The people in `again` have no kept photo: they must enrol again. */
export interface PackChange {
  readonly remade: number;
  readonly again: readonly SubjectId[];
}

/**
 * Moves a collection to another model pack. The new pack's templates are made beside the old ones
 * from the enrolment photos that people let us keep; then, in one transaction, the collection
 * changes over and the old pack's templates go. Searches work all along. The backfill that this
 * queues finds every face anew; what people confirmed and rejected stays. Killed half-way and
 * called again, it goes on.
 */
export async function changePack(
  deps: EnrolDeps,
  recorder: Recorder,
  name: string,
  pack: string,
): Promise<PackChange> {
  const collection = await findCollection(deps.db, name);
  if (collection.pack === pack) return { remade: 0, again: [] };
  const engine = await deps.engines(pack);
  const remade = new Set<SubjectId>();
  for (const photo of await keptPhotos(deps, collection)) {
    if (await remake(deps, recorder, { ...collection, pack }, engine, photo)) {
      remade.add(photo.subject);
    }
  }
  const before = await subjectsEnrolled(deps, collection);
  await deps.db.write(async (tx) => {
    await tx.write
      .updateTable("collections")
      .set({ pack })
      .where("id", "=", collection.id)
      .execute();
    await removeTemplatesOfPack(tx, collection.id, collection.pack);
    await touchGallery(tx, recorder.clock, collection.id, "added");
    await append(tx, recorder, {
      kind: "collection.pack_changed",
      collection: collection.id,
      pack,
    });
  });
  return { remade: remade.size, again: before.filter((subject) => !remade.has(subject)) };
}

interface KeptPhoto {
  readonly grant: GrantId;
  readonly subject: SubjectId;
  readonly photoIndex: string;
  readonly sealed: Uint8Array;
}

async function remake(
  deps: EnrolDeps,
  recorder: Recorder,
  collection: Collection,
  engine: Engine,
  photo: KeptPhoto,
): Promise<boolean> {
  const { subject, photoIndex } = photo;
  const owner = { kind: "grant", id: photo.grant } as const;
  const bytes = await deps.vault.unseal(deps.db, owner, photo.sealed, ["photo", photoIndex]);
  const face = await onlyFace(engine, bytes);
  wipe(bytes);
  if (face.kind === "refused") return false;
  try {
    await deps.db.write(async (tx) => {
      const of = { collection: collection.id, subject };
      const enrolPermit = await permit(tx, recorder.clock, "enrol", of);
      const template = { pack: collection.pack, embedding: face.embedding, photoIndex };
      await writeTemplate(tx, deps.vault, recorder, enrolPermit, template);
    });
    return true;
  } finally {
    wipe(face.embedding);
  }
}

async function keptPhotos(deps: EnrolDeps, collection: Collection): Promise<readonly KeptPhoto[]> {
  return deps.db.read
    .selectFrom("enrolment_photos")
    .innerJoin("grants", "grants.id", "enrolment_photos.grant_id")
    .select([
      "grants.id as grant",
      "grants.subject_id as subject",
      "photo_index as photoIndex",
      "sealed_photo as sealed",
    ])
    .where("grants.collection_id", "=", collection.id)
    .where("grants.state", "=", "granted")
    .execute();
}

async function subjectsEnrolled(
  deps: EnrolDeps,
  collection: Collection,
): Promise<readonly SubjectId[]> {
  const rows = await deps.db.read
    .selectFrom("templates")
    .innerJoin("grants", "grants.id", "templates.grant_id")
    .select("grants.subject_id as subject")
    .distinct()
    .where("templates.collection_id", "=", collection.id)
    .execute();
  return rows.map(({ subject }) => subject);
}
