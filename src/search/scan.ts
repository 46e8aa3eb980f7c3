import type { Clock } from "../base/clock.ts";
import type { FaceId, SightingId } from "../base/ids.ts";
import { BACKFILL, type Collection } from "../collections/collections.ts";
import type { ComparableFace, Looked, Recogniser, Written } from "../collections/import.ts";
import { stillLive } from "../consent/consent.ts";
import type { EmbedChoice } from "../faces/engine.ts";
import type { Embedding } from "../faces/face.ts";
import { packManifest, parsePackName } from "../faces/packs.ts";
import { enqueue } from "../jobs/jobs.ts";
import type { Db, Tx } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";
import { enqueueNotice } from "../webhooks/messages.ts";
import type { CurrentGallery, Galleries } from "./galleries.ts";
import type { Candidate } from "./gallery.ts";
import { decisionsOf, type Decisions, type Proposal, propose } from "./sightings.ts";
import { scoreFloor, verdict } from "./verdict.ts";

/**
 * Subjects looked at for one face. A verdict needs the best and the runner-up; more, because some
 * may have been rejected by a person, or have withdrawn while the scan ran.
 */
export const CANDIDATES_MAX = 16;

/** What comparing works with. */
export interface ScanDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly galleries: Galleries;
}

/** The comparison of new photos that imports are handed ([Note: scanned_version]). */
export function makeRecogniser(deps: ScanDeps): Recogniser {
  return {
    choose: async (collection) => chooseFaces(deps, collection),
    settle: async (collection, looked, write) => settleNew(deps, collection, looked, write),
  };
}

/** No scene basis: nobody is compared. No people: there is nobody to compare with. */
async function chooseFaces(deps: ScanDeps, { id }: Collection): Promise<EmbedChoice> {
  const { collection, gallery } = await deps.galleries.current(id);
  const compare = collection.sceneBasis !== null && gallery.size > 0;
  return { kind: compare ? "all" : "none" };
}

/**
 * [Note: scanned_version] A photo carries the `template_version` that its faces were compared
 * with. It awaits backfill while the collection's is higher. The number is read before the
 * comparison and the collection's row is locked at the commit, so a person who was added in
 * between leaves the photo waiting, and queues the job that will see it.
 */
async function settleNew<T>(
  deps: ScanDeps,
  collection: Collection,
  looked: Looked,
  write: (tx: Tx, scannedVersion: number) => Promise<Written<T>>,
): Promise<T> {
  const current = await deps.galleries.current(collection.id);
  const comparable = isComparable(current, collection, looked);
  const version = comparable ? current.collection.templateVersion : 0;
  const candidates = comparable ? rankFaces(current, looked.faces) : [];
  return deps.db.write(async (tx) => {
    // Photos of a collection are added one after the other: each takes the next number.
    const templateVersion = await lockTemplateVersion(tx, collection, "update");
    const written = await write(tx, version);
    await settleFaces(tx, deps.clock, current, written.faces, candidates);
    if (templateVersion !== version && collection.sceneBasis !== null) {
      await enqueue(tx, deps.clock, BACKFILL, collection.id);
    }
    return written.value;
  });
}

/**
 * False when faces that could be compared were not embedded, or by another pack than the gallery's
 * (the collection has changed over since the import began). Where there is nobody or nothing to
 * compare, no embedding is missed.
 */
function isComparable(current: CurrentGallery, { pack }: Collection, looked: Looked): boolean {
  if (current.collection.pack !== pack) return false;
  const nothing = looked.faces.length === 0 || current.gallery.size === 0;
  return nothing || looked.choice.kind === "all";
}

/**
 * The best subjects for each embedding, and none for a face without one. Whoever is too far from a
 * face to change what is said of it is not even looked at again.
 */
export function rank(
  { gallery, collection }: CurrentGallery,
  embeddings: readonly (Embedding | null)[],
): readonly (readonly Candidate[])[] {
  const probes = embeddings.filter((embedding) => embedding !== null);
  const scoreMin = scoreFloor(packManifest(parsePackName(collection.pack)).thresholds);
  const found = gallery.searchMany(probes, { limit: CANDIDATES_MAX, scoreMin })[Symbol.iterator]();
  return embeddings.map((embedding) => (embedding ? (found.next().value ?? []) : []));
}

/** The same for faces and tracks: of a track, the mean of what its faces score. */
export function rankFaces(
  current: CurrentGallery,
  faces: readonly ComparableFace[],
): readonly (readonly Candidate[])[] {
  const found = rank(
    current,
    faces.map(({ embedding }) => embedding),
  );
  return found.map((candidates, index) => {
    const { agreement = 1 } = faces[index] ?? {};
    return candidates.map((one) => ({ ...one, score: one.score * agreement }));
  });
}

/** Keeps people from being added to a collection until the transaction ends; tells its version. */
export async function lockTemplateVersion(
  tx: Tx,
  { id }: Collection,
  mode: "share" | "update",
): Promise<number> {
  const query = tx.write.selectFrom("collections").select("template_version").where("id", "=", id);
  return (await locked(tx, query, mode).executeTakeFirstOrThrow()).template_version;
}

/**
 * Writes the sightings of a photo's faces from their candidates. Whoever has withdrawn since the
 * scan is left out: grants are read again, and locked, in this transaction. Where something new is
 * proposed, the collection's endpoints are told that there is something to look at, and no more.
 */
export async function settleFaces(
  tx: Tx,
  clock: Clock,
  current: CurrentGallery,
  faces: readonly FaceId[],
  candidates: readonly (readonly Candidate[])[],
): Promise<void> {
  const { collection, gallery } = current;
  const grants = new Set(candidates.flat().map(({ grant }) => grant));
  const live = await stillLive(tx, clock, [...grants].sort());
  const decisions = await decisionsOf(tx, faces);
  const fresh: SightingId[] = [];
  for (const [index, face] of faces.entries()) {
    const found = (candidates[index] ?? []).filter(({ grant }) => live.has(grant));
    const proposal = proposalFor(collection.pack, found, decisions.get(face));
    const at = { collection: collection.id, face, pack: collection.pack };
    const sighting = await propose(tx, clock, at, proposal, (subject) => gallery.has(subject));
    if (sighting !== null) fresh.push(sighting);
  }
  const [first] = fresh;
  if (first === undefined) return;
  await enqueueNotice(tx, { clock }, collection.id, { kind: "sighting.proposed", sighting: first });
}

/**
 * Whom to propose: nobody where a person has confirmed who it is, and never somebody whom a person
 * has rejected here.
 */
function proposalFor(
  pack: string,
  candidates: readonly Candidate[],
  decisions: Decisions | undefined,
): Proposal | null {
  if (decisions && decisions.confirmed.size > 0) return null;
  const possible = candidates.filter(({ subject }) => !decisions?.rejected.has(subject));
  const found = verdict(possible, packManifest(parsePackName(pack)).thresholds);
  if (found.kind === "none") return null;
  return { subject: found.best.subject, verdict: found.kind, score: found.best.score };
}
