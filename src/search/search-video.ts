import { readFile, rm } from "node:fs/promises";
import type { SearchWatch } from "../accounts/search-watch.ts";
import { wipe } from "../base/bytes.ts";
import type { Instant } from "../base/clock.ts";
import { findCollection } from "../collections/collections.ts";
import type { Track, VideoAnalysis } from "../faces/track.ts";
import { trackFaces } from "../faces/video-tracks.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { type Incoming, incomingFile } from "../media/incoming.ts";
import { SearchError } from "./errors.ts";
import { checkSize, parseKeepUntil, type SealedProbe, sealProbe } from "./kept-probes.ts";
import { type ProbeCommitment, probeCommitment } from "./probe-commitment.ts";
import { rankFaces } from "./scan.ts";
import {
  parsePurpose,
  record,
  type SearchAnswer,
  type SearchDeps,
  SIGHTINGS_MAX,
  withoutEnded,
} from "./search.ts";

/** What a search by video works with. */
export interface VideoSearchDeps extends SearchDeps {
  readonly parallel: number;
}

/** A question: who of this collection is in this video, when, and why does the asker want to know? */
export interface VideoSearchRequest {
  readonly collection: string;
  /** A path of this machine. */
  readonly video: string;
  readonly purpose: string;
  /** The last day (YYYY-MM-DD, UTC) on which the video is kept; it is not where none is named. */
  readonly keepUntil?: string | undefined;
  /** Who counts the asker's searches; nobody where the operator is at the machine. */
  readonly watch?: SearchWatch;
  /** Called before the last look at the grants: from here on the answer may name people. */
  readonly telling?: () => void;
  /** Sightings shown behind each track; 200 unless fewer are wanted. */
  readonly sightingsMax?: number;
  readonly signal?: AbortSignal;
  /** Told how far it is, in seconds of the video. */
  readonly onProgress?: (seconds: number, of: number) => void;
}

/** A recorded search by video; its faces are the tracks, without vectors. */
export interface VideoAnswer extends SearchAnswer<Track> {
  readonly seconds: number;
}

/**
 * Searches a collection with a video: every track in it is compared as one. It is recorded, counted
 * and answered as a search by photo is. The video is looked at in a copy that is gone before the
 * answer; where it is to be kept, what is kept is sealed. Without a scene basis there is no such search, for nobody could point at
 * every face in it. Throws as `searchByPhoto`.
 */
export async function searchByVideo(
  deps: VideoSearchDeps,
  recorder: Recorder,
  request: VideoSearchRequest,
): Promise<VideoAnswer> {
  const startedAt = recorder.clock.now();
  const purpose = parsePurpose(request.purpose);
  const found = await findCollection(deps.db, request.collection);
  const { id, pack, sceneBasis } = found;
  if (sceneBasis === null) throw sceneBasisMissing();
  const until = parseKeepUntil(request.keepUntil, recorder.clock, found);
  await request.watch?.check(deps.db, id);
  await using probe = await lookAtProbe(deps, pack, { ...request, until });
  const { video, commitment } = probe;
  try {
    if (video.tracks.length === 0)
      throw new SearchError("no_face_found", "No face was found in the video.");
    const current = await deps.galleries.current(id);
    const { collection } = current;
    // Another pack since the video was looked at: its vectors can't be compared with this one's.
    if (collection.pack !== pack) return await searchByVideo(deps, recorder, request);
    const candidates = rankFaces(current, video.tracks);
    const watch = request.watch ?? null;
    const { sightingsMax = SIGHTINGS_MAX } = request;
    const kept = until && (await keepVideo(deps, recorder, probe, until));
    const search = { startedAt, purpose, commitment, collection, watch, sightingsMax, kept };
    const { width, height, tracks: faces } = video;
    const analysis = { width, height, faces };
    const answer = await deps.db.write(async (tx) =>
      record(tx, recorder, search, { analysis, candidates }),
    );
    request.telling?.();
    const live = await withoutEnded(deps.db, recorder.clock, answer);
    return { ...live, seconds: video.seconds };
  } finally {
    wipe(...video.tracks.map(({ embedding }) => embedding));
  }
}

/** The probe in a copy that goes when this does, its tracks, and what binds the record to it. */
interface LookedProbe extends AsyncDisposable {
  readonly path: string;
  readonly video: VideoAnalysis;
  readonly commitment: string;
}

async function lookAtProbe(
  deps: VideoSearchDeps,
  pack: string,
  request: VideoSearchRequest & { readonly until: Instant | null },
): Promise<LookedProbe> {
  const engine = await deps.engines(pack);
  await using incoming = await incomingFile(request.video, { links: "follow" });
  const commitment = probeCommitment();
  const staged = await deps.blobs.stage(digested(incoming, commitment));
  const remove = async (): Promise<void> => rm(staged.path, { force: true });
  try {
    if (request.until !== null) checkSize(staged.bytes);
    const { parallel } = deps;
    const { signal, onProgress } = request;
    const video = await trackFaces(engine, staged.path, {
      embed: true,
      use: "probe",
      parallel,
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    });
    const { path } = staged;
    return { path, video, commitment: commitment.end(), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function keepVideo(
  deps: VideoSearchDeps,
  recorder: Recorder,
  { path, video }: LookedProbe,
  until: Instant,
): Promise<SealedProbe> {
  const bytes = await readFile(path);
  const mediaType = video.format === "webm" ? "video/webm" : "video/mp4";
  try {
    return await sealProbe(deps, recorder, { bytes, mediaType, until });
  } finally {
    wipe(bytes);
  }
}

async function* digested(incoming: Incoming, digest: ProbeCommitment): AsyncGenerator<Uint8Array> {
  for await (const chunk of incoming.chunks()) {
    digest.update(chunk);
    yield chunk;
  }
}

function sceneBasisMissing(): SearchError {
  return new SearchError(
    "face_not_pointed_at",
    "This collection has no scene basis: there is no recorded reason why everyone in a video may " +
      "be compared. Search with a photo, and point at the one face you mean.",
  );
}
