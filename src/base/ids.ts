import { randomBytes } from "./random.ts";

declare const brand: unique symbol;
/** A string that can't be swapped with another kind of string. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

export type CollectionId = Branded<"CollectionId">;
export type NoticeId = Branded<"NoticeId">;
export type SubjectId = Branded<"SubjectId">;
export type GrantId = Branded<"GrantId">;
export type TemplateId = Branded<"TemplateId">;
export type MediaId = Branded<"MediaId">;
export type FaceId = Branded<"FaceId">;
export type SightingId = Branded<"SightingId">;
export type ImportId = Branded<"ImportId">;
export type BackfillId = Branded<"BackfillId">;
export type JobId = Branded<"JobId">;
export type SearchId = Branded<"SearchId">;
export type EpochId = Branded<"EpochId">;
export type EventId = Branded<"EventId">;
export type CertificateId = Branded<"CertificateId">;
export type ConsentId = Branded<"ConsentId">;
export type ObjectionId = Branded<"ObjectionId">;
export type SigningKeyId = Branded<"SigningKeyId">;
export type WebhookId = Branded<"WebhookId">;
export type MessageId = Branded<"MessageId">;
export type WitnessId = Branded<"WitnessId">;
export type InstanceId = Branded<"InstanceId">;
export type AccountId = Branded<"AccountId">;
export type SessionId = Branded<"SessionId">;
export type ApiKeyId = Branded<"ApiKeyId">;
export type LinkRequestId = Branded<"LinkRequestId">;
export type InviteId = Branded<"InviteId">;
export type MailId = Branded<"MailId">;
export type AlertId = Branded<"AlertId">;
export type UploadId = Branded<"UploadId">;
export type EnrolmentListId = Branded<"EnrolmentListId">;
export type DeliveryId = Branded<"DeliveryId">;

interface Prefixes {
  col: CollectionId;
  not: NoticeId;
  sub: SubjectId;
  gra: GrantId;
  tem: TemplateId;
  med: MediaId;
  fac: FaceId;
  sig: SightingId;
  imp: ImportId;
  bac: BackfillId;
  job: JobId;
  sea: SearchId;
  epo: EpochId;
  eve: EventId;
  cer: CertificateId;
  con: ConsentId;
  obj: ObjectionId;
  key: SigningKeyId;
  web: WebhookId;
  msg: MessageId;
  wit: WitnessId;
  ins: InstanceId;
  acc: AccountId;
  ses: SessionId;
  aky: ApiKeyId;
  lnk: LinkRequestId;
  inv: InviteId;
  mai: MailId;
  ale: AlertId;
  upl: UploadId;
  del: DeliveryId;
  lis: EnrolmentListId;
}

/** The part of an id that those made together share; the rest tells them apart. */
const SHARED_BYTES = 9;
const OWN_BYTES = 3;

/**
 * Makes ids for rows that are written together, in no order: they share their first random bits and
 * so lie side by side in an index, where as many ids of their own would each touch a page of it.
 */
export function newIds<Prefix extends keyof Prefixes>(
  prefix: Prefix,
  count: number,
): readonly Prefixes[Prefix][] {
  const shared = `${prefix}_${randomBytes(SHARED_BYTES).toString("base64url")}`;
  const ids = new Set<string>();
  while (ids.size < count) ids.add(shared + randomBytes(OWN_BYTES).toString("base64url"));
  return [...ids] as Prefixes[Prefix][];
}

/**
 * Makes an id of 96 random bits behind a prefix that says what it names. Random rather than
 * counted: an id tells nothing about how many others there are or when it was made.
 */
export function newId<Prefix extends keyof Prefixes>(prefix: Prefix): Prefixes[Prefix] {
  return `${prefix}_${randomBytes(12).toString("base64url")}` as Prefixes[Prefix];
}
