import { rm } from "node:fs/promises";
import { wipe } from "../base/bytes.ts";
import type { Track } from "../faces/track.ts";
import { trackFaces } from "../faces/video-tracks.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Incoming } from "../media/incoming.ts";
import type { Staged } from "../storage/blobs.ts";
import type { Tx } from "../storage/db.ts";
import type { Collection } from "./collections.ts";
import type { ImportDeps } from "./import.ts";
import type { Imported } from "./import-photo.ts";
import { findPhoto, insertMedia } from "./media.ts";
import { videoKey } from "./video-key.ts";

/** What a long import is told by, and stopped by. */
export interface VideoProgress {
  readonly signal?: AbortSignal;
  readonly onProgress?: (seconds: number, of: number) => void;
}

/**
 * Imports one video. It is copied first, and looked at where it will stay: nobody can change it
 * meanwhile. Video, tracks, sightings and what `note` writes are one transaction, so a video whose
 * import is killed is none, and is begun anew. Throws as `importPhoto`.
 */
export async function importVideo(
  deps: ImportDeps,
  recorder: Recorder,
  collection: Collection,
  incoming: Incoming,
  note: (tx: Tx, imported: Imported) => Promise<void>,
  progress: VideoProgress = {},
): Promise<Imported> {
  const staged = await deps.blobs.stage(incoming.chunks());
  try {
    const twin = await findPhoto(deps.db, collection.id, staged.hash);
    if (!twin) return await addVideo(deps, recorder, { collection, staged, note }, progress);
    const imported = { outcome: "duplicate", media: twin } as const;
    await deps.db.write(async (tx) => note(tx, imported));
    return imported;
  } finally {
    await rm(staged.path, { force: true });
  }
}

async function addVideo(
  deps: ImportDeps,
  recorder: Recorder,
  of: {
    readonly collection: Collection;
    readonly staged: Staged;
    readonly note: (tx: Tx, imported: Imported) => Promise<void>;
  },
  progress: VideoProgress,
): Promise<Imported> {
  const { collection, staged, note } = of;
  const engine = await deps.engines(collection.pack);
  const choice = await deps.recogniser.choose(collection);
  const embed = choice.kind === "all";
  const { parallel } = deps;
  const video = await trackFaces(engine, staged.path, { embed, parallel, ...progress });
  const tracks: readonly Track[] = video.tracks;
  try {
    await deps.blobs.adopt(staged);
    const looked = { faces: tracks, choice };
    const imported = await deps.recogniser.settle<Imported>(
      collection,
      looked,
      async (tx, scannedVersion) => {
        const raced = await findPhoto(tx, collection.id, staged.hash);
        if (raced) {
          const value = { outcome: "duplicate", media: raced } as const;
          await note(tx, value);
          return { value, faces: [] };
        }
        const { id, faces } = await insertMedia(tx, recorder, collection.id, {
          ...video,
          sha256: staged.hash,
          bytes: staged.bytes,
          analysedWith: videoKey(collection.pack, embed),
          scannedVersion,
          takenAt: null,
          faces: tracks,
        });
        const value = { outcome: "added", media: id } as const;
        await note(tx, value);
        return { value, faces };
      },
    );
    // Whoever removed the last other video of these bytes meanwhile has taken the file with it.
    await deps.blobs.adopt(staged);
    return imported;
  } finally {
    wipe(...tracks.map(({ embedding }) => embedding));
  }
}
