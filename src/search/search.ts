import type { SearchWatch } from "../accounts/search-watch.ts";
import { wipe } from "../base/bytes.ts";
import type { Clock, Instant } from "../base/clock.ts";
import { assert } from "../base/errors.ts";
import { newId, type SearchId, type SubjectId } from "../base/ids.ts";
import { type Collection, findCollection } from "../collections/collections.ts";
import type { Engines } from "../collections/enrol.ts";
import { stillLive } from "../consent/consent.ts";
import type { AnalysedFace, Analysis, EmbedChoice } from "../faces/engine.ts";
import { packManifest, parsePackName } from "../faces/packs.ts";
import { appendPadded, lockSequences, type Recorder } from "../ledger/ledger.ts";
import { sniff } from "../media/sniff.ts";
import { type PhotoSource, readSource } from "../media/source.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Reader, Tx } from "../storage/db.ts";
import type { SightingVerdict } from "../storage/schema.ts";
import { rankOne } from "./compare-one.ts";
import { SearchError } from "./errors.ts";
import {
  checkSize,
  insertProbe,
  parseKeepUntil,
  type SealedProbe,
  sealProbe,
} from "./kept-probes.ts";
import type { Candidate } from "./gallery.ts";
import { commitToProbe } from "./probe-commitment.ts";
import { rank, type ScanDeps } from "./scan.ts";
import { type ListedSighting, pageOfSightings } from "./sighting-list.ts";
import { verdict } from "./verdict.ts";

/** What a search works with. */
export interface SearchDeps extends ScanDeps {
  readonly engines: Engines;
  readonly blobs: Blobs;
}

/** A question: who of this collection is in this photo, and why does the asker want to know? */
export interface SearchRequest {
  readonly collection: string;
  readonly photo: PhotoSource;
  readonly purpose: string;
  /** The face meant; needed where the collection has no scene basis. */
  readonly pointed: Exclude<EmbedChoice, { kind: "none" | "all" }> | null;
  /** The one person who may be the answer (1:1); everybody in the collection where none is named. */
  readonly only?: SubjectId;
  /** The last day (YYYY-MM-DD, UTC) on which the photo is kept; it is not where none is named. */
  readonly keepUntil?: string | undefined;
  /** Who counts the asker's searches; nobody where the operator is at the machine. */
  readonly watch?: SearchWatch;
  /** Called before the last look at the grants: from here on the answer may name people. */
  readonly telling?: () => void;
  /** Sightings shown behind each person; 200 unless fewer are wanted. */
  readonly sightingsMax?: number;
  /** Told of each step when it is done, and how many milliseconds it took. */
  readonly timed?: (step: SearchStep, ms: number) => void;
}

/** `look`: decode, detect, embed; `scan`: compare with the gallery; `record`: until the last look. */
export type SearchStep = "look" | "scan" | "record";

/** What a search says of one face (or track). Below the threshold nothing is told, no score either. */
export type FaceAnswer<Face extends AnalysedFace = AnalysedFace> =
  | {
      readonly kind: SightingVerdict;
      readonly face: Face;
      readonly subject: SubjectId;
      readonly score: number;
      /** How far ahead of the runner-up; null where none reaches `uncertain` themselves. */
      readonly margin: number | null;
      /** The first of them; `listSightings` goes on from a key. */
      readonly sightings: readonly ListedSighting[];
    }
  | { readonly kind: "none"; readonly face: Face }
  /** Too poor to compare (its problems say why), or not the face pointed at. */
  | { readonly kind: "not_compared"; readonly face: Face };

/** A recorded search. Faces carry no vectors any more. */
export interface SearchAnswer<Face extends AnalysedFace = AnalysedFace> {
  readonly id: SearchId;
  readonly collection: Collection;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly FaceAnswer<Face>[];
}

/** What was looked at: a photo's faces, or a video's tracks. */
export interface Probed<Face extends AnalysedFace> {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly Face[];
}

/** What a search is recorded with. */
export interface SearchToRecord {
  readonly startedAt: Instant;
  readonly purpose: string;
  readonly commitment: string;
  readonly collection: Collection;
  readonly watch: SearchWatch | null;
  readonly sightingsMax: number;
  /** What the search was made with, where it is kept. */
  readonly kept: SealedProbe | null;
}

/** A search adds leaves by the eight: their number does not tell how many people it returned. */
const LEAVES_MULTIPLE = 8;
const PURPOSE_LENGTH_MAX = 500;
/** Photos shown behind one match; `photos --subject` lists them all. */
export const SIGHTINGS_MAX = 200;

/**
 * Searches a collection with a photo: every face in it where there is a scene basis, else the one
 * pointed at. The search is recorded, with everyone it returns, in the transaction that reads the
 * grants once more: no record, no answer; no live grant, no mention. They are read a last time after
 * its commit, so that a withdrawal during it counts too. Throws SearchError, MediaError,
 * CollectionsError collection_unknown, AccountsError search_budget_spent.
 */
