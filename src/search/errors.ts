import { AppError } from "../base/errors.ts";

export type SearchCode =
  | "purpose_missing"
  | "scene_basis_missing"
  | "face_not_pointed_at"
  | "no_face_found"
  | "no_face_there"
  | "sighting_unknown"
  | "sighting_not_decided"
  | "sighting_said_by_person"
  | "second_person_needed"
  | "keep_invalid"
  | "probe_unknown"
  | "gallery_full";

/** A search can't be run, or a sighting can't be decided. */
export class SearchError extends AppError<SearchCode> {}
