import type { MediaId } from "../base/ids.ts";
import { photoProblem } from "../faces/errors.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { readSource } from "../media/source.ts";
import type { Collection } from "./collections.ts";
import type { ImportDeps } from "./import.ts";
import { importPhoto } from "./import-photo.ts";
import { addSource } from "./media.ts";

/** What came of a file that somebody waits for. */
export type GivenResult =
  | { readonly outcome: "added" | "duplicate"; readonly media: MediaId }
  | { readonly outcome: "refused"; readonly reason: string };

/** Imports one file as it is given, with its sender's name for it as its source. */
export async function importGiven(
  deps: ImportDeps,
  recorder: Recorder,
  collection: Collection,
  file: { readonly path: string; readonly name: string },
): Promise<GivenResult> {
  try {
    const bytes = await readSource({ file: file.path }, { links: "refuse" });
    return await importPhoto(deps, recorder, collection, bytes, async (tx, { media }) =>
      addSource(tx, media, file.name),
    );
  } catch (error) {
    const reason = photoProblem(error);
    if (reason !== null) return { outcome: "refused", reason };
    throw error;
  }
}
