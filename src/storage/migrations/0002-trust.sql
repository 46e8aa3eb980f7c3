-- Consent is said at the giving of a grant and at each renewal, and each time leaves its evidence.

create table consents (
  id text primary key,
  grant_id text not null references grants (id),
  notice_id text not null references notices (id),
  evidence_kind text not null check (evidence_kind in ('paper', 'web')),
  -- 1 where a guardian said yes for a person below the age floor.
  by_guardian bigint not null default 0 check (by_guardian in (0, 1)),
  uses text not null,
  given_at bigint not null,
  -- Under the subject's key; gone after erasure.
  sealed_evidence bytea,
  -- The signed receipt (JWS), under the subject's key as well.
  sealed_receipt bytea,
  -- SHA-256 of the receipt, as the ledger names it; null for what was recorded before receipts.
  receipt_hash text
);
create index consents_by_grant on consents (grant_id, given_at);

insert into consents (id, grant_id, notice_id, evidence_kind, uses, given_at, sealed_evidence)
  select id, id, notice_id, evidence_kind, uses, granted_at, sealed_evidence from grants;
alter table grants drop column evidence_kind;
alter table grants drop column sealed_evidence;

alter table collections add column alternative text not null default '';
-- How long after the end of a grant its key and evidence stay, for a mistake to be undone.
alter table collections add column grace_days bigint not null default 30 check (grace_days >= 0);
-- When the purpose ended; nobody is found from then on.
alter table collections add column closed_at bigint;

-- Keys ------------------------------------------------------------------------------------------

-- Each subject has two: their own copy of an entry opens with the one, the operator's with the other.
create table audit_keys (
  subject_id text not null references subjects (id),
  holder text not null check (holder in ('subject', 'operator')),
  epoch_id text not null references epoch_keys (id),
  wrapped_key bytea not null,
  primary key (subject_id, holder)
);

create table instance_keys (
  id text primary key check (id in ('record', 'signing', 'webhooks', 'index')),
  epoch_id text not null references epoch_keys (id),
  wrapped_key bytea not null
);

create table signing_keys (
  id text primary key,
  purpose text not null check (purpose in ('ledger', 'receipts', 'witness')),
  public_key bytea not null,
  -- Under the instance's signing key.
  sealed_private_key bytea not null,
  created_at bigint not null,
  retired_at bigint
);

-- Ledger ----------------------------------------------------------------------------------------

-- [Note: an entry] `leaf` is HMAC-SHA256 of the canonical event under a random salt. Event and salt
-- are in both bodies, sealed; a dummy has none. An erasure clears them and leaves the leaf. The
-- sequencer sets leaf_index once, after the commit, without a gap.
create table entries (
  seq bigint generated always as identity primary key,
  id text not null unique,
  leaf bytea not null,
  leaf_index bigint unique,
  subject_id text references subjects (id),
  -- Counts a subject's entries from 1 without a gap.
  subject_seq bigint,
  subject_body bytea,
  operator_body bytea,
  unique (subject_id, subject_seq),
  check ((subject_id is null) = (subject_seq is null))
);
create index entries_waiting on entries (seq) where leaf_index is null;

-- The entry that records the search, so that whoever is in the collection can be given its proof.
alter table searches add column entry_id text;

create table subject_sequences (
  subject_id text primary key references subjects (id),
  entries bigint not null
);

-- 256 hashes of one level of the tree, side by side; the last of a level may hold fewer.
create table tree_tiles (
  level bigint not null,
  position bigint not null,
  hashes bytea not null,
  primary key (level, position)
);

create table checkpoints (
  size bigint primary key,
  root bytea not null,
  -- The signed note, with the cosignatures of witnesses.
  note text not null,
  made_at bigint not null
);

create table witnesses (
  id text primary key,
  url text not null unique,
  verifier_key text not null unique,
  -- The size of the newest checkpoint that it has cosigned.
  cosigned_size bigint not null default 0,
  added_at bigint not null
);

-- What this instance has cosigned as somebody's witness.
create table witnessed_logs (
  origin text primary key,
  verifier_key text not null,
  size bigint not null,
  root bytea not null,
  updated_at bigint not null
);

-- @sqlite
create trigger entries_no_delete before delete on entries
begin select raise(abort, 'entries are append-only'); end;
create trigger entries_no_change before update on entries
when new.seq <> old.seq or new.id <> old.id or new.leaf <> old.leaf
  or (old.leaf_index is not null and new.leaf_index is not old.leaf_index)
  or (new.subject_id is not null and new.subject_id is not old.subject_id)
  or (new.subject_body is not null and new.subject_body is not old.subject_body)
  or (new.operator_body is not null and new.operator_body is not old.operator_body)
begin select raise(abort, 'entries are append-only'); end;
-- @postgres
create function entries_refuse() returns trigger language plpgsql as
  $$ begin raise exception 'entries are append-only'; end $$;
create trigger entries_no_delete before delete or truncate on entries
  for each statement execute function entries_refuse();
create trigger entries_no_change before update on entries for each row
  when (new.seq <> old.seq or new.id <> old.id or new.leaf <> old.leaf
    or (old.leaf_index is not null and new.leaf_index is distinct from old.leaf_index)
    or (new.subject_id is not null and new.subject_id is distinct from old.subject_id)
    or (new.subject_body is not null and new.subject_body is distinct from old.subject_body)
    or (new.operator_body is not null and new.operator_body is distinct from old.operator_body))
  execute function entries_refuse();
-- @end

-- The events of an earlier version become entries when the database is opened, and go from here.
-- @sqlite
drop trigger events_no_update;
drop trigger events_no_delete;
-- @postgres
drop trigger events_append_only on events;
drop function events_refuse();
-- @end

-- Rights ----------------------------------------------------------------------------------------

-- Somebody objects to a photo, a face in it, or a sighting: it is held back, or blurred for
-- everybody, until staff decide, and for ever when they agree.
create table objections (
  id text primary key,
  collection_id text not null references collections (id),
  media_id text not null references media (id),
  -- Null for an objection to the whole photo.
  face_id text references faces (id),
  -- Null where the person is not known here: nobody must enrol to object.
  subject_id text references subjects (id),
  state text not null check (state in ('open', 'upheld', 'rejected')),
  -- Under the subject's key, or the instance's record key where no subject is known.
  sealed_reason bytea,
  asked_at bigint not null,
  decided_at bigint,
  check ((state = 'open') = (decided_at is null))
);
create index objections_by_media on objections (media_id);
create index objections_by_subject on objections (subject_id);

create table certificates (
  id text primary key,
  subject_id text not null unique references subjects (id),
  jws text not null,
  made_at bigint not null
);

create table webhooks (
  id text primary key,
  collection_id text not null references collections (id),
  url text not null,
  -- Under the instance's webhooks key.
  sealed_secret bytea not null,
  allow_private bigint not null default 0 check (allow_private in (0, 1)),
  created_at bigint not null,
  removed_at bigint,
  unique (collection_id, url)
);

create table webhook_messages (
  id text primary key,
  webhook_id text not null references webhooks (id),
  kind text not null,
  body text not null,
  state text not null check (state in ('waiting', 'delivered', 'dead')),
  attempts bigint not null default 0,
  next_at bigint not null,
  last_status bigint,
  created_at bigint not null,
  delivered_at bigint
);
create index webhook_messages_due on webhook_messages (next_at) where state = 'waiting';

-- Where this instance's backups lie, so that an erasure can bring their key file up to date.
create table backup_places (
  keys_path text primary key,
  written_at bigint not null,
  due bigint not null default 0 check (due in (0, 1))
);
