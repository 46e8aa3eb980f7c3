import type { Answer } from "../service.ts";

export type Viewed = Answer<"getPhoto">;
export type ViewedFace = Viewed["people"][number];
export type Named = ViewedFace["named"][number];

/** Somebody a face of a photo is taken for, and which face, counted from 1. */
export interface FaceSighting extends Named {
  readonly face: string;
  readonly number: number;
}

/** Everybody the faces of a photo are taken for, face by face. */
export function sightingsIn({ people }: Viewed): readonly FaceSighting[] {
  return people.flatMap(({ face, named }, index) =>
    named.map((one) => ({ ...one, face, number: index + 1 })),
  );
}
