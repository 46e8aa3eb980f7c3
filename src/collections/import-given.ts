import type { MediaId } from "../base/ids.ts";
import { photoProblem } from "../faces/errors.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { incomingFile } from "../media/incoming.ts";
import type { Collection } from "./collections.ts";
import type { ImportDeps } from "./import.ts";
import { importMedia } from "./import-media.ts";
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
    const opened = incomingFile(file.path, { links: "refuse" });
    return await importMedia(deps, recorder, collection, opened, async (tx, { media }) =>
      addSource(tx, media, file.name),
    );
  } catch (error) {
    const reason = photoProblem(error);
    if (reason !== null) return { outcome: "refused", reason };
    throw error;
  }
}
