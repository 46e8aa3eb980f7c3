import {
  type ColumnNote,
  photo,
  pseudonym,
  record,
  sighting,
  signIn,
  staff,
  technical,
} from "./column-notes.ts";
import type { ServiceSchema } from "./service-schema.ts";

/** Gone by itself within days, used or not. */
const passing: ColumnNote = { ...signIn, retention: "expiry" };
/** An invite names nobody but its contact, which goes when it is used, ended or expired. */
const invite: ColumnNote = { ...record, exported: false };
const invited: ColumnNote = {
  category: "identity",
  purpose: "write to people",
  retention: "expiry",
  erasure: "cleared",
  exported: false,
};
const mail: ColumnNote = { ...signIn, purpose: "write to people" };
const alert: ColumnNote = { ...record, exported: false };
const upload: ColumnNote = { ...photo, retention: "collection" };
const delivery: ColumnNote = {
  ...sighting,
  purpose: "keep the collection",
  retention: "expiry",
  exported: false,
};

/** What the columns of the service's tables are for. See columns.ts. */
export const serviceColumns: {
  readonly [T in keyof ServiceSchema]: { readonly [C in keyof ServiceSchema[T]]: ColumnNote };
} = {
  accounts: {
    // The id stays: the record says who did what, by it.
    id: { ...staff, retention: "instance" },
    role: { ...staff, retention: "instance" },
    state: { ...staff, retention: "instance" },
    email_index: staff,
    sealed_email: staff,
    sealed_name: staff,
    created_at: { ...staff, retention: "instance" },
    ended_at: { ...staff, retention: "instance" },
  },
  account_collections: { account_id: staff, collection_id: staff },
  passkeys: {
    id: signIn,
    account_id: signIn,
    subject_id: { ...signIn, ...pseudonym },
    public_key: signIn,
    counter: signIn,
    transports: signIn,
    created_at: signIn,
    last_used_at: signIn,
  },
  passkey_challenges: {
    challenge_hash: passing,
    use: passing,
    account_id: passing,
    subject_id: { ...passing, ...pseudonym },
    expires_at: passing,
  },
  link_requests: {
    id: passing,
    whose: passing,
    address_index: { ...passing, ...pseudonym },
    asked_at: passing,
    answered_at: passing,
  },
  login_links: {
    token_hash: passing,
    kind: passing,
    account_id: passing,
    subject_id: { ...passing, ...pseudonym },
    created_at: passing,
    expires_at: passing,
    used_at: passing,
  },
  sessions: {
    id: passing,
    token_hash: passing,
    previous_hash: passing,
    account_id: passing,
    subject_id: { ...passing, ...pseudonym },
    created_at: passing,
    rotated_at: passing,
    seen_at: passing,
    expires_at: passing,
  },
  api_keys: {
    id: technical,
    collection_id: technical,
    label: { ...technical, category: "operator" },
    scopes: technical,
    secret_hash: technical,
    created_by: { ...technical, category: "operator" },
    created_at: technical,
    expires_at: technical,
    last_used_at: technical,
    revoked_at: technical,
  },
  invites: {
    id: invite,
    collection_id: invite,
    language: invite,
    contact_index: { ...invited, ...pseudonym },
    sealed_contact: invited,
    token_hash: invite,
    created_by: { ...invite, category: "operator" },
    created_at: invite,
    expires_at: invite,
    used_at: invite,
    // An invite that was meant for an erased person ends.
    ended_at: { ...invite, erasure: "updated" },
  },
  outgoing_mail: {
    id: mail,
    kind: mail,
    account_id: mail,
    subject_id: { ...mail, ...pseudonym },
    invite_id: mail,
    state: mail,
    sealed_message: { ...mail, category: "identity" },
    attempts: mail,
    next_at: mail,
    error_code: mail,
    created_at: mail,
    ended_at: mail,
  },
  search_turns: {
    collection_id: technical,
    account: { ...technical, category: "operator" },
    taken_at: technical,
  },
  alerts: {
    id: alert,
    kind: alert,
    collection_id: alert,
    account: { ...alert, category: "operator" },
    subject_id: { ...alert, ...pseudonym, retention: "erasure", erasure: "cleared" },
    search_id: alert,
    searches: alert,
    raised_at: alert,
    seen_at: alert,
    seen_by: { ...alert, category: "operator" },
  },
  contact_changes: {
    token_hash: passing,
    subject_id: { ...passing, ...pseudonym },
    sealed_contact: { ...invited, erasure: "row deleted" },
    created_at: passing,
    expires_at: passing,
  },
  enrolment_tries: { grant_id: passing, tries: passing, began_at: passing },
  sighting_confirmations: {
    sighting_id: sighting,
    account: { ...sighting, category: "operator" },
    confirmed_at: sighting,
  },
  idempotency: {
    principal: { ...technical, retention: "expiry" },
    key: { ...technical, retention: "expiry" },
    request_hash: { ...technical, retention: "expiry" },
    holder: { ...technical, retention: "expiry" },
    begun: { ...technical, retention: "expiry" },
    status: { ...technical, retention: "expiry" },
    // It may name anybody, so every erasure clears every answer.
    sealed_body: { ...record, retention: "expiry", erasure: "cleared", exported: false },
    created_at: { ...technical, retention: "expiry" },
  },
  uploads: {
    id: upload,
    collection_id: upload,
    account: { ...upload, category: "operator" },
    path: upload,
    bytes: upload,
    state: upload,
    reason: upload,
    media_id: upload,
    created_at: upload,
    finished_at: upload,
  },
  deliveries: {
    id: delivery,
    collection_id: delivery,
    account: { ...delivery, category: "operator" },
    photos: delivery,
    asked_at: delivery,
    made_at: delivery,
    expires_at: delivery,
    media_id: delivery,
    videos: delivery,
    sound: delivery,
  },
  // The whole delivery goes with the first of its people.
  delivery_subjects: { delivery_id: delivery, subject_id: { ...delivery, ...pseudonym } },
};
