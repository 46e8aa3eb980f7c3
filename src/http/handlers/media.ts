import { availableParallelism } from "node:os";
import { z } from "zod";
import type { Principal } from "../../accounts/principal.ts";
import type { App } from "../../app.ts";
import { checkOpen, findCollection } from "../../collections/collections.ts";
import { importGiven } from "../../collections/import-given.ts";
import type { mediaRoutes, photo, viewedPhoto } from "../../contract/media.ts";
import { object } from "../../rights/objections.ts";
import { findOriginal, findOriginalVideo, renderThumbnail } from "../../rights/photo-bytes.ts";
import { countPhotos, type ListedPhoto, pageOfPhotos } from "../../rights/photo-list.ts";
import {
  showablePhoto,
  type ViewedFace,
  viewPhoto,
  withheldFaces,
} from "../../rights/photo-view.ts";
import { RightsError } from "../../rights/errors.ts";
import { removePhoto } from "../../rights/remove-photo.ts";
import { pageOf, readCursor } from "../cursors.ts";
import { etagOf } from "../etag.ts";
import { Gate } from "../gate.ts";
import type { Handlers } from "../handler.ts";
import { QUEUE_MS_MAX } from "../limits.ts";
import { adviceOn } from "../photo-advice.ts";
import { RecentPictures } from "../recent-pictures.ts";
import { nameFor } from "./names.ts";

const photosKey = z.object({ takenAt: z.string().nullable(), seq: z.number() });

/**
 * A grid asks for all of its tiles at once, and waits; each is made in a fraction of a second. Half
 * of the machine is left to everything else: on one with two cores that may be the browser itself.
 */
const pictures = new Gate({
  slots: Math.max(1, Math.floor(availableParallelism() / 2)),
  queue: 400,
  waitMsMax: 2 * QUEUE_MS_MAX,
});
const thumbnails = new RecentPictures();

export const mediaHandlers: Handlers<typeof mediaRoutes> = {
  importPhotos: async (app, { params, spooled, recorder, signal }) => {
    const collection = await findCollection(app.db, params.collection);
    checkOpen(collection);
    const files = [];
    for (const file of spooled) {
      signal.throwIfAborted();
      const given = await importGiven(app.importDeps, recorder, collection, file);
      const { name } = file;
      if (given.outcome === "refused") {
        const { outcome, reason } = given;
        files.push({ name, outcome, reason, advice: adviceOn(reason) ?? reason });
      } else {
        const outcome = given.outcome === "added" ? ("added" as const) : ("known" as const);
        files.push({ name, outcome, photo: given.media });
      }
    }
    return { files };
  },
  listPhotos: async (app, { params, query, recorder, telling }) => {
    const { id: collection } = await findCollection(app.db, params.collection);
    const after = readCursor(query.cursor, photosKey);
    if (query.subject !== undefined) telling();
    const list = {
      collection,
      order: query.order,
      pending: query.pending === "yes",
      problem: query.problem === "yes",
      kind: query.kind ?? null,
      subject: query.subject ?? null,
    };
    const from = after === null ? (query.from ?? 0) : 0;
    const page = { ...list, after, from, limit: query.limit + 1 };
    const rows = await pageOfPhotos(app.db, recorder, page);
    const total = query.from === undefined ? null : await countPhotos(app.db, list);
    const shown = pageOf(rows, query.limit, {
      key: ({ takenAt, seq }) => ({ takenAt, seq }),
      item: photoOf,
    });
    return { ...shown, total };
  },
  getPhoto: async (app, { params, principal, recorder, telling }) => {
    telling();
    const viewed = await viewPhoto(app.db, recorder, params);
    const people: FaceOf[] = [];
    for (const face of viewed.viewed) people.push(await faceOf(app, principal, face));
    return { ...photoOf(viewed), people };
  },
  getThumbnail: async (app, { params, query, signal }) => {
    const found = await showablePhoto(app.db, params, query.objection ?? null);
    const { size, at } = query;
    const etag = await tagOf(app, found, `${size} ${at ?? ""}`);
    return {
      name: `${found.id}-${size}.jpg`,
      etag,
      content: async () => {
        const kept = thumbnails.get(etag);
        if (kept) return kept;
        using place = pictures.enter();
        await place.turn(signal);
        const { collection } = params;
        const made = await renderThumbnail(app, found, { collection, size, at });
        thumbnails.keep(etag, made);
        return made;
      },
    };
  },
  getOriginal: async (app, { params, query, signal }) => {
    const found = await showablePhoto(app.db, params, query.objection ?? null);
    if (found.kind === "video") {
      const { file, type, suffix } = await findOriginalVideo(app, found);
      return { name: `${found.id}${suffix}`, type, content: { file } };
    }
    const { format, open } = await findOriginal(app, found);
    return {
      name: `${found.id}.${format === "jpeg" ? "jpg" : format}`,
      etag: await tagOf(app, found, "original"),
      type: `image/${format}`,
      content: async () => {
        using place = pictures.enter();
        await place.turn(signal);
        return await open();
      },
    };
  },
  objectToPhoto: async (app, { params, body, recorder }) => {
    await showableOrWithheld(app, params);
    const face = body.face === undefined ? null : await faceIn(app, params, body.face);
    const target =
      face === null
        ? ({ kind: "photo", id: params.photo } as const)
        : ({ kind: "face", id: face } as const);
    const reason = body.reason ?? null;
    return { objection: await object(app.db, recorder, { target, subject: null, reason }) };
  },
  removePhoto: async (app, { params, recorder }) => {
    await removePhoto(app, recorder, params);
    return { done: true };
  },
};

type Params = Parameters<typeof viewPhoto>[2];
type FaceOf = z.input<typeof viewedPhoto>["people"][number];

async function showableOrWithheld(app: App, { collection, photo: id }: Params): Promise<void> {
  const row = await app.db.read
    .selectFrom("media")
    .select("id")
    .where("id", "=", id)
    .where("collection_id", "=", collection)
    .executeTakeFirst();
  if (!row) throw new RightsError("photo_unknown", "No photo has this id.");
}

async function faceIn(app: App, { photo: id }: Params, face: ViewedFace["id"]) {
  const row = await app.db.read
    .selectFrom("faces")
    .select("id")
    .where("id", "=", face)
    .where("media_id", "=", id)
    .executeTakeFirst();
  if (row) return row.id;
  throw new RightsError("face_unknown", "No face of this photo has this id.");
}

/** The same bytes and the same faces hidden: the same picture. */
async function tagOf(app: App, { id, sha256 }: ListedPhoto, size: string): Promise<string> {
  const hidden = [...(await withheldFaces(app.db, id))].sort();
  return etagOf([sha256, size, ...hidden].join(" "));
}

function photoOf(one: ListedPhoto): z.input<typeof photo> {
  const { id, kind, seconds, format, bytes, width, height, takenAt, importedAt, faces } = one;
  const { pending, problem, withheld } = one;
  const size = { kind, seconds, format, bytes, width, height, takenAt, importedAt, faces };
  return { id, ...size, pending, problem, withheld, sources: [...one.sources] };
}

async function faceOf(app: App, principal: Principal, face: ViewedFace): Promise<FaceOf> {
  const named = [];
  for (const { sighting, subject, verdict, state, score } of face.people) {
    const name = await nameFor(app, principal, subject);
    named.push({ sighting, subject, name, verdict, state, score });
  }
  const { id, box, track, widthPixels, problems, withheld } = face;
  return { face: id, box, track, widthPixels, problems: [...problems], withheld, named };
}
