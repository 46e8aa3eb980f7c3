-- What a search was made with, where its asker had it kept, until when. The bytes are a blob, sealed under a
-- key that is here alone: with the row goes whatever could open them.
create table kept_probes (
  search_id text primary key references searches (id) on delete cascade,
  collection_id text not null references collections (id),
  -- Of the sealed bytes.
  sha256 text not null,
  sealed_key bytea not null,
  media_type text not null,
  kept_until bigint not null
);
create index kept_probes_by_end on kept_probes (kept_until);
create index kept_probes_by_hash on kept_probes (sha256);
