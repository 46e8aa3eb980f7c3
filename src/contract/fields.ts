import { z } from "zod";
import type {
  AccountId,
  AlertId,
  ApiKeyId,
  CollectionId,
  DeliveryId,
  EnrolmentListId,
  ConsentId,
  EventId,
  FaceId,
  GrantId,
  InviteId,
  JobId,
  MediaId,
  MessageId,
  NoticeId,
  ObjectionId,
  SearchId,
  SightingId,
  SubjectId,
  UploadId,
  WebhookId,
  WitnessId,
} from "../base/ids.ts";

/** Ids as newId makes them: a prefix and 96 random bits as base64url. */
function id<Id extends string>(prefix: string, what: string): z.ZodType<Id, string> {
  const schema = z.string().regex(new RegExp(`^${prefix}_[A-Za-z0-9_-]{16}$`, "u"));
  const described: z.ZodType<string, string> = schema.meta({ description: what });
  return described as z.ZodType<Id, string>;
}

export const collectionId = id<CollectionId>("col", "A collection's id.");
export const subjectId = id<SubjectId>("sub", "A person's id.");
export const grantId = id<GrantId>("gra", "A grant's id.");
export const mediaId = id<MediaId>("med", "A photo's id.");
export const faceId = id<FaceId>("fac", "A face's id.");
export const sightingId = id<SightingId>("sig", "A sighting's id.");
export const searchId = id<SearchId>("sea", "A recorded search's id.");
export const jobId = id<JobId>("job", "A job's id.");
export const uploadId = id<UploadId>("upl", "An upload's id.");
export const deliveryId = id<DeliveryId>("del", "A delivery's id.");
export const enrolmentListId = id<EnrolmentListId>("lis", "The id of a list of people.");
export const accountId = id<AccountId>("acc", "An account's id.");
export const apiKeyId = id<ApiKeyId>("aky", "An API key's id.");
export const noticeId = id<NoticeId>("not", "A notice's id.");
export const eventId = id<EventId>("eve", "The id of an entry in the record.");
export const webhookId = id<WebhookId>("web", "An endpoint's id.");
export const messageId = id<MessageId>("msg", "A message's id.");
export const inviteId = id<InviteId>("inv", "An invite's id.");
export const consentId = id<ConsentId>("con", "The id of one saying of yes.");
export const objectionId = id<ObjectionId>("obj", "An objection's id.");
export const witnessId = id<WitnessId>("wit", "A witness' id.");
export const alertId = id<AlertId>("ale", "An alert's id.");
/** What an authenticator calls its passkey: bytes of its choice. */
export const passkeyId = z
  .string()
  .max(1400)
  .regex(/^[\w-]+$/u)
  .meta({ description: "A passkey's id, as its authenticator gave it." });
/** A person's ledger entries are counted from 1. */
const entryNumber = z.coerce
  .number<string>()
  .int()
  .min(1)
  .meta({ description: "The number of one of your ledger entries." });
const paperId = z
  .string()
  .max(120)
  .regex(/^[\w-]+$/u)
  .meta({ description: "A paper's name, as the list of papers has it." });

/**
 * What a name after a colon in a path stands for. A new kind of parameter is one row here; the
 * door checks membership by `collection`, and that a person asks of themselves by `subject`.
 */
export const PARAMS = {
  collection: collectionId,
  subject: subjectId,
  sighting: sightingId,
  job: jobId,
  photo: mediaId,
  upload: uploadId,
  delivery: deliveryId,
  list: enrolmentListId,
  account: accountId,
  apikey: apiKeyId,
  passkey: passkeyId,
  notice: noticeId,
  entry: eventId,
  search: searchId,
  webhook: webhookId,
  message: messageId,
  alert: alertId,
  invite: inviteId,
  consent: consentId,
  objection: objectionId,
  number: entryNumber,
  paper: paperId,
  witness: witnessId,
  level: z
    .string()
    .regex(/^(?:[0-9]|[1-5][0-9]|6[0-3]|entries)$/u)
    .meta({ description: "A level of the tree, or `entries`." }),
  tile: z
    .string()
    .regex(/^(?:x\d{3}\/){0,4}\d{3}(?:\.p\/[1-9]\d{0,2})?$/u)
    .meta({ description: "As `x001/x234/067`; `.p/W` behind it where only W are there." }),
} as const;

/**
 * Text from outside: of bounded length in UTF-16 units, and of characters that every database
 * stores and every screen shows: no control characters but tabs and line ends, no half of a pair.
 */
export function text(max: number, min = 1): z.ZodString {
  return z.string().min(min).max(max).regex(STORABLE);
}

const STORABLE = /^(?:[^\p{Cc}\p{Surrogate}]|[\t\n\r])*$/u;

/** Milliseconds since 1970 UTC. */
export const instant = z.int().min(0).meta({ description: "Milliseconds since 1970 UTC." });

/** `YYYY-MM-DD`. */
export const day = z.iso.date();

/** A number in 0..1 of the upright photo. */
export const fraction = z.number().min(0).max(1);

/** A rectangle by its top left corner; parts of it may lie outside of the photo. */
export const box = z
  .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
  .meta({ description: "In 0..1 of the upright photo, by the top left corner." });

/** Items a page may hold: each is a row and a few sub-queries. */
export const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;
const CURSOR_LENGTH_MAX = 400;

/** What every list is asked with, as it stands in an address. */
export const pageQuery = {
  limit: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(PAGE_MAX)
    .default(PAGE_DEFAULT)
    .meta({ description: "Items on a page." }),
  cursor: z
    .string()
    .max(CURSOR_LENGTH_MAX)
    .optional()
    .meta({ description: "The `next` of the page before." }),
};

/** A page of a list: `next` is the cursor of the page after, or null on the last. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: "Cursor of the next page; null: no more." }),
  });
}

/** A list short enough to be given whole, in the form that pages have. */
export function whole<Item>(items: readonly Item[]): { items: Item[]; next: null } {
  return { items: [...items], next: null };
}

/** Where there is nothing more to say than that it is done. */
export const done = z.object({ done: z.literal(true) });
