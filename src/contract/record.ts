import { z } from "zod";
import {
  box,
  collectionId,
  consentId,
  eventId,
  faceId,
  grantId,
  mediaId,
  messageId,
  noticeId,
  objectionId,
  searchId,
  sightingId,
  subjectId,
} from "./fields.ts";

const moment = z.iso.datetime();
const named = z.object({ id: collectionId, name: z.string() });

/** A list, the newest first, and whether there was room for all of it. */
function held<Row extends z.ZodType>(row: Row) {
  return z.object({ rows: z.array(row), complete: z.boolean() });
}

const consent = z.object({
  id: consentId,
  recordedAt: moment,
  byGuardian: z.boolean(),
  uses: z.array(z.string()),
  notice: z.object({
    id: noticeId,
    version: z.int(),
    language: z.string(),
    hash: z.string(),
  }),
  evidence: z
    .record(z.string(), z.json())
    .nullable()
    .meta({ description: "What was said and how; null once it was deleted." }),
  receiptHash: z.string().nullable(),
  receipt: z.string().nullable(),
});

/** Everything held about a person, but for the vectors of their templates. */
export const record = z
  .object({
    madeAt: moment,
    subject: z.object({
      id: subjectId,
      name: z.string(),
      contact: z.string(),
      knownSince: moment,
    }),
    grants: z.array(
      z.object({
        id: grantId,
        collection: named.extend({ purpose: z.string(), contact: z.string() }),
        state: z.string(),
        uses: z.array(z.string()),
        from: moment,
        until: moment,
        endedAt: moment.nullable(),
        consents: z.array(consent),
      }),
    ),
    templates: z.array(
      z.object({ grant: grantId, collection: named, pack: z.string(), madeAt: moment }),
    ),
    enrolmentPhotos: z.array(z.object({ grant: grantId, keptAt: moment })),
    sightings: held(
      z.object({
        id: sightingId,
        collection: named,
        photo: mediaId,
        face: faceId,
        takenAt: z.string().nullable(),
        box,
        verdict: z.string(),
        state: z.string(),
        seenAt: moment,
        decidedAt: moment.nullable(),
      }),
    ),
    searches: held(
      z.object({
        id: searchId,
        collection: named,
        account: z.string(),
        purpose: z.string(),
        startedAt: moment,
        recordedAt: moment,
        returned: z.string().nullable(),
        entry: z.int().nullable(),
        keptUntil: moment.nullable(),
        recordedAs: z.object({ id: eventId, leafIndex: z.int() }).nullable(),
      }),
    ),
    handedOut: z.array(
      z.object({
        kind: z.string(),
        at: moment,
        account: z.string(),
        collection: collectionId,
        photos: z.int(),
      }),
    ),
    objections: z.array(
      z.object({
        id: objectionId,
        collection: named,
        photo: mediaId,
        face: faceId.nullable(),
        reason: z.string().nullable(),
        state: z.string(),
        askedAt: moment,
        decidedAt: moment.nullable(),
      }),
    ),
    messages: held(
      z.object({
        id: messageId,
        collection: named,
        to: z.string(),
        kind: z.string(),
        state: z.string(),
        queuedAt: moment,
        deliveredAt: moment.nullable(),
      }),
    ),
    entries: z.array(
      z.object({
        number: z.int(),
        id: eventId,
        leafIndex: z.int(),
        at: moment,
        kind: z.string(),
        account: z.string(),
      }),
    ),
    /** What proves that the ledger holds each search as it is told. */
    proofs: z.object({
      key: z.string().meta({ description: "The ledger's verifier key." }),
      checkpoint: z.string().meta({ description: "Signed note (C2SP tlog-checkpoint)." }),
      searches: z.array(
        z.object({
          search: searchId,
          id: eventId,
          leafIndex: z.int(),
          opening: z.object({ salt: z.string(), event: z.record(z.string(), z.json()) }),
          proof: z.object({
            leafIndex: z.int(),
            treeSize: z.int(),
            hashes: z.array(z.string()),
          }),
        }),
      ),
    }),
  })
  .meta({ id: "Record", description: "Everything held about a person (GDPR 15)." });
