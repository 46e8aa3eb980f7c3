-- What serving many clients needs: who they are, what they may, and what is watched of them.
-- Tokens, links and keys are kept as SHA-256 of 256 random bits: whoever reads them can't sign in.

-- Accounts --------------------------------------------------------------------------------------

create table accounts (
  id text primary key,
  role text not null check (role in ('owner', 'staff', 'auditor')),
  state text not null check (state in ('active', 'disabled', 'removed')),
  -- Keyed digest of the e-mail address; name and address under the instance's record key. All
  -- three go when the account is removed; the id stays, for the record names it.
  email_index text unique,
  sealed_email bytea,
  sealed_name bytea,
  created_at bigint not null,
  ended_at bigint,
  check ((state = 'active') = (ended_at is null)),
  check ((state = 'removed') = (email_index is null)),
  check ((email_index is null) = (sealed_email is null)),
  check ((email_index is null) = (sealed_name is null))
);

-- Which collections staff work with; owners and auditors see all.
create table account_collections (
  account_id text not null references accounts (id),
  collection_id text not null references collections (id),
  primary key (account_id, collection_id)
);

-- Signing in ------------------------------------------------------------------------------------

create table passkeys (
  -- The credential's id, base64url.
  id text primary key,
  account_id text references accounts (id),
  subject_id text references subjects (id),
  public_key bytea not null,
  -- How often the authenticator says it has signed; going back means a copy.
  counter bigint not null,
  -- JSON list, as the browser gave it.
  transports text not null,
  created_at bigint not null,
  last_used_at bigint,
  check ((account_id is null) <> (subject_id is null))
);
create index passkeys_by_account on passkeys (account_id);
create index passkeys_by_subject on passkeys (subject_id);

-- What a passkey is to sign, once.
create table passkey_challenges (
  challenge_hash text primary key,
  use text not null check (use in ('register', 'sign_in')),
  account_id text references accounts (id),
  subject_id text references subjects (id),
  expires_at bigint not null,
  check (use = 'sign_in' or (account_id is null) <> (subject_id is null))
);

-- Somebody asked for a link. The same row whether the address is known here or not; what becomes
-- of it is decided later, so that neither answer nor its time tells.
create table link_requests (
  id text primary key,
  whose text not null check (whose in ('account', 'subject')),
  -- Keyed digest of the address.
  address_index text not null,
  asked_at bigint not null,
  answered_at bigint
);
create index link_requests_by_address on link_requests (address_index, asked_at);
create index link_requests_waiting on link_requests (asked_at) where answered_at is null;

create table login_links (
  token_hash text primary key,
  kind text not null check (kind in ('first_owner', 'account', 'subject')),
  account_id text references accounts (id),
  subject_id text references subjects (id),
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  check ((kind = 'account') = (account_id is not null)),
  check ((kind = 'subject') = (subject_id is not null))
);
create index login_links_by_subject on login_links (subject_id);

create table sessions (
  id text primary key,
  token_hash text not null unique,
  -- The token before the last rotation, which requests under way may still bear for a moment.
  previous_hash text unique,
  account_id text references accounts (id),
  subject_id text references subjects (id),
  created_at bigint not null,
  rotated_at bigint not null,
  seen_at bigint not null,
  -- The end whatever happens; idle sessions end before.
  expires_at bigint not null,
  check ((account_id is null) <> (subject_id is null))
);
create index sessions_by_account on sessions (account_id);
create index sessions_by_subject on sessions (subject_id);

create table api_keys (
  id text primary key,
  collection_id text not null references collections (id),
  label text not null,
  -- JSON list of scopes.
  scopes text not null,
  secret_hash text not null,
  -- The account that made it.
  created_by text not null,
  created_at bigint not null,
  expires_at bigint not null,
  last_used_at bigint,
  revoked_at bigint,
  check (expires_at > created_at)
);
create index api_keys_by_collection on api_keys (collection_id);

-- Invites and mail ------------------------------------------------------------------------------

create table invites (
  id text primary key,
  collection_id text not null references collections (id),
  language text not null,
  -- Of whom it is for, where that is known: digest as in subjects, and the address under the
  -- instance's record key. Both go when it is used or over.
  contact_index text,
  sealed_contact bytea,
  token_hash text not null unique,
  created_by text not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  -- Ended early by staff.
  ended_at bigint,
  check ((contact_index is null) = (sealed_contact is null)),
  check (used_at is null or sealed_contact is null)
);
create index invites_by_collection on invites (collection_id, created_at);
create index invites_by_contact on invites (contact_index);

