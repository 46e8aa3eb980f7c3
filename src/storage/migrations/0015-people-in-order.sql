-- A page of a collection's people is read in the order of their ids, and not by sorting them all:
-- of 100,000 that took 130 ms, in which nobody else was answered.
create index grants_in_order on grants (collection_id, subject_id);
