-- Which moments of its one video a delivery holds, as JSON: what somebody says of a face later moves none.
alter table deliveries add column spans text;
