-- The collection's gallery_version when a grant or its templates last changed: galleries in memory read
-- what is newer than they are, and not everybody anew.
alter table grants add column gallery_version bigint not null default 0;
create index grants_by_change on grants (collection_id, gallery_version, id);
