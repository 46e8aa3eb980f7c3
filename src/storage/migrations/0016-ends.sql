-- Consents whose time is over are looked for every minute.
create index grants_by_end on grants (expires_at);
