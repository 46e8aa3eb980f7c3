import { z } from "zod";
import { defineRoute, RENDERED, READERS, STAFF } from "./contract.ts";
import {
  box,
  done,
  faceId,
  instant,
  mediaId,
  objectionId,
  page,
  pageQuery,
  sightingId,
  subjectId,
  text,
} from "./fields.ts";
import { track } from "./timelines.ts";

/** Photos in one form: what a person drags onto a page. More are sent in parts, one by one. */
export const FORM_PHOTOS_MAX = 50;
const REASON_LENGTH_MAX = 2000;
/** Beyond the photos that one collection holds. */
const PLACE_MAX = 100_000_000;

const yes = z.enum(["yes"]).optional();

const photoFields = {
  id: mediaId,
  kind: z.enum(["photo", "video"]),
  seconds: z.number().nullable().meta({ description: "How long a video is." }),
  format: z.string(),
  bytes: z.int(),
  width: z.int().meta({ description: "Pixels of the upright photo." }),
  height: z.int(),
  takenAt: z.string().nullable().meta({ description: "Local time of the camera, if it says." }),
  importedAt: instant,
  faces: z.int().meta({ description: "How many were found." }),
  pending: z.boolean().meta({ description: "Whether it is still to be compared with somebody." }),
  problem: z.string().nullable().meta({ description: "Why it could not be compared: a code." }),
  withheld: z.boolean().meta({ description: "Somebody objects to it: it is shown to nobody." }),
  sources: z.array(z.string()).meta({ description: "Names or paths that it came by." }),
};

export const photo = z.object(photoFields).meta({ id: "Photo" });

export const viewedPhoto = z
  .object({
    ...photoFields,
    people: z.array(
      z.object({
        face: faceId,
        box,
        track: track.nullable().meta({ description: "When, in a video." }),
        widthPixels: z.int(),
        problems: z.array(z.string()),
        withheld: z.boolean(),
        named: z
          .array(
            z.object({
              sighting: sightingId,
              subject: subjectId,
              name: z.string().nullable().meta({ description: "Null for auditors and keys." }),
              verdict: z.enum(["match", "uncertain"]),
              state: z.enum(["proposed", "confirmed", "rejected"]),
              score: z.number(),
            }),
          )
          .meta({ description: "Who it is taken for; only people whose consent is in force." }),
      }),
    ),
  })
  .meta({ id: "ViewedPhoto" });

/** What came of one file of a form. */
const given = z.discriminatedUnion("outcome", [
  z.object({ name: z.string(), outcome: z.enum(["added", "known"]), photo: mediaId }),
  z.object({
    name: z.string(),
    outcome: z.literal("refused"),
    reason: z.string(),
    advice: z.string().meta({ description: "What to do about it." }),
  }),
]);

const decides = z.object({
  objection: objectionId.optional().meta({
    description: "The open objection that is decided on, to see what it is about.",
  }),
});

export const mediaRoutes = {
  importPhotos: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/media",
    summary: "Import a few photos at once; each is answered by itself. For many, see uploads.",
    access: { who: STAFF, scope: "import" },
    files: ["photos"],
    filesMax: FORM_PHOTOS_MAX,
    response: z.object({ files: z.array(given) }),
    status: 200,
    errors: ["collection_closed", "disk_full"],
    work: "photo",
    example: {
      as: "key",
      files: { photos: "group.jpg" },
      keeps: { photo: "files.0.photo" },
    },
  }),
  listPhotos: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/media",
    summary: "The photos of a collection. Asked for by a person, it is recorded.",
    access: { who: READERS, scope: "read" },
    query: z.object({
      ...pageQuery,
      order: z.enum(["newest", "date"]).default("newest").meta({
        description: "As they were imported, or by the camera's date, oldest first.",
      }),
      pending: yes.meta({ description: "Only those that wait for a comparison." }),
      problem: yes.meta({ description: "Only those that could not be compared." }),
      kind: z.enum(["photo", "video"]).optional(),
      subject: subjectId.optional().meta({ description: "Only those that show this person." }),
      from: z.coerce.number<string>().int().min(0).max(PLACE_MAX).optional().meta({
        description: "The place in the list to begin at, in place of a cursor; 0 is the first.",
      }),
    }),
    response: page(photo).extend({
      total: z
        .int()
        .nullable()
        .meta({ description: "How many the list has in all; null unless `from` is given." }),
    }),
    status: 200,
    errors: ["cursor_invalid", "subject_unknown", "no_live_grant"],
    example: { as: "staff", query: { order: "newest", limit: "20" } },
  }),
  getPhoto: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/media/:photo",
    summary: "A photo, its faces and who they are taken for. It is recorded for who is named.",
    access: { who: READERS, scope: "read" },
    response: viewedPhoto,
    status: 200,
    errors: ["photo_unknown"],
    example: { as: "staff" },
  }),
  getThumbnail: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/media/:photo/thumbnail",
    summary: "A small picture: small, medium or large (256, 640, 1600 pixels).",
    access: { who: READERS, scope: "read" },
    query: z.object({
      size: z.enum(["small", "medium", "large"]).default("small"),
      at: z
        .string()
        .regex(/^\d{1,5}(\.\d{1,6})?$/u)
        .pipe(z.coerce.number<string>())
        .optional()
        .meta({
          description: "Of a video: at which second. Nothing said: where a face is seen best.",
        }),
      ...decides.shape,
    }),
    response: z.unknown(),
    produces: "image/jpeg",
    status: 200,
    errors: ["photo_unknown", "photo_withheld", ...RENDERED],
    example: { as: "staff", query: { size: "medium" } },
  }),
  getOriginal: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/media/:photo/original",
    summary:
      "A photo as it was taken in; a face that somebody objects to is blurred. Of a video any range " +
      "of bytes; one with such a face is not given.",
    access: { who: STAFF, scope: "read" },
    query: decides,
    response: z.unknown(),
    produces: "application/octet-stream",
    status: 200,
    errors: ["photo_unknown", "photo_withheld", "range_unsatisfiable", ...RENDERED],
    example: { as: "owner" },
  }),
  objectToPhoto: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/media/:photo/objection",
    summary:
      "Hold a photo, or a face in it, back for somebody who objects, until it is decided on.",
    access: { who: STAFF, scope: "people" },
    body: z.object({
      face: faceId.optional().meta({ description: "Only this face is held back." }),
      reason: text(REASON_LENGTH_MAX).optional(),
    }),
    response: z.object({ objection: objectionId }),
    status: 201,
    errors: ["photo_unknown", "face_unknown", "reason_too_long"],
    example: { as: "staff", body: { reason: "somebody in it asked us" }, turn: 6 },
  }),
  removePhoto: defineRoute({
    method: "DELETE",
    path: "/api/v1/collections/:collection/media/:photo",
    summary: "Remove a photo for good: file, faces, and who was seen in it.",
    access: { who: STAFF, scope: "import" },
    response: done,
    status: 200,
    errors: ["photo_unknown"],
    example: { as: "staff", turn: 6 },
  }),
};
