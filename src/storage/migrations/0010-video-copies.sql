-- What a delivery holds of videos: beside photos, or one video alone, as a file that plays.
alter table deliveries add column media_id text references media (id) on delete cascade;
alter table deliveries add column videos text not null default 'whole'
  check (videos in ('none', 'whole', 'intervals'));
alter table deliveries add column sound text not null default 'keep'
  check (sound in ('keep', 'remove'));
create index deliveries_by_media on deliveries (media_id);
