-- What people do for themselves over the web.

-- A new address of a person that waits until its link is opened.
create table contact_changes (
  token_hash text primary key,
  subject_id text not null references subjects (id),
  -- The new address, under the subject's key.
  sealed_contact bytea not null,
  created_at bigint not null,
  expires_at bigint not null
);
create index contact_changes_by_subject on contact_changes (subject_id);

-- Photos that a person has shown to be enrolled with, in the hour that began then.
create table enrolment_tries (
  grant_id text primary key references grants (id),
  tries bigint not null,
  began_at bigint not null
);
