-- Written in PostgreSQL's type names. For SQLite the runner replaces the type names it lacks and
-- makes every table STRICT (see migrate.ts).
-- Times are milliseconds since 1970 UTC. Columns named sealed_* hold AES-256-GCM ciphertext.

create table settings (
  name text primary key,
  value text not null
);

-- Keys ------------------------------------------------------------------------------------------

create table epoch_keys (
  id text primary key,
  wrapped_key bytea not null,
  created_at bigint not null
);

-- Collections -----------------------------------------------------------------------------------

create table collections (
  id text primary key,
  name text not null unique,
  purpose text not null check (purpose <> ''),
  contact text not null check (contact <> ''),
  retention_days bigint not null check (retention_days > 0),
  age_floor bigint not null check (age_floor between 0 and 120),
  scene_basis text check (scene_basis <> ''),
  pack text not null,
  -- Counts every change of who may be found; a gallery in memory is fresh when it has this number.
  gallery_version bigint not null default 0,
  -- The gallery_version at the last added template: photos scanned before it await backfill.
  template_version bigint not null default 0,
  created_at bigint not null
);

create table notices (
  id text primary key,
  collection_id text not null references collections (id),
  version bigint not null,
  language text not null,
  body text not null,
  hash text not null,
  created_at bigint not null,
  unique (collection_id, version, language)
);

-- Subjects and grants ---------------------------------------------------------------------------

create table subjects (
  id text primary key,
  -- Keyed digests, for finding a person by name or contact without a readable copy.
  name_index text,
  contact_index text,
  sealed_name bytea,
  sealed_contact bytea,
  created_at bigint not null,
  erased_at bigint,
  check ((erased_at is null) = (sealed_name is not null)),
  check (erased_at is null or (name_index is null and contact_index is null and sealed_contact is null))
);
create unique index subjects_by_name on subjects (name_index, contact_index);
create index subjects_by_contact on subjects (contact_index);

create table subject_keys (
  subject_id text primary key references subjects (id),
  epoch_id text not null references epoch_keys (id),
  wrapped_key bytea not null
);

create table grants (
  id text primary key,
  collection_id text not null references collections (id),
  subject_id text not null references subjects (id),
  notice_id text not null references notices (id),
  state text not null check (state in ('granted', 'paused', 'withdrawn', 'expired', 'erased')),
  uses text not null,
  granted_at bigint not null,
  expires_at bigint not null,
  ended_at bigint,
  evidence_kind text not null check (evidence_kind in ('paper')),
  -- Under the subject's key; gone after erasure.
  sealed_evidence bytea,
  check (expires_at > granted_at),
  check ((state in ('granted', 'paused')) = (ended_at is null)),
  unique (id, state),
  unique (id, collection_id)
);
create unique index grants_live on grants (collection_id, subject_id)
  where state in ('granted', 'paused');
create index grants_by_subject on grants (subject_id);

create table grant_keys (
  grant_id text primary key references grants (id),
  epoch_id text not null references epoch_keys (id),
  wrapped_key bytea not null
);

-- [Note: a template needs a live grant] The pair (grant_id, grant_state) points at the grant's own
-- state and follows it; the check refuses any state but granted and paused. So a grant can't end
-- while a template of it exists, and a template can't be added to a grant that has ended.
create table templates (
  id text primary key,
  collection_id text not null,
  grant_id text not null references grant_keys (grant_id),
  grant_state text not null check (grant_state in ('granted', 'paused')),
  pack text not null,
  -- Keyed digest of the enrolment photo: the same photo twice makes one template.
  photo_index text not null,
  sealed_vector bytea not null,
  created_at bigint not null,
  foreign key (grant_id, grant_state) references grants (id, state) on update cascade,
  foreign key (grant_id, collection_id) references grants (id, collection_id),
  unique (grant_id, pack, photo_index)
);
create index templates_by_collection on templates (collection_id, pack);

create table enrolment_photos (
  grant_id text not null references grant_keys (grant_id),
  photo_index text not null,
  sealed_photo bytea not null,
  created_at bigint not null,
  primary key (grant_id, photo_index)
);

-- Photos ----------------------------------------------------------------------------------------

