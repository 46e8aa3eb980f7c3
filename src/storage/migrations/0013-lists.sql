-- Lists of people that a job enrols.

-- A CSV of people with their photos, as staff handed it in.
create table enrolment_lists (
  id text primary key,
  collection_id text not null references collections (id),
  account text not null,
  people bigint not null,
  -- Null while it is being handed in: only a whole list is enrolled.
  received_at bigint,
  created_at bigint not null,
  finished_at bigint
);
create index enrolment_lists_by_collection on enrolment_lists (collection_id, created_at);

create table enrolment_rows (
  list_id text not null references enrolment_lists (id) on delete cascade,
  -- As an editor shows it: the heading is line 1.
  line bigint not null,
  -- The row and its photo, under the instance's record key, until it is done.
  sealed_person bytea,
  sealed_photo bytea,
  outcome text check (outcome in ('enrolled', 'renewed', 'already', 'refused')),
  -- Of a refused row: codes and sentences, as JSON.
  reasons text,
  primary key (list_id, line),
  check ((outcome is null) = (sealed_person is not null)),
  check (outcome is null or sealed_photo is null),
  check ((outcome = 'refused') = (reasons is not null))
);
