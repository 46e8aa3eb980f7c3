import { bytesOf, floatsOf, wipe } from "../base/bytes.ts";
import type { Clock, Instant } from "../base/clock.ts";
import {
  type CollectionId,
  type GrantId,
  newId,
  type SubjectId,
  type TemplateId,
} from "../base/ids.ts";
import type { Permit } from "../consent/permit.ts";
import { touchGrant, touchGrantsIn } from "../consent/touched-grants.ts";
import type { Embedding } from "../faces/face.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Reader, Tx } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";

/**
 * Writes a template: the only function that does. It takes the proof of a live grant, and the
 * database refuses the row without one ([Note: a template needs a live grant]). Returns false when
 * the grant has a template of the same photo already.
 */
export async function writeTemplate(
  tx: Tx,
  vault: Vault,
  recorder: Recorder,
  permit: Permit<"enrol">,
  template: {
    readonly pack: string;
    readonly embedding: Embedding;
    readonly photoIndex: string;
  },
): Promise<boolean> {
  const { collection, subject, grant } = permit;
  const { pack, photoIndex } = template;
  const id = newId("tem");
  const context = templateContext(collection, pack, id);
  const owner = { kind: "grant", id: grant } as const;
  const row = await tx.write
    .insertInto("templates")
    .values({
      id,
      collection_id: collection,
      grant_id: grant,
      grant_state: "granted",
      pack,
      photo_index: photoIndex,
      sealed_vector: await vault.seal(tx, owner, bytesOf(template.embedding), context),
      created_at: recorder.clock.now(),
    })
    .onConflict((conflict) => conflict.columns(["grant_id", "pack", "photo_index"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (!row) return false;
  await touchGrant(tx, grant);
  await append(tx, recorder, { kind: "template.made", collection, subject, grant, pack });
  return true;
}

/** Keeps the enrolment photo under the grant's key; only for people who ticked that use. */
export async function keepEnrolmentPhoto(
  tx: Tx,
  vault: Vault,
  clock: Clock,
  permit: Permit<"enrol">,
  photo: { readonly index: string; readonly bytes: Uint8Array },
): Promise<void> {
  const owner = { kind: "grant", id: permit.grant } as const;
  await tx.write
    .insertInto("enrolment_photos")
    .values({
      grant_id: permit.grant,
      photo_index: photo.index,
      sealed_photo: await vault.seal(tx, owner, photo.bytes, ["photo", photo.index]),
      created_at: clock.now(),
    })
    .onConflict((conflict) => conflict.columns(["grant_id", "photo_index"]).doNothing())
    .execute();
}

/** Deletes a grant's templates. Needed before the grant can end. */
export async function removeTemplates(tx: Tx, grant: GrantId): Promise<void> {
  await tx.write.deleteFrom("templates").where("grant_id", "=", grant).execute();
  await touchGrant(tx, grant);
}

/**
 * Deletes what a pack that the collection no longer uses made of its people. A gallery that is asked
 * only when the collection has come back to that pack has to find that they are gone.
 */
export async function removeTemplatesOfPack(
  tx: Tx,
  collection: CollectionId,
  pack: string,
): Promise<void> {
  await tx.write
    .deleteFrom("templates")
    .where("collection_id", "=", collection)
    .where("pack", "=", pack)
    .execute();
  await touchGrantsIn(tx, collection);
}

/** Deletes a grant's kept enrolment photos. Needed before the grant's key can be destroyed. */
export async function removeEnrolmentPhotos(tx: Tx, grant: GrantId): Promise<void> {
  await tx.write.deleteFrom("enrolment_photos").where("grant_id", "=", grant).execute();
}

/** A template as the gallery asks for it. Wipe `vector` after use. */
export interface OpenTemplate {
  readonly id: TemplateId;
  readonly grant: GrantId;
  readonly subject: SubjectId;
  readonly vector: Float32Array;
}

/** Which templates of these grants, made by this pack, a gallery holds now. */
export async function liveTemplates(
  db: Reader,
  clock: Clock,
  pack: string,
  grants: readonly GrantId[],
): Promise<
  readonly { readonly id: TemplateId; readonly grant: GrantId; readonly expiresAt: Instant }[]
> {
  if (grants.length === 0) return [];
  return db.read
    .selectFrom("templates")
    .innerJoin("grants", "grants.id", "templates.grant_id")
    .select(["templates.id", "templates.grant_id as grant", "grants.expires_at as expiresAt"])
    .where("templates.grant_id", "in", grants)
    .where("templates.pack", "=", pack)
    .where("grants.state", "=", "granted")
    .where("grants.expires_at", ">", clock.now())
    .execute();
}

/** Opens templates by id; ones that have gone since are left out. */
export async function openTemplates(
  db: Reader,
  vault: Vault,
  ids: readonly TemplateId[],
): Promise<readonly OpenTemplate[]> {
  if (ids.length === 0) return [];
  const rows = await db.read
    .selectFrom("templates")
    .innerJoin("grants", "grants.id", "templates.grant_id")
    .innerJoin("grant_keys", "grant_keys.grant_id", "templates.grant_id")
    .select([
      "templates.id",
      "templates.collection_id",
      "templates.grant_id",
      "templates.pack",
      "templates.sealed_vector",
      "grants.subject_id",
      "grant_keys.epoch_id",
      "grant_keys.wrapped_key",
    ])
    .where("templates.id", "in", ids)
    .execute();
  if (!(await vault.knows(db, rows))) return openTemplates(db, vault, ids);
  return rows.map((row) => {
    const owner = { kind: "grant", id: row.grant_id } as const;
    const context = templateContext(row.collection_id, row.pack, row.id);
    const plain = vault.unsealWith(owner, row, row.sealed_vector, context);
    const vector = floatsOf(plain);
    wipe(plain);
    return { id: row.id, grant: row.grant_id, subject: row.subject_id, vector };
  });
}

/** A sealed vector opens only as what it is: this template, collection and pack. */
function templateContext(
  collection: CollectionId,
  pack: string,
  id: TemplateId,
): readonly string[] {
  return ["template", "find", collection, pack, id];
}
