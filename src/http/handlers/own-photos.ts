import { z } from "zod";
import { findCollection } from "../../collections/collections.ts";
import { enrolPhoto } from "../../collections/enrol-photo.ts";
import type { ownPhotoRoutes } from "../../contract/own-photos.ts";
import { object } from "../../rights/objections.ts";
import {
  checkOwn,
  listOwnPhotos,
  type OwnSighting,
  ownPhoto,
  ownThumbnail,
  packOwnPhotos,
} from "../../rights/own-photos.ts";
import { videosShowing } from "../../rights/shown.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";
import { handOut, inTurn } from "../outgoing.ts";
import { problemsOf } from "./faces.ts";

const sightingsKey = z.object({ takenAt: z.string().nullable(), seq: z.number(), id: z.string() });

export const ownPhotoHandlers: Handlers<typeof ownPhotoRoutes> = {
  enrolPhoto: async (app, { params, body, files, recorder }) => {
    const collection = await findCollection(app.db, params.collection);
    const shown = { subject: params.subject, bytes: files.photo, source: body.source };
    const result = await enrolPhoto(app, recorder, collection, shown);
    if (result.kind === "enrolled") return { outcome: "enrolled", grant: result.grant };
    return { outcome: "refused", problems: problemsOf(result.problems) };
  },
  listOwnPhotos: async (app, { params, query, recorder }) => {
    const { collection, subject } = params;
    const after = readCursor(query.cursor, sightingsKey);
    const page = { collection, subject, after, limit: query.limit + 1 };
    const rows = await listOwnPhotos(app.db, recorder, page);
    const { length: videos } = await videosShowing(app.db, { collection, subjects: [subject] });
    return { ...pageOf(rows, query.limit, { key: ({ key }) => key, item: ownPhotoOf }), videos };
  },
  getOwnThumbnail: async (app, { params, signal }) => {
    const content = await inTurn(signal, async () => ownThumbnail(app, params));
    return { content, name: "thumbnail.jpg" };
  },
  downloadOwnPhoto: async (app, { params, recorder }) => ({
    content: await ownPhoto(app, recorder, params),
    name: "photo.jpg",
  }),
  downloadOwnPhotos: async (app, { params, recorder, signal }) =>
    handOut(app, "photos.zip", signal, async (to) =>
      packOwnPhotos(app, recorder, { ...params, to }, signal),
    ),
  holdBack: async (app, { params, body, recorder }) => {
    await checkOwn(app.db, params);
    const { subject, sighting } = params;
    const target = { kind: "sighting", id: sighting } as const;
    const id = await object(app.db, recorder, { target, subject, reason: body.reason ?? null });
    return { id };
  },
};

function ownPhotoOf(one: OwnSighting) {
  const { id, media: photo, face, track, seconds, verdict, state, takenAt, heldBack } = one;
  return { id, photo, face, box: one.place.box, track, seconds, verdict, state, takenAt, heldBack };
}