create table outgoing_mail (
  id text primary key,
  kind text not null check (kind in ('account_link', 'subject_link', 'invite')),
  account_id text references accounts (id),
  subject_id text references subjects (id),
  invite_id text references invites (id),
  state text not null check (state in ('waiting', 'sent', 'dead')),
  -- Recipient and text, under the subject's key or the instance's record key; gone once sent.
  sealed_message bytea,
  attempts bigint not null default 0,
  next_at bigint not null,
  error_code text,
  created_at bigint not null,
  ended_at bigint,
  check ((state = 'waiting') = (ended_at is null)),
  check ((state = 'waiting') = (sealed_message is not null))
);
create index outgoing_mail_due on outgoing_mail (next_at) where state = 'waiting';
create index outgoing_mail_by_subject on outgoing_mail (subject_id);

-- What is watched -------------------------------------------------------------------------------

-- How many searches an account may make in an hour.
alter table collections add column search_budget bigint not null default 200 check (search_budget > 0);
-- More returns of one person than this, to one account within an hour, raise an alert.
alter table collections add column probes_max bigint not null default 10 check (probes_max > 0);
alter table collections add column two_person bigint not null default 0 check (two_person in (0, 1));
alter table collections add column daily_invites bigint not null default 500 check (daily_invites >= 0);

-- Locked while an account's search is counted, so that two at once can't both be the last.
create table search_turns (
  collection_id text not null references collections (id),
  account text not null,
  taken_at bigint not null,
  primary key (collection_id, account)
);
create index searches_by_account on searches (account, collection_id, recorded_at);

create table alerts (
  id text primary key,
  kind text not null check (kind in ('repeated_probes')),
  collection_id text not null references collections (id),
  account text not null,
  -- Cleared when the person is erased.
  subject_id text references subjects (id),
  -- Goes with the record of the search, after its years.
  search_id text not null references searches (id) on delete cascade,
  -- How many searches of the hour before returned the person.
  searches bigint not null,
  raised_at bigint not null,
  seen_at bigint,
  seen_by text,
  check ((seen_at is null) = (seen_by is null))
);
create index alerts_by_collection on alerts (collection_id, raised_at);
create index alerts_by_subject on alerts (subject_id);

-- Where two people must agree before a sighting is confirmed: who has said so.
create table sighting_confirmations (
  sighting_id text not null references sightings (id) on delete cascade,
  account text not null,
  confirmed_at bigint not null,
  primary key (sighting_id, account)
);

-- The door --------------------------------------------------------------------------------------

-- Answers to writes, so that one sent again is answered again and not done again. Kept a day.
create table idempotency (
  principal text not null,
  key text not null,
  -- SHA-256 of route, parameters and body.
  request_hash text not null,
  -- Null while it is being done.
  status bigint,
  -- The answer, under the instance's record key; cleared by every erasure, for it may name anybody.
  sealed_body bytea,
  created_at bigint not null,
  primary key (principal, key)
);
create index idempotency_by_time on idempotency (created_at);

create table uploads (
  id text primary key,
  collection_id text not null references collections (id),
  account text not null,
  path text not null,
  bytes bigint not null,
  -- `known`: the collection has these bytes already; `unpacked`: an archive, its photos are in.
  state text not null
    check (state in ('receiving', 'received', 'added', 'known', 'unpacked', 'refused')),
  reason text,
  media_id text references media (id) on delete cascade,
  created_at bigint not null,
  finished_at bigint,
  check ((state = 'refused') = (reason is not null)),
  check ((state in ('added', 'known')) = (media_id is not null))
);
create index uploads_open on uploads (created_at) where state in ('receiving', 'received');
-- Who asked for an import; null for those from before.
alter table imports add column account text;

create index uploads_by_collection on uploads (collection_id, state);
create index uploads_by_media on uploads (media_id);

-- Archives of photos that wait to be fetched, for a day. Their files lie in a folder by id.
create table deliveries (
  id text primary key,
  collection_id text not null references collections (id),
  account text not null,
  photos bigint,
  asked_at bigint not null,
  -- Null until its file is there.
  made_at bigint,
  expires_at bigint not null
);
create index deliveries_by_collection on deliveries (collection_id, asked_at);

-- Whose photos are in it. The consent of all is asked again when it is fetched.
create table delivery_subjects (
  delivery_id text not null references deliveries (id) on delete cascade,
  subject_id text not null references subjects (id),
  primary key (delivery_id, subject_id)
);
create index delivery_subjects_by_subject on delivery_subjects (subject_id);
