import { sha256Hex, wipe } from "../base/bytes.ts";
import { assert } from "../base/errors.ts";
import type { GrantId, SubjectId } from "../base/ids.ts";
import { permit } from "../consent/consent.ts";
import { consentsOf } from "../consent/consents.ts";
import { type Evidence, isSameEvidence, parseEvidence } from "../consent/evidence.ts";
import type { Engine } from "../faces/engine.ts";
import type { Embedding } from "../faces/face.ts";
import type { QualityProblem } from "../faces/quality.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { thumbnail } from "../media/encode.ts";
import { type PhotoSource, readSource } from "../media/source.ts";
import type { Db, Tx } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { findOrCreateSubject, indexContact, indexName } from "../subjects/subjects.ts";
import { checkOpen, type Collection, findCollection, touchGallery } from "./collections.ts";
import { takeConsent, usesOf } from "./take-consent.ts";
import { keepEnrolmentPhoto, writeTemplate } from "./templates.ts";

/** Gives the engine of a pack, started when it is first asked for. */
export type Engines = (pack: string) => Promise<Engine>;

/** What enrolment works with. */
export interface EnrolDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly engines: Engines;
}

/** A person, their consent, and the photo that shows their face. */
export interface Enrolment {
  readonly name: string;
  readonly contact: string;
  readonly photo: PhotoSource;
  readonly evidence: Evidence;
  readonly keepPhoto: boolean;
  /** The language of the notice they were given; the collection's first unless it is said. */
  readonly language?: string | undefined;
}

/**
 * What came of an enrolment. `renewed`: this person was enrolled with this very photo before, and
 * the form is a newer one. `already`: so is the form.
 */
export type EnrolResult =
  | {
      readonly kind: "enrolled" | "renewed" | "already";
      readonly subject: SubjectId;
      readonly grant: GrantId;
    }
  | { readonly kind: "refused"; readonly problems: readonly QualityProblem[] };

/**
 * Longest side of a kept enrolment photo: enough for any pack to make its template from again, and
 * no more of the picture than that takes.
 */
export const KEPT_PHOTO_SIDE = 1280;

/**
 * Enrols a person: looks at the photo first, and only if it shows one good face writes subject,
 * grant, keys and template, in one transaction. Throws MediaError (the photo can't be read),
 * ConsentError, SubjectsError.
 */
export async function enrol(
  deps: EnrolDeps,
  recorder: Recorder,
  collection: Collection,
  enrolment: Enrolment,
): Promise<EnrolResult> {
  const evidence = parseEvidence(enrolment.evidence, recorder.clock);
  const bytes = await readSource(enrolment.photo);
  const index = photoIndex(deps.vault, bytes);
  const before = await findEnrolled(deps, collection, { ...enrolment, evidence }, index);
  if (before) return { kind: "already", ...before };
  const engine = await deps.engines(collection.pack);
  const face = await onlyFace(engine, bytes);
  if (face.kind === "refused") return face;
  const { embedding } = face;
  try {
    const kept = enrolment.keepPhoto ? await thumbnail({ bytes }, KEPT_PHOTO_SIDE) : null;
    const made = { ...enrolment, evidence, embedding, index, kept };
    const result = await deps.db.write(async (tx) =>
      writeEnrolment(tx, deps.vault, recorder, collection, made),
    );
    if (result.kind !== "pack_changed") return result;
  } finally {
    // Bytes that were handed in stay the caller's.
    wipe(embedding, "file" in enrolment.photo ? bytes : null);
  }
  // The collection has moved to another pack meanwhile: its gallery would never hold this template.
  return enrol(deps, recorder, await findCollection(deps.db, collection.id), enrolment);
}

/** Keyed digest of an enrolment photo's bytes. */
export function photoIndex(vault: Vault, bytes: Uint8Array): string {
  return vault.index("enrolment/photo", sha256Hex(bytes));
}

/**
 * From this score on a second, smaller face counts as one. A detector set to lose nobody also sees
 * an ear or a pattern now and then, and scores it lower.
 */
const SECOND_FACE_SCORE_MIN = 0.5;

/**
 * The template of an enrolment photo's one good face, or why there is none. A photo that is refused
 * is never embedded: whoever is in it has no template, not even for a moment.
 */
