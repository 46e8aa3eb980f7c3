import { join } from "node:path";
import type { App } from "../src/app.ts";
import { writeFileDurably } from "../src/base/files.ts";
import type { Collection } from "../src/collections/collections.ts";
import { facesOf } from "../src/collections/media.ts";
import { contactSheet, type SheetEntry } from "../src/media/contact-sheet.ts";
import { decode } from "../src/media/decode.ts";
import type { Mark } from "../src/media/draw.ts";
import { readSubject } from "../src/subjects/subjects.ts";
import type { SampleSet } from "./samples.ts";

/** Longest side of a picture on the sheet. */
const SHEET_PICTURE_SIDE = 640;
/** Pictures on the sheet: what one page shows at a readable size. */
const SHEET_PICTURES_MAX = 60;

/** Draws the contact sheet of all photos with everybody who was found, as `found.jpg`. */
export async function drawFindings(
  app: App,
  collection: Collection,
  samples: SampleSet,
  folder: string,
): Promise<void> {
  const photos = await app.db.read
    .selectFrom("media")
    .innerJoin("media_sources", "media_sources.media_id", "media.id")
    .select(["media.id", "media.sha256", "media_sources.path"])
    .where("media.collection_id", "=", collection.id)
    .orderBy("media_sources.path")
    .limit(Math.min(SHEET_PICTURES_MAX, samples.photos.length))
    .execute();
  const entries: SheetEntry[] = [];
  for (const photo of photos) {
    const source = { file: app.blobs.pathOf(photo.sha256) };
    const picture = await decode(source, { longSideMax: SHEET_PICTURE_SIDE });
    const caption = photo.path.slice(photo.path.lastIndexOf("/") + 1);
    entries.push({ picture, caption, boxes: await marksOf(app, photo.id) });
  }
  await writeFileDurably(join(folder, "found.jpg"), await contactSheet(entries));
}

async function marksOf(app: App, media: Parameters<typeof facesOf>[1]): Promise<readonly Mark[]> {
  const sightings = await app.db.read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .select(["sightings.face_id", "sightings.subject_id", "sightings.verdict"])
    .where("faces.media_id", "=", media)
    .execute();
  const marks: Mark[] = [];
  for (const face of await facesOf(app.db, media)) {
    const seen = sightings.find(({ face_id }) => face_id === face.id);
    const name = seen ? (await readSubject(app.db, app.vault, seen.subject_id)).name : "";
    marks.push({ box: face.box, tone: seen?.verdict ?? "other", label: name });
  }
  return marks;
}
