import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../src/app.ts";
import {
  type CollectionId,
  type DeliveryId,
  type FaceId,
  type MediaId,
  newId,
  type SightingId,
  type SubjectId,
} from "../src/base/ids.ts";
import { decode } from "../src/media/decode.ts";
import type { Picture } from "../src/media/picture.ts";
import { askForDelivery, readDelivery } from "../src/rights/deliveries.ts";
import { fakePicture } from "./fake-engine.ts";
import { filmFrames } from "./videos.ts";

/** A person in a made video, who fills its pictures from when to when. */
export interface MadeTrack {
  readonly subject: SubjectId;
  readonly from: number;
  readonly to: number;
}

/** Frames a second of made videos. */
const RATE = 8;

/** A video in which each second shows one of these people (`p0` to `p215`), large. */
export async function stripeVideo(seconds: readonly string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "assent-stripes-"));
  try {
    const path = join(folder, "video.mp4");
    const pictures: Picture[] = [];
    for (const person of seconds) {
      pictures.push(await decode({ bytes: await fakePicture([person]) }));
    }
    const frames = pictures.flatMap((picture, second) =>
      Array.from({ length: RATE }, (_, index) => ({ at: second + index / RATE, picture })),
    );
    await filmFrames(path, frames, { beeps: [0.5] });
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts a video with these tracks into a collection, as if it had been imported and compared. */
export async function addVideo(
  app: App,
  collection: CollectionId,
  bytes: Buffer,
  tracks: readonly MadeTrack[],
): Promise<{ readonly video: MediaId; readonly sightings: readonly SightingId[] }> {
  const sha256 = await app.blobs.put(bytes);
  const video = newId("med");
  const sightings: SightingId[] = [];
  await app.db.write(async (tx) => {
    const newest = await tx.read
      .selectFrom("media")
      .select((select) => select.fn.max("seq").as("seq"))
      .where("collection_id", "=", collection)
      .executeTakeFirstOrThrow();
    const media = {
      id: video,
      seq: (newest.seq ?? 0) + 1,
      collection_id: collection,
      sha256,
      kind: "video" as const,
      format: "mp4",
      bytes: bytes.length,
      width: 64,
      height: 64,
    };
    const rest = {
      duration_ms: 1000 * Math.max(1, ...tracks.map(({ to }) => to)),
      taken_at: null,
      imported_at: app.clock.now(),
      analysed_with: "recommended/1",
      scanned_version: 1_000_000,
      problem: null,
    };
    await tx.write
      .insertInto("media")
      .values({ ...media, ...rest })
      .execute();
    for (const [position, track] of tracks.entries()) {
      const face = newId("fac");
      await tx.write
        .insertInto("faces")
        .values(trackRow(face, video, position, track))
        .execute();
      const sighting = newId("sig");
      sightings.push(sighting);
      await tx.write
        .insertInto("sightings")
        .values({
          id: sighting,
          collection_id: collection,
          face_id: face,
          subject_id: track.subject,
          pack: "recommended",
          verdict: "match",
          score: 0.8,
          state: "proposed",
          proposed_at: app.clock.now(),
          decided_at: null,
        })
        .execute();
    }
  });
  return { video, sightings };
}

function trackRow(id: FaceId, media_id: MediaId, position: number, { from, to }: MadeTrack) {
  const box = { x: 0.1, y: 0.1, width: 0.8, height: 0.8 };
  const point = { x: box.x + box.width / 2, y: 0.5 };
  const place = { box, landmarks: [point, point, point, point, point], outline: null, score: 0.99 };
  return {
    id,
    media_id,
    position,
    place: JSON.stringify(place),
    width_pixels: 51,
    problems: "[]",
    from_ms: from * 1000,
    to_ms: to * 1000,
    best_ms: Math.round((from + to) * 500),
    path: JSON.stringify([[from * 1000, box.x, box.y, box.width, box.height]]),
    kept: "[]",
  };
}

let clip: Promise<Buffer> | null = null;

/** Adds a second of `p5` alone, seen as this person. */
export async function addClip(app: App, collection: CollectionId, subject: SubjectId) {
  clip ??= stripeVideo(["p5"]);
  const track = { subject, from: 0, to: 1 };
  // A clip of the same bytes can't be there twice.
  const salt = Buffer.from(`....free${newId("med")}`);
  salt.writeUInt32BE(salt.length, 0);
  const salted = Buffer.concat([await clip, salt]);
  const { video, sightings } = await addVideo(app, collection, salted, [track]);
  const [videosighting] = sightings;
  if (!videosighting) throw new Error("the clip has a track");
  return { video, videosighting };
}

/** Has a copy of a video made, or of all they are in; the runner need not run. */
export async function askForCopy(
  app: App,
  collection: CollectionId,
  of: { readonly subject: SubjectId; readonly video: MediaId | null },
): Promise<DeliveryId> {
  const asked = { collection, subjects: [of.subject], video: of.video };
  return (await askForDelivery(app.db, app.recorder, asked)).delivery;
}

/** Waits until a delivery is made. */
export async function waitForCopy(
  app: App,
  collection: CollectionId,
  delivery: DeliveryId,
): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    await app.runner.drain();
    if ((await readDelivery(app.db, app.clock, collection, delivery)).madeAt !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const jobs = await app.db.read
    .selectFrom("jobs")
    .select(["kind", "state", "error_code"])
    .execute();
  throw new Error(`The copy is not made: ${JSON.stringify(jobs)}`);
}
