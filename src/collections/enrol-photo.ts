import { wipe } from "../base/bytes.ts";
import { later } from "../base/clock.ts";
import type { GrantId, SubjectId } from "../base/ids.ts";
import { findGrant, permit } from "../consent/consent.ts";
import { ConsentError } from "../consent/errors.ts";
import type { Embedding } from "../faces/face.ts";
import type { QualityProblem } from "../faces/quality.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { thumbnail } from "../media/encode.ts";
import type { Tx } from "../storage/db.ts";
import { checkOpen, type Collection, findCollection, touchGallery } from "./collections.ts";
import { type EnrolDeps, KEPT_PHOTO_SIDE, onlyFace, photoIndex } from "./enrol.ts";
import { CollectionsError } from "./errors.ts";
import {
  keepEnrolmentPhoto,
  removeEnrolmentPhotos,
  removeTemplates,
  writeTemplate,
} from "./templates.ts";

/** Enough to find better light; too few to learn from refusals what passes for somebody's face. */
const TRIES_MAX = 10;
const TRIES_MS = 60 * 60_000;

/** A picture of a face, and where its sender says that it is from: nothing in its bytes proves it. */
export interface ShownPhoto {
  readonly subject: SubjectId;
  readonly bytes: Uint8Array;
  readonly source: "camera" | "file";
}

/** What came of showing one's face. */
export type EnrolPhotoResult =
  | { readonly kind: "enrolled"; readonly grant: GrantId }
  | { readonly kind: "refused"; readonly problems: readonly QualityProblem[] };

/**
 * Makes the template of somebody whose consent is recorded from the photo they show; it takes the
 * place of the one before. Without a live grant the photo is not even looked at (R4). Throws
 * ConsentError no_live_grant; CollectionsError photo_not_taken (a file, where the collection takes the
 * camera's pictures alone), enrolment_tries_spent, collection_closed; MediaError.
 */
export async function enrolPhoto(
  deps: EnrolDeps,
  recorder: Recorder,
  collection: Collection,
  { subject, bytes, source }: ShownPhoto,
): Promise<EnrolPhotoResult> {
  if (source === "file" && !collection.uploadPhoto) {
    throw new CollectionsError("photo_not_taken", "Take the picture with the camera of a device.");
  }
  const uses = await deps.db.write(async (tx) => countTry(tx, recorder, collection, subject));
  return lookAndWrite(deps, recorder, collection, { subject, bytes, keep: uses.keepPhoto });
}

interface Shown {
  readonly subject: SubjectId;
  readonly bytes: Uint8Array;
  readonly keep: boolean;
}

async function lookAndWrite(
  deps: EnrolDeps,
  recorder: Recorder,
  collection: Collection,
  shown: Shown,
): Promise<EnrolPhotoResult> {
  const face = await onlyFace(await deps.engines(collection.pack), shown.bytes);
  if (face.kind === "refused") return face;
  try {
    const bytes = shown.keep ? await thumbnail({ bytes: shown.bytes }, KEPT_PHOTO_SIDE) : null;
    const index = photoIndex(deps.vault, shown.bytes);
    const made = { subject: shown.subject, embedding: face.embedding, index, kept: bytes };
    const grant = await deps.db.write(async (tx) => write(tx, recorder, collection, made));
    if (grant !== "pack_changed") return { kind: "enrolled", grant };
  } finally {
    wipe(face.embedding);
  }
  // The gallery of the collection's new pack would never hold this template.
  return lookAndWrite(deps, recorder, await findCollection(deps.db, collection.id), shown);
}

async function write(
  tx: Tx,
  recorder: Recorder,
  collection: Collection,
  made: {
    readonly subject: SubjectId;
    readonly embedding: Embedding;
    readonly index: string;
    readonly kept: Uint8Array | null;
  },
): Promise<GrantId | "pack_changed"> {
  const { clock, vault } = recorder;
  const { subject, embedding, index, kept } = made;
  const now = await touchGallery(tx, clock, collection.id, "added");
  checkOpen(now);
  if (now.pack !== collection.pack) return "pack_changed";
  const allowed = await permit(tx, clock, "enrol", { collection: collection.id, subject });
  await removeTemplates(tx, allowed.grant);
  await removeEnrolmentPhotos(tx, allowed.grant);
  const template = { pack: now.pack, embedding, photoIndex: index };
  await writeTemplate(tx, vault, recorder, allowed, template);
  const grant = await findGrant(tx, collection.id, subject);
  // A newer consent may have left that use out since: it does not cover the photo.
  if (kept && grant?.uses.includes("keep_photo")) {
    await keepEnrolmentPhoto(tx, vault, clock, allowed, { index, bytes: kept });
  }
  return allowed.grant;
}

/** Throws no_live_grant, enrolment_tries_spent. */
async function countTry(
  tx: Tx,
  { clock }: Recorder,
  collection: Collection,
  subject: SubjectId,
): Promise<{ readonly keepPhoto: boolean }> {
  const now = clock.now();
  const grant = await findGrant(tx, collection.id, subject);
  if (grant?.state !== "granted" || grant.expiresAt <= now) {
    throw new ConsentError(
      "no_live_grant",
      "There is no consent in force here: it comes first, and the photo after it.",
    );
  }
  await tx.write
    .insertInto("enrolment_tries")
    .values({ grant_id: grant.id, tries: 0, began_at: now })
    .onConflict((conflict) =>
      conflict
        .column("grant_id")
        .doUpdateSet({ tries: 0, began_at: now })
        .where("enrolment_tries.began_at", "<=", later(now, -TRIES_MS)),
    )
    .execute();
  const counted = await tx.write
    .updateTable("enrolment_tries")
    .set((set) => ({ tries: set("tries", "+", 1) }))
    .where("grant_id", "=", grant.id)
    .where("tries", "<", TRIES_MAX)
    .returning("tries")
    .executeTakeFirst();
  if (counted) return { keepPhoto: grant.uses.includes("keep_photo") };
  throw new CollectionsError(
    "enrolment_tries_spent",
    `So many photos an hour: ${TRIES_MAX}. Wait, then go on.`,
  );
}