export async function searchByPhoto(
  deps: SearchDeps,
  recorder: Recorder,
  request: SearchRequest,
): Promise<SearchAnswer> {
  const startedAt = recorder.clock.now();
  const purpose = parsePurpose(request.purpose);
  const { id, pack, retentionDays } = await checkBasis(deps, request);
  const until = parseKeepUntil(request.keepUntil, recorder.clock, { retentionDays });
  await request.watch?.check(deps.db, id);
  const done = stepTimer(request.timed);
  const bytes = await readSource(request.photo);
  if (until !== null) checkSize(bytes.length);
  const engine = await deps.engines(pack);
  const embed = request.pointed ?? { kind: "all" };
  const analysis = await engine.analyse({ bytes }, { embed, use: "probe" });
  done("look");
  const commitment = commitToProbe(bytes);
  try {
    checkFaces(analysis, request.pointed);
    const current = await deps.galleries.current(id);
    const { collection } = current;
    // Another pack since the photo was looked at: its vectors can't be compared with this one's.
    if (collection.pack !== pack) return await searchByPhoto(deps, recorder, request);
    const embeddings = analysis.faces.map(({ embedding }) => embedding);
    const candidates =
      request.only === undefined
        ? rank(current, embeddings)
        : await rankOne(deps.db, recorder, collection, request.only, embeddings);
    done("scan");
    const watch = request.watch ?? null;
    const { sightingsMax = SIGHTINGS_MAX } = request;
    const kept =
      until && (await sealProbe(deps, recorder, { bytes, mediaType: typeOf(bytes), until }));
    const search = { startedAt, purpose, commitment, collection, watch, sightingsMax, kept };
    const answer = await deps.db.write(async (tx) =>
      record(tx, recorder, search, { analysis, candidates }),
    );
    request.telling?.();
    const live = await withoutEnded(deps.db, recorder.clock, answer);
    done("record");
    return live;
  } finally {
    // Bytes that were handed in stay the caller's.
    if ("file" in request.photo) wipe(bytes);
    wipe(...analysis.faces.map(({ embedding }) => embedding));
  }
}

/** Of a photo that could be decoded. */
function typeOf(bytes: Uint8Array): string {
  return `image/${sniff(bytes)}`;
}

function stepTimer(timed: SearchRequest["timed"]): (step: SearchStep) => void {
  let since = performance.now();
  return (step) => {
    const now = performance.now();
    timed?.(step, now - since);
    since = now;
  };
}

/**
 * Records a search and everyone it returns, in the transaction that reads the grants once more.
 * `candidates` are in the order of the faces.
 */
export async function record<Face extends AnalysedFace>(
  tx: Tx,
  recorder: Recorder,
  search: SearchToRecord,
  compared: {
    readonly analysis: Probed<Face>;
    readonly candidates: readonly (readonly Candidate[])[];
  },
): Promise<SearchAnswer<Face>> {
  const { collection } = search;
  const { analysis, candidates } = compared;
  const id = newId("sea");
  const grants = new Set(candidates.flat().map(({ grant }) => grant));
  const turn = (await search.watch?.admit(tx, collection.id)) ?? null;
  await lockSequences(
    tx,
    candidates.flat().map(({ subject }) => subject),
  );
  const live = await stillLive(tx, recorder.clock, [...grants].sort());
  const faces: FaceAnswer<Face>[] = [];
  for (const [index, face] of analysis.faces.entries()) {
    const found = (candidates[index] ?? []).filter(({ grant }) => live.has(grant));
    faces.push(await answerFor(tx, search, face, found));
  }
  const recordedAt = recorder.clock.now();
  await tx.write
    .insertInto("searches")
    .values({
      id,
      collection_id: collection.id,
      account: recorder.account,
      purpose: search.purpose,
      started_at: search.startedAt,
      recorded_at: recordedAt,
      probe_commitment: search.commitment,
      faces: faces.length,
      turn,
    })
    .execute();
  if (search.kept) await insertProbe(tx, { search: id, collection: collection.id }, search.kept);
  await recordReturns(tx, recorder, { id, recordedAt, ...search }, faces);
  return { id, collection, width: analysis.width, height: analysis.height, faces };
}

/**
 * Leaves out whose grant has ended since the search was recorded. The record stays as it is: it
 * names at least everybody whom the asker is told of. What is left is the way from here to the
 * asker's eyes, which no database can call back.
 */
export async function withoutEnded<Face extends AnalysedFace>(
  db: Reader,
  clock: Clock,
  answer: SearchAnswer<Face>,
): Promise<SearchAnswer<Face>> {
  const told = answer.faces.flatMap((face) => ("subject" in face ? [face.subject] : []));
  if (told.length === 0) return answer;
  const rows = await db.read
    .selectFrom("grants")
    .select("subject_id")
    .where("collection_id", "=", answer.collection.id)
    .where("subject_id", "in", [...new Set(told)])
    .where("state", "=", "granted")
    .where("expires_at", ">", clock.now())
    .execute();
  const live = new Set(rows.map(({ subject_id }) => subject_id));
  const faces = answer.faces.map((one): FaceAnswer<Face> =>
    "subject" in one && !live.has(one.subject) ? { kind: "none", face: one.face } : one,
  );
  return { ...answer, faces };
}

