-- What a write that was sent with a key has come to, whoever was killed in the middle of it.

-- The process that does it: once that has ended, nobody does.
alter table idempotency add column holder text;
-- 1 from the first transaction of the work on, in that transaction: from then on it is not to be repeated.
alter table idempotency add column begun bigint not null default 0;