create table media (
  id text primary key,
  seq bigint not null,
  collection_id text not null references collections (id),
  sha256 text not null,
  format text not null,
  bytes bigint not null,
  width bigint not null,
  height bigint not null,
  taken_at text,
  imported_at bigint not null,
  -- Which pack and pipeline found the faces; another one means they are to be found again.
  analysed_with text not null,
  -- The collection's template_version that this photo's faces were last compared with.
  scanned_version bigint not null,
  -- Why the photo could not be compared at the last pass, as an error code.
  problem text,
  unique (collection_id, sha256),
  unique (collection_id, seq)
);
create index media_pending on media (collection_id, scanned_version);

create table media_sources (
  media_id text not null references media (id),
  path text not null,
  primary key (media_id, path)
);

create table faces (
  id text primary key,
  media_id text not null references media (id),
  -- In the order they were found; unlike the id, the same at every import of the same photo.
  position bigint not null,
  place text not null,
  width_pixels bigint not null,
  problems text not null
);
create unique index faces_by_media on faces (media_id, position);

create table sightings (
  id text primary key,
  collection_id text not null references collections (id),
  face_id text not null references faces (id),
  subject_id text not null references subjects (id),
  pack text not null,
  verdict text not null check (verdict in ('match', 'uncertain')),
  score double precision not null,
  state text not null check (state in ('proposed', 'confirmed', 'rejected')),
  proposed_at bigint not null,
  decided_at bigint,
  check ((state = 'proposed') = (decided_at is null)),
  unique (face_id, subject_id)
);
create index sightings_by_subject on sightings (subject_id, collection_id);

create table imports (
  id text primary key,
  collection_id text not null references collections (id),
  folder text not null,
  state text not null check (state in ('running', 'done')),
  started_at bigint not null,
  finished_at bigint
);
create unique index imports_running on imports (collection_id, folder) where state = 'running';

create table import_files (
  import_id text not null references imports (id),
  path text not null,
  outcome text not null check (outcome in ('added', 'duplicate', 'refused')),
  reason text,
  media_id text references media (id),
  primary key (import_id, path),
  check ((outcome = 'refused') = (reason is not null)),
  check ((outcome = 'refused') = (media_id is null))
);

-- Searches and the record -----------------------------------------------------------------------

create table searches (
  id text primary key,
  collection_id text not null references collections (id),
  account text not null,
  purpose text not null check (purpose <> ''),
  started_at bigint not null,
  recorded_at bigint not null,
  probe_commitment text not null,
  faces bigint not null
);

create table search_returns (
  search_id text not null references searches (id),
  subject_id text not null references subjects (id),
  verdict text not null check (verdict in ('match', 'uncertain')),
  primary key (search_id, subject_id)
);
create index search_returns_by_subject on search_returns (subject_id);

create table events (
  seq bigint generated always as identity primary key,
  id text not null unique,
  at bigint not null,
  kind text not null,
  account text not null,
  collection_id text,
  subject_id text,
  body text not null
);
create index events_by_subject on events (subject_id, seq);

-- @sqlite
create trigger events_no_update before update on events
begin select raise(abort, 'events are append-only'); end;
create trigger events_no_delete before delete on events
begin select raise(abort, 'events are append-only'); end;
-- @postgres
create function events_refuse() returns trigger language plpgsql as
  $$ begin raise exception 'events are append-only'; end $$;
create trigger events_append_only before update or delete or truncate on events
  for each statement execute function events_refuse();
-- @end

-- Jobs ------------------------------------------------------------------------------------------

create table jobs (
  id text primary key,
  kind text not null,
  -- What the job works on; one job of a kind waits for it at a time.
  target text not null,
  state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  attempts bigint not null default 0,
  run_at bigint not null,
  lease_until bigint,
  lease_holder text,
  cancel_asked bigint not null default 0 check (cancel_asked in (0, 1)),
  done_steps bigint not null default 0,
  total_steps bigint,
  error_code text,
  created_at bigint not null,
  finished_at bigint,
  check ((state = 'running') = (lease_until is not null))
);
create unique index jobs_waiting on jobs (kind, target) where state = 'queued';
create index jobs_due on jobs (state, run_at);