async function answerFor<Face extends AnalysedFace>(
  tx: Tx,
  { collection, sightingsMax }: { readonly collection: Collection; readonly sightingsMax: number },
  face: Face,
  candidates: readonly Candidate[],
): Promise<FaceAnswer<Face>> {
  const compared = face.embedding !== null;
  const bare = { ...face, embedding: null };
  if (!compared) return { kind: "not_compared", face: bare };
  const { thresholds } = packManifest(parsePackName(collection.pack));
  const found = verdict(candidates, thresholds);
  if (found.kind === "none") return { kind: "none", face: bare };
  const { subject, score } = found.best;
  const second = candidates[1];
  const margin = second && second.score >= thresholds.uncertain ? score - second.score : null;
  const page = { collection: collection.id, subject, after: null, limit: sightingsMax };
  const sightings = await pageOfSightings(tx, page);
  return { kind: found.kind, face: bare, subject, score, margin, sightings };
}

/** Who was returned, and the search's ledger entries, which don't show how many that is. */
async function recordReturns(
  tx: Tx,
  recorder: Recorder,
  search: SearchToRecord & { readonly id: SearchId; readonly recordedAt: Instant },
  faces: readonly FaceAnswer[],
): Promise<void> {
  const { id, recordedAt, startedAt, purpose, commitment: probe } = search;
  const kept = search.kept && { keptUntil: search.kept.until };
  const told = { collection: search.collection.id, search: id, startedAt, purpose, probe, ...kept };
  const returned = new Map<SubjectId, SightingVerdict>();
  for (const face of faces) {
    if (face.kind === "none" || face.kind === "not_compared") continue;
    if (returned.get(face.subject) !== "match") returned.set(face.subject, face.kind);
  }
  for (const [subject_id, kind] of returned) {
    await tx.write
      .insertInto("search_returns")
      .values({ search_id: id, subject_id, verdict: kind, recorded_at: recordedAt })
      .execute();
  }
  const counts = { faces: faces.length, returned: returned.size };
  // In one order: two searches that return the same people can't wait for each other.
  const people = [...returned].sort(([a], [b]) => (a < b ? -1 : 1));
  const found = people.map(([subject]) => subject);
  const alerts = await search.watch?.returned(tx, { id, collection: told.collection }, found);
  const [recorded] = await appendPadded(
    tx,
    recorder,
    LEAVES_MULTIPLE,
    { kind: "search.recorded", ...told, ...counts },
    ...people.map(
      ([subject, verdict]) => ({ kind: "search.returned", ...told, subject, verdict }) as const,
    ),
    ...(alerts ?? []),
  );
  assert(recorded !== undefined, "A search is recorded.");
  await tx.write.updateTable("searches").set({ entry_id: recorded }).where("id", "=", id).execute();
}

async function checkBasis(deps: SearchDeps, request: SearchRequest): Promise<Collection> {
  const collection = await findCollection(deps.db, request.collection);
  if (collection.sceneBasis !== null || request.pointed) return collection;
  throw new SearchError(
    "face_not_pointed_at",
    "This collection has no scene basis: there is no recorded reason why everyone in a photo may " +
      "be compared. Point at the one face you mean (--face N or --at X,Y).",
  );
}

/** A search that compares nobody is refused rather than recorded. */
function checkFaces({ faces }: Analysis, pointed: SearchRequest["pointed"]): void {
  if (faces.length === 0) throw new SearchError("no_face_found", "No face was found in the photo.");
  if (!pointed || faces.some((face, index) => isPointedAt(face, index, pointed))) return;
  throw new SearchError(
    "no_face_there",
    `There is no face where you point. The photo shows ${faces.length}, counted from the left.`,
  );
}

function isPointedAt(
  { box }: AnalysedFace,
  index: number,
  pointed: NonNullable<SearchRequest["pointed"]>,
): boolean {
  if (pointed.kind === "face") return pointed.index === index;
  const { x, y } = pointed.at;
  return x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height;
}

/** A purpose is read by people: something in it is a letter or a digit, and one that can be seen. */
const READABLE = /(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}]/u;

/** Why somebody searches, as it is recorded. Throws SearchError purpose_missing. */
export function parsePurpose(text: string): string {
  const purpose = text.trim();
  if (READABLE.test(purpose) && purpose.length <= PURPOSE_LENGTH_MAX) return purpose;
  throw new SearchError(
    "purpose_missing",
    `Say why you search, in at most ${PURPOSE_LENGTH_MAX} characters (--purpose). Everybody in the ` +
      "collection can read it.",
  );
}
