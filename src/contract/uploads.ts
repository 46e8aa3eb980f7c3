import { z } from "zod";
import { defineRoute, READERS } from "./contract.ts";
import { instant, mediaId, page, pageQuery, text, uploadId } from "./fields.ts";

const PATH_LENGTH_MAX = 1000;

const states = z.enum(["receiving", "received", "added", "known", "unpacked", "refused"]);

export const upload = z
  .object({
    id: uploadId,
    name: z.string(),
    bytes: z.int(),
    state: states.meta({
      description:
        "received: whole, its import is queued. known: the collection had these bytes. " +
        "unpacked: an archive, its photos are in.",
    }),
    reason: z.string().nullable().meta({ description: "Why it was refused: a code." }),
    advice: z.string().nullable().meta({ description: "What to do about it." }),
    photo: mediaId.nullable(),
    createdAt: instant,
  })
  .meta({ id: "Upload" });

export const refusedFile = z
  .object({
    import: z.string(),
    path: z.string().meta({ description: "Within its folder or archive." }),
    reason: z.string().meta({ description: "Why it was refused: a code." }),
    advice: z.string().nullable().meta({ description: "What to do about it." }),
    startedAt: instant.meta({ description: "When its import was asked for." }),
  })
  .meta({ id: "RefusedFile" });

/**
 * What becomes of files that are sent in parts. They are sent by tus 1.0 (tus.io) to
 * `POST /api/v1/collections/:collection/uploads`, with `filename` as the only metadata.
 */
export const uploadRoutes = {
  listUploads: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/uploads",
    summary: "Files sent in parts (tus 1.0, POST and PATCH here), the newest first.",
    access: { who: READERS, scope: "import" },
    query: z.object({ ...pageQuery, state: states.optional() }),
    response: page(upload),
    status: 200,
    errors: ["cursor_invalid"],
    example: { as: "staff" },
  }),
  getUpload: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/uploads/:upload",
    summary: "What became of a file that was sent in parts.",
    access: { who: READERS, scope: "import" },
    response: upload,
    status: 200,
    errors: ["upload_unknown"],
    example: { as: "staff" },
  }),
  listRefusedFiles: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/imports/refused",
    summary: "Files of folders and archives that imports could not take, the newest import first.",
    access: { who: READERS, scope: "import" },
    query: z.object(pageQuery),
    response: page(refusedFile),
    status: 200,
    errors: ["cursor_invalid"],
    example: { as: "staff" },
  }),
  importPlace: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/imports",
    summary: "Import a folder or a ZIP archive of the server, below its ASSENT_IMPORT_ROOT.",
    access: { who: ["owner"], scope: null },
    body: z.object({
      path: text(PATH_LENGTH_MAX).meta({ description: "Below the root, with forward slashes." }),
    }),
    response: z.object({
      import: z.string(),
      job: z.string().meta({ description: "The job that does it, and tells how far it is." }),
    }),
    status: 202,
    errors: ["import_root_missing", "folder_unreadable", "collection_closed"],
    example: { as: "owner", body: { path: "." } },
  }),
};
