-- What an owner may change of a collection later.

-- Since when people are told its present purpose and retention; null: since the collection was made.
-- A form signed before that day agreed to something else.
alter table collections add column terms_since bigint;
-- Whether people may hand in a picture instead of using the camera of their device.
alter table collections add column upload_photo bigint not null default 1
  check (upload_photo in (0, 1));
