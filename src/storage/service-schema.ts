import type { Generated } from "kysely";
import type { MessageState, VideoShare } from "./schema.ts";
import type { Instant } from "../base/clock.ts";
import type {
  AccountId,
  AlertId,
  ApiKeyId,
  CollectionId,
  DeliveryId,
  EnrolmentListId,
  GrantId,
  InviteId,
  LinkRequestId,
  MailId,
  MediaId,
  MessageId,
  SearchId,
  SessionId,
  SightingId,
  SubjectId,
  UploadId,
  WebhookId,
} from "../base/ids.ts";

export type Role = "owner" | "staff" | "auditor";
export type AccountState = "active" | "disabled" | "removed";
export type LinkKind = "first_owner" | "account" | "subject";
export type MailKind = "account_link" | "subject_link" | "invite";
export type MailState = "waiting" | "sent" | "dead";
export type AlertKind = "repeated_probes";
export type UploadState = "receiving" | "received" | "added" | "known" | "unpacked" | "refused";

/** The tables of migrations 0003 and 0004: who signs in, what they may, and what is watched of them. */
/** What came of one row of a list of people. */
export type RowOutcome = "enrolled" | "renewed" | "already" | "refused";

export interface ServiceSchema {
  accounts: {
    id: AccountId;
    role: Role;
    state: AccountState;
    email_index: string | null;
    sealed_email: Uint8Array | null;
    sealed_name: Uint8Array | null;
    created_at: Instant;
    ended_at: Instant | null;
  };
  account_collections: { account_id: AccountId; collection_id: CollectionId };
  passkeys: {
    id: string;
    account_id: AccountId | null;
    subject_id: SubjectId | null;
    public_key: Uint8Array;
    counter: number;
    transports: string;
    created_at: Instant;
    last_used_at: Instant | null;
  };
  passkey_challenges: {
    challenge_hash: string;
    use: "register" | "sign_in";
    account_id: AccountId | null;
    subject_id: SubjectId | null;
    expires_at: Instant;
  };
  link_requests: {
    id: LinkRequestId;
    whose: "account" | "subject";
    address_index: string;
    asked_at: Instant;
    answered_at: Instant | null;
  };
  login_links: {
    token_hash: string;
    kind: LinkKind;
    account_id: AccountId | null;
    subject_id: SubjectId | null;
    created_at: Instant;
    expires_at: Instant;
    used_at: Instant | null;
  };
  sessions: {
    id: SessionId;
    token_hash: string;
    previous_hash: string | null;
    account_id: AccountId | null;
    subject_id: SubjectId | null;
    created_at: Instant;
    rotated_at: Instant;
    seen_at: Instant;
    expires_at: Instant;
  };
  api_keys: {
    id: ApiKeyId;
    collection_id: CollectionId;
    label: string;
    scopes: string;
    secret_hash: string;
    created_by: string;
    created_at: Instant;
    expires_at: Instant;
    last_used_at: Instant | null;
    revoked_at: Instant | null;
  };
  invites: {
    id: InviteId;
    collection_id: CollectionId;
    language: string;
    contact_index: string | null;
    sealed_contact: Uint8Array | null;
    token_hash: string;
    created_by: string;
    created_at: Instant;
    expires_at: Instant;
    used_at: Instant | null;
    ended_at: Instant | null;
  };
  outgoing_mail: {
    id: MailId;
    kind: MailKind;
    account_id: AccountId | null;
    subject_id: SubjectId | null;
    invite_id: InviteId | null;
    state: MailState;
    sealed_message: Uint8Array | null;
    attempts: Generated<number>;
    next_at: Instant;
    error_code: string | null;
    created_at: Instant;
    ended_at: Instant | null;
  };
  search_turns: { collection_id: CollectionId; account: string; taken_at: Instant };
  alerts: {
    id: AlertId;
    kind: AlertKind;
    collection_id: CollectionId;
    account: string;
    subject_id: SubjectId | null;
    search_id: SearchId;
    searches: number;
    raised_at: Instant;
    seen_at: Instant | null;
    seen_by: string | null;
  };
  contact_changes: {
    token_hash: string;
    subject_id: SubjectId;
    sealed_contact: Uint8Array;
    created_at: Instant;
    expires_at: Instant;
  };
  enrolment_tries: { grant_id: GrantId; tries: number; began_at: Instant };
  sighting_confirmations: { sighting_id: SightingId; account: string; confirmed_at: Instant };
  idempotency: {
    principal: string;
    key: string;
    request_hash: string;
    holder: string | null;
    begun: Generated<number>;
    status: number | null;
    sealed_body: Uint8Array | null;
    created_at: Instant;
  };
  webhooks: {
    id: WebhookId;
    collection_id: CollectionId;
    url: string;
    sealed_secret: Uint8Array;
    allow_private: Generated<number>;
    created_at: Instant;
    removed_at: Instant | null;
  };
  webhook_messages: {
    id: MessageId;
    webhook_id: WebhookId;
    kind: string;
    body: string;
    state: MessageState;
    attempts: Generated<number>;
    next_at: Instant;
    last_status: number | null;
    created_at: Instant;
    delivered_at: Instant | null;
  };
  uploads: {
    id: UploadId;
    collection_id: CollectionId;
    account: string;
    path: string;
    bytes: number;
    state: UploadState;
    reason: string | null;
    media_id: MediaId | null;
    created_at: Instant;
    finished_at: Instant | null;
  };
  enrolment_lists: {
    id: EnrolmentListId;
    collection_id: CollectionId;
    account: string;
    people: number;
    received_at: Instant | null;
    created_at: Instant;
    finished_at: Instant | null;
  };
  enrolment_rows: {
    list_id: EnrolmentListId;
    line: number;
    sealed_person: Uint8Array | null;
    sealed_photo: Uint8Array | null;
    outcome: RowOutcome | null;
    reasons: string | null;
  };
  deliveries: {
    id: DeliveryId;
    collection_id: CollectionId;
    account: string;
    photos: number | null;
    asked_at: Instant;
    made_at: Instant | null;
    expires_at: Instant;
    media_id: MediaId | null;
    videos: Generated<VideoShare>;
    sound: Generated<"keep" | "remove">;
    spans: string | null;
  };
  delivery_subjects: { delivery_id: DeliveryId; subject_id: SubjectId };
}
