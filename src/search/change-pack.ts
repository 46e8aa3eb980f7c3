import { wipe } from "../base/bytes.ts";
import type { CollectionId, GrantId, SubjectId } from "../base/ids.ts";
import { type Collection, findCollection, touchGallery } from "../collections/collections.ts";
import { type EnrolDeps, onlyFace } from "../collections/enrol.ts";
import { removeTemplatesOfPack, writeTemplate } from "../collections/templates.ts";
import { permit } from "../consent/consent.ts";
import { ConsentError } from "../consent/errors.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Engine } from "../faces/engine.ts";
import { type PackName, packNames } from "../faces/packs.ts";
import type { JobContext } from "../jobs/runner.ts";
import type { Reader, Tx } from "../storage/db.ts";

/** The job that moves a collection to a pack: one kind for each, as a job says no more than its target. */
export function changePackJob(pack: PackName): string {
  return `change_pack_${pack}`;
}

/** Every such job, with its pack. */
export const CHANGE_PACK_JOBS: readonly (readonly [kind: string, pack: PackName])[] = packNames.map(
  (pack) => [changePackJob(pack), pack],
);

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
 * called again, it goes on. As a job, it reports how many photos are looked at, and stops when it
 * is told to: the collection stays with its old pack then.
 */
export async function changePack(
  deps: EnrolDeps,
  recorder: Recorder,
  name: string,
  pack: string,
  context?: JobContext,
): Promise<PackChange> {
  const collection = await findCollection(deps.db, name);
  if (collection.pack === pack) return { remade: 0, again: [] };
  const engine = await deps.engines(pack);
  const unusable = new Set<string>();
  let done = 0;
  for (;;) {
    const waiting = await photosWaiting(deps.db, collection.id, pack, unusable);
    const total = done + waiting.length;
    for (const photo of waiting) {
      context?.signal.throwIfAborted();
      context?.report({ done, total });
      done += 1;
      const made = await remake(deps, recorder, { ...collection, pack }, engine, photo);
      if (!made) unusable.add(keyOf(photo));
    }
    context?.report({ done, total });
    // Whoever enrolled during the last round is waiting now: one more, until nobody does.
    const change = await deps.db.write(async (tx) =>
      changeOver(tx, recorder, { collection, pack, unusable }),
    );
    if (change) return change;
  }
}

/** Changes the collection over, or does nothing and returns null while photos wait still. */
async function changeOver(
  tx: Tx,
  recorder: Recorder,
  to: {
    readonly collection: Collection;
    readonly pack: string;
    readonly unusable: ReadonlySet<string>;
  },
): Promise<PackChange | null> {
  const { pack } = to;
  const { id } = to.collection;
  await touchGallery(tx, recorder.clock, id, "added");
  if ((await photosWaiting(tx, id, pack, to.unusable)).length > 0) return null;
  const remade = new Set(await subjectsEnrolled(tx, id, pack));
  const before = await subjectsEnrolled(tx, id, to.collection.pack);
  await tx.write.updateTable("collections").set({ pack }).where("id", "=", id).execute();
  await removeTemplatesOfPack(tx, id, to.collection.pack);
  await append(tx, recorder, { kind: "collection.pack_changed", collection: id, pack });
  return { remade: remade.size, again: before.filter((subject) => !remade.has(subject)) };
}

interface KeptPhoto {
  readonly grant: GrantId;
  readonly subject: SubjectId;
  readonly photoIndex: string;
}

function keyOf({ grant, photoIndex }: KeptPhoto): string {
  return JSON.stringify([grant, photoIndex]);
}

/** Makes the template of one kept photo. False where it can't: no good face, or consent has ended. */
async function remake(
  deps: EnrolDeps,
  recorder: Recorder,
  collection: Collection,
  engine: Engine,
  photo: KeptPhoto,
): Promise<boolean> {
  const { subject, photoIndex } = photo;
  const bytes = await openPhoto(deps, photo);
  if (!bytes) return false;
  const face = await onlyFace(engine, bytes);
  wipe(bytes);
  if (face.kind === "refused") return false;
  const { embedding } = face;
  try {
    return await deps.db.write(async (tx) => {
      // Another move to this pack may be over: then galleries hold what is made here from now on.
      await touchGallery(tx, recorder.clock, collection.id, "removed");
      const of = { collection: collection.id, subject };
      const enrolPermit = await permit(tx, recorder.clock, "enrol", of);
      const template = { pack: collection.pack, embedding, photoIndex };
      await writeTemplate(tx, deps.vault, recorder, enrolPermit, template);
      return true;
    });
  } catch (error) {
    // Withdrawn, paused or expired meanwhile: nothing of theirs is made, the others go on.
    if (error instanceof ConsentError) return false;
    throw error;
  } finally {
    wipe(embedding);
  }
}

/** The bytes of a kept photo, or null when the person was erased meanwhile. */
async function openPhoto(deps: EnrolDeps, photo: KeptPhoto): Promise<Buffer | null> {
  const row = await deps.db.read
    .selectFrom("enrolment_photos")
    .innerJoin("grant_keys", "grant_keys.grant_id", "enrolment_photos.grant_id")
    .select(["sealed_photo", "epoch_id", "wrapped_key"])
    .where("enrolment_photos.grant_id", "=", photo.grant)
    .where("photo_index", "=", photo.photoIndex)
    .executeTakeFirst();
  if (!row) return null;
  if (!(await deps.vault.knows(deps.db, [row]))) return openPhoto(deps, photo);
  const owner = { kind: "grant", id: photo.grant } as const;
  return deps.vault.unsealWith(owner, row, row.sealed_photo, ["photo", photo.photoIndex]);
}

/** Kept photos of people who may be found now, of which the pack has no template yet. */
async function photosWaiting(
  db: Reader,
  collection: CollectionId,
  pack: string,
  unusable: ReadonlySet<string>,
): Promise<readonly KeptPhoto[]> {
  const rows = await db.read
    .selectFrom("enrolment_photos")
    .innerJoin("grants", "grants.id", "enrolment_photos.grant_id")
    .leftJoin("templates", (join) =>
      join
        .onRef("templates.grant_id", "=", "grants.id")
        .onRef("templates.photo_index", "=", "enrolment_photos.photo_index")
        .on("templates.pack", "=", pack),
    )
    .select([
      "grants.id as grant",
      "grants.subject_id as subject",
      "enrolment_photos.photo_index as photoIndex",
    ])
    .where("grants.collection_id", "=", collection)
    .where("grants.state", "=", "granted")
    .where("templates.id", "is", null)
    .execute();
  return rows.filter((row) => !unusable.has(keyOf(row)));
}

async function subjectsEnrolled(
  db: Reader,
  collection: CollectionId,
  pack: string,
): Promise<readonly SubjectId[]> {
  const rows = await db.read
    .selectFrom("templates")
    .innerJoin("grants", "grants.id", "templates.grant_id")
    .select("grants.subject_id as subject")
    .distinct()
    .where("templates.collection_id", "=", collection)
    .where("templates.pack", "=", pack)
    .execute();
  return rows.map(({ subject }) => subject);
}
