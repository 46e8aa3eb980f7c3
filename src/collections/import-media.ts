import type { Recorder } from "../ledger/ledger.ts";
import type { Incoming } from "../media/incoming.ts";
import type { Tx } from "../storage/db.ts";
import type { Collection } from "./collections.ts";
import type { ImportDeps } from "./import.ts";
import { type Imported, importPhoto } from "./import-photo.ts";
import { importVideo, type VideoProgress } from "./import-video.ts";

/** Imports one file, as the photo or video that it is; it is closed then. Throws as `importPhoto`. */
export async function importMedia(
  deps: ImportDeps,
  recorder: Recorder,
  collection: Collection,
  opened: Promise<Incoming>,
  note: (tx: Tx, imported: Imported) => Promise<void>,
  progress: VideoProgress = {},
): Promise<Imported> {
  await using incoming = await opened;
  if (incoming.isVideo) {
    return await importVideo(deps, recorder, collection, incoming, note, progress);
  }
  return await importPhoto(deps, recorder, collection, await incoming.bytes(), note);
}
