import type { CollectionId, MediaId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db, Tx } from "../storage/db.ts";
import { askForKeyFiles, updateKeyFiles } from "../storage/key-places.ts";
import { locked } from "../storage/locks.ts";
import { RightsError } from "./errors.ts";
import { removeDeliveriesShowing } from "./sweep-deliveries.ts";

/**
 * Removes a photo for good: its faces, whose they were taken for, what people objected to in it,
 * deliveries that may show it, and its file, unless another collection has the same bytes. That it was removed stays in the
 * ledger. Throws RightsError photo_unknown; StorageError key_file_due, when all else is done.
 */
export async function removePhoto(
  deps: { readonly db: Db; readonly blobs: Blobs },
  recorder: Recorder,
  of: { readonly collection: CollectionId; readonly photo: MediaId },
): Promise<void> {
  const { db, blobs } = deps;
  // By the clock of the files: whoever stores the same bytes from now on keeps them.
  const began = Date.now();
  const unnamed = await db.write(async (tx) => {
    const hash = await lockPhoto(tx, of);
    await removeDeliveriesShowing(tx, of.photo);
    await removeRows(tx, of.photo);
    await append(tx, recorder, { kind: "photo.removed", ...of });
    await askForKeyFiles(tx);
    return (await isNamed(tx, hash)) ? null : hash;
  });
  if (unnamed !== null) await blobs.removeOlder(unnamed, began);
  await updateKeyFiles(db, recorder.vault, recorder.clock);
}

/** The photo's hash. Nothing is compared in its collection meanwhile. */
async function lockPhoto(
  tx: Tx,
  of: { readonly collection: CollectionId; readonly photo: MediaId },
): Promise<string> {
  const collection = tx.write
    .selectFrom("collections")
    .select("id")
    .where("id", "=", of.collection);
  await locked(tx, collection, "update").execute();
  const row = await tx.read
    .selectFrom("media")
    .select("sha256")
    .where("id", "=", of.photo)
    .where("collection_id", "=", of.collection)
    .executeTakeFirst();
  if (row) return row.sha256;
  throw new RightsError("photo_unknown", "No photo has this id.");
}

/** What points at a row goes before it. */
async function removeRows(tx: Tx, photo: MediaId): Promise<void> {
  const faces = tx.write.selectFrom("faces").select("id").where("media_id", "=", photo);
  await tx.write.deleteFrom("objections").where("media_id", "=", photo).execute();
  await tx.write.deleteFrom("sightings").where("face_id", "in", faces).execute();
  await tx.write.deleteFrom("faces").where("media_id", "=", photo).execute();
  await tx.write.deleteFrom("media_sources").where("media_id", "=", photo).execute();
  await tx.write.deleteFrom("import_files").where("media_id", "=", photo).execute();
  await tx.write.deleteFrom("uploads").where("media_id", "=", photo).execute();
  await tx.write.deleteFrom("media").where("id", "=", photo).execute();
}

async function isNamed(tx: Tx, sha256: string): Promise<boolean> {
  const row = await tx.read
    .selectFrom("media")
    .select("id")
    .where("sha256", "=", sha256)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
