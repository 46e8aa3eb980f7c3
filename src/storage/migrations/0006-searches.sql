-- What keeps a search quick when there have been many.

-- The searches of an account in a collection are numbered: the n-th before the last is found without
-- counting the others. Searches at the machine itself, which nobody counts, have no number.
alter table searches add column turn bigint;
update searches set turn = numbered.turn
from (
  select id, row_number() over (partition by account, collection_id order by recorded_at, id) as turn
  from searches
) as numbered
where searches.id = numbered.id;
drop index searches_by_account;
create index searches_by_turn on searches (account, collection_id, turn);

-- When a search returned somebody: how often one was returned lately is asked at every search.
alter table search_returns add column recorded_at bigint not null default 0;
update search_returns set recorded_at = (
  select recorded_at from searches where searches.id = search_returns.search_id
);
drop index search_returns_by_subject;
create index search_returns_by_subject on search_returns (subject_id, recorded_at);
