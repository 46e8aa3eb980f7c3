import { rm } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { CollectionId } from "../base/ids.ts";
import { temporaryName } from "../base/files.ts";
import type { Collection } from "../collections/collections.ts";
import type { Engines } from "../collections/enrol.ts";
import { packManifest, parsePackName } from "../faces/packs.ts";
import { joinSpans, type Span, Timeline, WHOLE } from "../media/video-timeline.ts";
import type { Galleries } from "../search/galleries.ts";
import { rank } from "../search/scan.ts";
import { verdict } from "../search/verdict.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { Delivery } from "./deliver.ts";
import type { Delivery as StoredDelivery } from "./deliveries.ts";
import { RightsError } from "./errors.ts";
import { appearancesIn, type Shown, type ShownVideo } from "./shown.ts";
import { type CopyDeps, type CopyOptions, type CopySummary, writeShownCopy } from "./video-copy.ts";
import type { Appearance } from "./video-plan.ts";

/** What deliveries are made of. */
export interface DeliverDeps {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly engines: Engines;
  readonly galleries: Galleries;
}

/** One video of a delivery. */
interface VideoDelivery {
  readonly collection: Collection;
  readonly delivery: Delivery;
  readonly video: ShownVideo;
  /** Throws where somebody of the delivery consents no more. */
  readonly check: () => Promise<void>;
  /** Takes the written file over. */
  readonly add: (path: string) => Promise<void>;
}

/** Seconds before and after somebody is seen that belong to the moment: a cut on the dot is abrupt. */
const MARGIN_SECONDS = 0.5;

/** The steps of a delivery that a video is. */
export function stepsOf({ seconds }: ShownVideo): number {
  return Math.max(1, Math.ceil(seconds));
}

/** What is left of a video where only the moments of some people are: in order, and apart. */
export function momentsOf(
  people: readonly (readonly Appearance[])[],
  seconds: number,
): readonly Span[] {
  return joinSpans(
    people.flat().map(({ from, to }) => ({
      from: Math.max(0, from - MARGIN_SECONDS),
      to: Math.min(seconds, to + MARGIN_SECONDS),
    })),
  );
}

/** What is left of one video where only the moments of some people are asked for. */
export async function spansShowing(
  db: Reader,
  shown: Shown,
  { media, seconds }: ShownVideo,
): Promise<readonly Span[]> {
  return momentsOf((await appearancesIn(db, shown, media)).people, seconds);
}

/**
 * When each appearance begins in a video, and where that is in its copy; both in seconds. One that
 * was found since the copy was asked for is not in it.
 */
export async function momentsInCopy(
  db: Reader,
  collection: CollectionId,
  { subjects, video, spans }: Pick<StoredDelivery, "subjects" | "video" | "spans">,
): Promise<readonly { readonly from: number; readonly at: number }[]> {
  if (video === null) return [];
  const { people } = await appearancesIn(db, { collection, subjects }, video);
  const timeline = new Timeline(spans ?? WHOLE);
  return people.flat().flatMap(({ from }) => {
    const at = timeline.place(from);
    return at === null ? [] : [{ from, at }];
  });
}

/**
 * Adds a copy of a video to a delivery; it is made anew where somebody says meanwhile that a face
 * is not to be shown. Null where nobody is left to be shown in it, or it can't be
 * covered; of a video that was asked for alone the latter is thrown: RightsError video_not_coverable.
 */
export async function deliverVideo(
  deps: DeliverDeps,
  copy: VideoDelivery,
  options: CopyOptions,
): Promise<CopySummary | null> {
  const { collection, delivery, video } = copy;
  await copy.check();
  const shown = { collection: collection.id, subjects: delivery.subjects };
  const { people, withheld } = await appearancesIn(deps.db, shown, video.media);
  if (people.flat().length === 0) return null;
  await deps.blobs.verify(video.sha256);
  const to = temporaryName(delivery.to);
  try {
    const made = await writeShownCopy(
      await copyDeps(deps, copy),
      {
        from: deps.blobs.pathOf(video.sha256),
        to,
        people,
        withheld,
        spans: spansOf(copy, people),
        sound: delivery.sound ?? "keep",
      },
      options,
    );
    await copy.check();
    const now = await appearancesIn(deps.db, shown, video.media);
    // Objected to, not theirs or removed since it was begun: it would be shown uncovered.
    const isLess = now.people.flat().length === 0 || isMore(now.withheld, withheld);
    if (isLess) return await deliverVideo(deps, copy, options);
    if (made) await copy.add(to);
    return made;
  } catch (error) {
    const left = error instanceof RightsError && error.code === "video_not_coverable";
    if (left && (delivery.video ?? null) === null) return null;
    throw error;
  } finally {
    await rm(to, { force: true });
  }
}

function isMore(now: readonly Appearance[], before: readonly Appearance[]): boolean {
  return now.some((one) => !before.some((known) => isDeepStrictEqual(known, one)));
}

function spansOf(
  { delivery, video }: VideoDelivery,
  people: readonly (readonly Appearance[])[],
): readonly Span[] | null {
  if (delivery.videos !== "intervals") return null;
  return delivery.spans ?? momentsOf(people, video.seconds);
}

/** The engine of the collection's pack, and its gallery as it is now. */
async function copyDeps(
  { engines, galleries }: DeliverDeps,
  { collection, delivery }: VideoDelivery,
): Promise<CopyDeps> {
  const current = await galleries.current(collection.id);
  const { thresholds } = packManifest(parsePackName(current.collection.pack));
  const shown = new Set<string>(delivery.subjects);
  return {
    engine: await engines(current.collection.pack),
    isKnown: (embedding) => {
      const [candidates = []] = rank(current, [embedding]);
      const found = verdict(candidates, thresholds);
      return found.kind !== "none" && !shown.has(found.best.subject);
    },
  };
}
