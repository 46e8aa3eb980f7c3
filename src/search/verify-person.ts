import type { SearchWatch } from "../accounts/search-watch.ts";
import type { CollectionId, SearchId, SubjectId } from "../base/ids.ts";
import { findCollection } from "../collections/collections.ts";
import { findGrant } from "../consent/consent.ts";
import { ConsentError } from "../consent/errors.ts";
import type { QualityProblem } from "../faces/quality.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { PhotoSource } from "../media/source.ts";
import { SearchError } from "./errors.ts";
import { searchByPhoto, type SearchDeps } from "./search.ts";

/** A question: is the one in this photo this person, and why does the asker want to know? */
export interface Verification {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
  readonly photo: PhotoSource;
  readonly purpose: string;
  /** Counted from 0, from the left; null where the photo shows one face alone. */
  readonly face: number | null;
  readonly watch?: SearchWatch;
  /** As of a search. */
  readonly telling?: () => void;
}

/** What is said of it. Below the threshold not even a score. */
export interface Verified {
  readonly search: SearchId;
  readonly verdict: "match" | "uncertain" | "none" | "not_compared";
  readonly score: number | null;
  readonly problems: readonly QualityProblem[];
}

/**
 * Compares one face with one person (1:1). It is a search of which they alone can be the answer:
 * recorded with its purpose, counted like any other, and read again against their consent before it
 * is answered. Nobody else's face in the photo is embedded. Throws ConsentError no_live_grant, and
 * what `searchByPhoto` throws.
 */
export async function verifyPerson(
  deps: SearchDeps,
  recorder: Recorder,
  verification: Verification,
): Promise<Verified> {
  const { collection, subject, photo, purpose, watch, telling } = verification;
  await checkGrant(deps, collection, subject);
  const index = verification.face ?? (await onlyFaceIn(deps, verification));
  const answer = await searchByPhoto(deps, recorder, {
    collection,
    photo,
    purpose,
    pointed: { kind: "face", index },
    only: subject,
    ...(watch ? { watch } : {}),
    ...(telling ? { telling } : {}),
  });
  const face = answer.faces[index];
  if (!face) throw new SearchError("no_face_there", "There is no face where you point.");
  const score = "score" in face ? face.score : null;
  return { search: answer.id, verdict: face.kind, score, problems: face.face.problems };
}

async function checkGrant(
  { db, clock }: SearchDeps,
  collection: CollectionId,
  subject: SubjectId,
): Promise<void> {
  const grant = await findGrant(db, collection, subject);
  if (grant?.state === "granted" && grant.expiresAt > clock.now()) return;
  const advice = "This person has no consent in force for this collection.";
  throw new ConsentError("no_live_grant", advice);
}

async function onlyFaceIn(deps: SearchDeps, { collection, photo }: Verification): Promise<number> {
  const { pack } = await findCollection(deps.db, collection);
  const engine = await deps.engines(pack);
  const { faces } = await engine.analyse(photo, { embed: { kind: "none" }, use: "probe" });
  if (faces.length <= 1) return 0;
  throw new SearchError(
    "face_not_pointed_at",
    `The photo shows ${faces.length} faces. Say which one you mean, counted from the left.`,
  );
}
