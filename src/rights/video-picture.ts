import { wipe } from "../base/bytes.ts";
import { type Box, overlap } from "../base/geometry.ts";
import type { CollectionId, FaceId, MediaId } from "../base/ids.ts";
import { findCollection } from "../collections/collections.ts";
import type { Engines } from "../collections/enrol.ts";
import { facesOf } from "../collections/media.ts";
import { tracksOf } from "../collections/tracks.ts";
import { blurFaces } from "../media/blur.ts";
import { encodeJpeg } from "../media/encode.ts";
import { MediaError } from "../media/errors.ts";
import type { Picture } from "../media/picture.ts";
import { openVideo } from "../media/video.ts";
import type { Blobs } from "../storage/blobs.ts";
import { StorageError } from "../storage/errors.ts";
import type { Db } from "../storage/db.ts";
import { facesIn } from "./video-look.ts";

/** What pictures of videos are made of. */
export interface VideoPictureDeps {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly engines: Engines;
}

const QUALITY = 80;

/** Seconds a track may begin later, or end earlier, than its face is in view. */
const AROUND_SECONDS = 1;

/**
 * A frame of a video as a small JPEG for staff. Faces that are withheld are covered: every face of
 * the frame that one of their tracks may be. Throws StorageError blob_missing, MediaError.
 */
export async function frameForStaff(
  deps: VideoPictureDeps,
  frame: VideoFrameAsked,
  withheld: ReadonlySet<FaceId>,
): Promise<Buffer> {
  const at = frame.at ?? (await bestMoment(deps.db, frame.media));
  const picture = await frameAt(deps.blobs, frame, at);
  if (withheld.size === 0) return encodeJpeg(picture, QUALITY);
  const tracks = await tracksOf(deps.db, frame.media);
  const isNear = [...withheld].some((face) => {
    const track = tracks.get(face);
    return track && at >= track.from - AROUND_SECONDS && at <= track.to + AROUND_SECONDS;
  });
  // Which of the faces it is can't be told from a moment alone.
  return isNear ? covered(deps, frame, picture, null) : encodeJpeg(picture, QUALITY);
}

/** The moment of a track as a small JPEG for whose face it is: every other face is covered. */
export async function frameForPerson(
  deps: VideoPictureDeps,
  frame: VideoFrameAsked & { readonly face: FaceId },
): Promise<Buffer> {
  const face = (await facesOf(deps.db, frame.media)).find(({ id }) => id === frame.face);
  const track = (await tracksOf(deps.db, frame.media)).get(frame.face);
  if (!face || !track) throw new MediaError("missing");
  return covered(deps, frame, await frameAt(deps.blobs, frame, track.at), face.box);
}

/** Which frame, and how large: its longest side at most. */
export interface VideoFrameAsked {
  readonly collection: CollectionId;
  readonly media: MediaId;
  readonly sha256: string;
  readonly at?: number | null;
  readonly longSideMax: number;
}

/** Covers every face of a picture but the one at this place. */
async function covered(
  { db, engines }: VideoPictureDeps,
  { collection }: VideoFrameAsked,
  picture: Picture,
  but: Box | null,
): Promise<Buffer> {
  const engine = await engines((await findCollection(db, collection)).pack);
  const faces = await facesIn(engine, picture, { embed: false });
  const others = faces.filter(({ box }) => but === null || overlap(box, but) < SAME_OVERLAP);
  const blurred = blurFaces(
    picture,
    others.map(({ box }) => box),
  );
  wipe(picture.data);
  return encodeJpeg(blurred, QUALITY);
}

const SAME_OVERLAP = 0.3;

/** When a face is seen best, or the beginning where nobody is seen. */
async function bestMoment(db: Db, media: MediaId): Promise<number> {
  const [first] = [...(await tracksOf(db, media)).values()].toSorted((a, b) => a.at - b.at);
  return first?.at ?? 0;
}

async function frameAt(
  blobs: Blobs,
  { sha256, longSideMax }: VideoFrameAsked,
  at: number,
): Promise<Picture> {
  await using video = await openVideo(blobs.pathOf(sha256)).catch((error: unknown) => {
    if (!(error instanceof MediaError && error.code === "missing")) throw error;
    throw new StorageError("blob_missing", "A stored video is missing. Restore it from a backup.");
  });
  const times = {
    kind: "times",
    seconds: [Math.min(at, Math.max(0, video.seconds - 0.1))],
  } as const;
  for await (const { picture } of video.frames({ sampling: times, longSideMax })) return picture;
  throw new MediaError("corrupt");
}
