import { sha256Hex, wipe } from "../base/bytes.ts";
import type { MediaId } from "../base/ids.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Tx } from "../storage/db.ts";
import type { Collection } from "./collections.ts";
import type { ImportDeps } from "./import.ts";
import { analysisKey, findPhoto, insertMedia } from "./media.ts";

/** What came of a photo's bytes: a new photo, or the one that the collection has already. */
export interface Imported {
  readonly outcome: "added" | "duplicate";
  readonly media: MediaId;
}

/**
 * Imports one photo. Photo, faces, sightings and what `note` writes are one transaction. The same
 * bytes twice are one photo. Throws MediaError and FacesError, each of this photo alone where
 * `photoProblem` knows them.
 */
export async function importPhoto(
  deps: ImportDeps,
  recorder: Recorder,
  collection: Collection,
  bytes: Buffer,
  note: (tx: Tx, imported: Imported) => Promise<void>,
): Promise<Imported> {
  const hash = sha256Hex(bytes);
  const twin = await findPhoto(deps.db, collection.id, hash);
  if (twin) {
    const imported = { outcome: "duplicate", media: twin } as const;
    await deps.db.write(async (tx) => note(tx, imported));
    return imported;
  }
  const engine = await deps.engines(collection.pack);
  const choice = await deps.recogniser.choose(collection);
  const analysis = await engine.analyse({ bytes }, { embed: choice, use: "scan" });
  try {
    await deps.blobs.put(bytes);
    const imported = await deps.recogniser.settle<Imported>(
      collection,
      { faces: analysis.faces, choice },
      async (tx, scannedVersion) => {
        const raced = await findPhoto(tx, collection.id, hash);
        if (raced) {
          const value = { outcome: "duplicate", media: raced } as const;
          await note(tx, value);
          return { value, faces: [] };
        }
        const { id, faces } = await insertMedia(tx, recorder, collection.id, {
          ...analysis,
          sha256: hash,
          bytes: bytes.length,
          analysedWith: analysisKey(collection.pack),
          scannedVersion,
        });
        const value = { outcome: "added", media: id } as const;
        await note(tx, value);
        return { value, faces };
      },
    );
    // Whoever removed the last other photo of these bytes meanwhile has taken the file with it.
    await deps.blobs.put(bytes);
    return imported;
  } finally {
    wipe(...analysis.faces.map(({ embedding }) => embedding));
  }
}
