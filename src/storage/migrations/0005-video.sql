-- Videos lie among the photos, and a person's passage through one among the faces: a track is a face
-- that lasts. So whatever is said, shown, withheld, exported or erased of faces holds for both.

alter table media add column kind text not null default 'photo' check (kind in ('photo', 'video'));
-- Of a video, in milliseconds.
alter table media add column duration_ms bigint check ((duration_ms is not null) = (kind = 'video'));

-- Of a track, in milliseconds of the video; null for a face in a photo. `place` is then the face at
-- its best, at best_ms.
alter table faces add column from_ms bigint;
alter table faces add column to_ms bigint check (to_ms >= from_ms);
alter table faces add column best_ms bigint check (best_ms between from_ms and to_ms);
-- Where the face was: [milliseconds, x, y, width, height] in 0..1, in the order of time.
alter table faces add column path text;
-- The few best places, with their times, at which the face is embedded anew.
alter table faces add column kept text;