export async function onlyFace(
  engine: Engine,
  bytes: Uint8Array,
): Promise<
  | { readonly kind: "face"; readonly embedding: Embedding }
  | { readonly kind: "refused"; readonly problems: readonly QualityProblem[] }
> {
  const { faces } = await engine.analyse({ bytes }, { embed: { kind: "none" }, use: "enrol" });
  const face = faces.toSorted((a, b) => b.widthPixels - a.widthPixels)[0];
  if (!face) return { kind: "refused", problems: ["no_face"] };
  const several = faces.some((other) => other !== face && other.score >= SECOND_FACE_SCORE_MIN);
  if (several) return { kind: "refused", problems: ["several_faces"] };
  if (face.problems.length > 0) return { kind: "refused", problems: face.problems };
  const [embedding] = await engine.embed({ bytes }, [face]);
  assert(embedding, "A face without problems is embedded.");
  return { kind: "face", embedding };
}

/**
 * Who was enrolled with this photo by this form before, with nothing left to do: for a list that
 * is run again, whose photos need not be looked at again.
 */
async function findEnrolled(
  { db, vault }: EnrolDeps,
  collection: Collection,
  person: Omit<Enrolment, "photo" | "language">,
  index: string,
): Promise<{ readonly subject: SubjectId; readonly grant: GrantId } | null> {
  const row = await db.read
    .selectFrom("templates")
    .innerJoin("grants", "grants.id", "templates.grant_id")
    .innerJoin("subjects", "subjects.id", "grants.subject_id")
    .leftJoin("enrolment_photos as kept", (join) =>
      join
        .onRef("kept.grant_id", "=", "templates.grant_id")
        .onRef("kept.photo_index", "=", "templates.photo_index"),
    )
    .select(["grants.id as grant", "subjects.id as subject", "kept.grant_id as kept"])
    .where("templates.collection_id", "=", collection.id)
    .where("templates.pack", "=", collection.pack)
    .where("templates.photo_index", "=", index)
    .where("subjects.name_index", "=", indexName(vault, person.name))
    .where("subjects.contact_index", "=", indexContact(vault, person.contact))
    .executeTakeFirst();
  if (!row || (person.keepPhoto && row.kept === null)) return null;
  const { subject, grant } = row;
  const said = (await consentsOf(db, vault, collection.id, subject)).some(
    (consent) =>
      consent.grant === grant &&
      consent.evidence !== null &&
      isSameEvidence(consent.evidence, person.evidence),
  );
  return said ? { subject, grant } : null;
}

async function writeEnrolment(
  tx: Tx,
  vault: Vault,
  recorder: Recorder,
  collection: Collection,
  enrolment: Omit<Enrolment, "photo"> & {
    readonly embedding: Embedding;
    readonly index: string;
    readonly kept: Uint8Array | null;
  },
): Promise<EnrolResult | { readonly kind: "pack_changed" }> {
  const { clock } = recorder;
  const now = await touchGallery(tx, clock, collection.id, "added");
  checkOpen(now);
  const { pack } = now;
  if (pack !== collection.pack) return { kind: "pack_changed" };
  const subject = await findOrCreateSubject(tx, vault, clock, enrolment);
  const { grant, outcome } = await takeConsent(tx, vault, recorder, {
    collection: collection.id,
    subject,
    uses: usesOf(enrolment.keepPhoto),
    evidence: enrolment.evidence,
    language: enrolment.language ?? null,
  });
  const enrolPermit = await permit(tx, clock, "enrol", { collection: collection.id, subject });
  const written = await writeTemplate(tx, vault, recorder, enrolPermit, {
    pack,
    embedding: enrolment.embedding,
    photoIndex: enrolment.index,
  });
  // A newer consent may have left that use out since: it does not cover the photo.
  if (enrolment.kept && grant.uses.includes("keep_photo")) {
    const photo = { index: enrolment.index, bytes: enrolment.kept };
    await keepEnrolmentPhoto(tx, vault, clock, enrolPermit, photo);
  }
  const again = outcome === "kept" ? "already" : "renewed";
  return { kind: written ? "enrolled" : again, subject, grant: enrolPermit.grant };
}
