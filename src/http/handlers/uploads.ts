import { z } from "zod";
import type { Instant } from "../../base/clock.ts";
import type { ImportId } from "../../base/ids.ts";
import { checkOpen, findCollection } from "../../collections/collections.ts";
import { askForImport } from "../../collections/import-job.ts";
import { pageOfRefused } from "../../collections/refused-files.ts";
import { findUpload, pageOfUploads, type Upload } from "../../collections/uploads.ts";
import type { upload, uploadRoutes } from "../../contract/uploads.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";
import { adviceOn } from "../photo-advice.ts";

const refusedKey = z.object({
  import: z.custom<ImportId>((value) => typeof value === "string"),
  path: z.string(),
  startedAt: z.custom<Instant>((value) => Number.isSafeInteger(value)),
});
const uploadsKey = z.object({ createdAt: z.number(), id: z.string() });

export const uploadHandlers: Handlers<typeof uploadRoutes> = {
  listUploads: async (app, { params, query }) => {
    const { id: collection } = await findCollection(app.db, params.collection);
    const after = readCursor(query.cursor, uploadsKey);
    const state = query.state ?? null;
    const page = { collection, state, after, limit: query.limit + 1 };
    return pageOf(await pageOfUploads(app.db, page), query.limit, {
      key: ({ createdAt, id }) => ({ createdAt, id }),
      item: uploadOf,
    });
  },
  getUpload: async (app, { params }) =>
    uploadOf(await findUpload(app.db, params.collection, params.upload)),
  listRefusedFiles: async (app, { params, query }) => {
    const { collection } = params;
    const after = readCursor(query.cursor, refusedKey);
    const rows = await pageOfRefused(app.db, { collection, after, limit: query.limit + 1 });
    return pageOf(rows, query.limit, {
      key: ({ import: id, path, startedAt }) => ({ import: id, path, startedAt }),
      item: (one) => ({ ...one, advice: adviceOn(one.reason) }),
    });
  },
  importPlace: async (app, { params, body, recorder }) => {
    const collection = await findCollection(app.db, params.collection);
    checkOpen(collection);
    const { importRoot } = app.config;
    const of = { db: app.db, importRoot };
    return askForImport(of, recorder, collection.id, body.path);
  },
};

function uploadOf(one: Upload): z.input<typeof upload> {
  const { id, name, bytes, state, reason, photo, createdAt } = one;
  return { id, name, bytes, state, reason, advice: adviceOn(reason), photo, createdAt };
}
