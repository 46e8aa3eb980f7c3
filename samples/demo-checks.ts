import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../src/app.ts";
import type { Box } from "../src/base/geometry.ts";
import { overlap } from "../src/base/geometry.ts";
import type { SubjectId } from "../src/base/ids.ts";
import type { Collection } from "../src/collections/collections.ts";
import { searchByPhoto } from "../src/search/search.ts";
import { pageOfSightings } from "../src/search/sighting-list.ts";
import { findSubject, readSubject } from "../src/subjects/subjects.ts";
import type { SampleSet } from "./samples.ts";

/** From this width on a drawn face must be found; below it may be. */
export const FACE_WIDTH_MIN = 40;
/** A sighting and a drawn face are the same place from this overlap on. */
const SAME_PLACE = 0.2;
const SIGHTINGS_MAX = 10_000;

/** The sightings of a collection, held against who was drawn where. */
export interface Sightings {
  /** Faces of people who said yes, at least FACE_WIDTH_MIN wide. */
  readonly expected: number;
  readonly found: number;
  readonly missed: readonly {
    readonly photo: string;
    readonly person: string;
    readonly widthPixels: number;
    readonly condition: string;
  }[];
  readonly strangersFaces: number;
  /** Matches at a stranger's face. */
  readonly strangersMatched: number;
  /** Uncertain proposals at a stranger's face: for a person to decide, never delivered. */
  readonly strangersUncertain: number;
  /** Matches at the face of somebody else who said yes. */
  readonly wrongPerson: number;
}

interface Seen {
  readonly photo: string;
  readonly person: string;
  readonly box: Box;
  readonly verdict: "match" | "uncertain";
}

/** Counts what was found against the truth that the drawing wrote down. */
export async function countSightings(
  app: App,
  collection: Collection,
  samples: SampleSet,
): Promise<Sightings> {
  const consenting = new Map(
    samples.people.filter((one) => one.consents).map((one) => [one.id, one]),
  );
  const seen = await allSightings(app, collection, [...consenting.values()]);
  const missed: { photo: string; person: string; widthPixels: number; condition: string }[] = [];
  const tally = {
    expected: 0,
    strangersFaces: 0,
    strangersMatched: 0,
    strangersUncertain: 0,
    wrongPerson: 0,
  };
  for (const photo of samples.photos) {
    for (const face of photo.faces) {
      const box = fractionOf(face.box, photo);
      const here = seen.filter(
        (one) => one.photo === photo.file && overlap(one.box, box) >= SAME_PLACE,
      );
      const matches = here.filter(({ verdict }) => verdict === "match");
      const owner = consenting.get(face.person);
      if (!owner) {
        tally.strangersFaces += 1;
        tally.strangersMatched += matches.length;
        tally.strangersUncertain += here.length - matches.length;
        continue;
      }
      tally.wrongPerson += matches.filter(({ person }) => person !== owner.id).length;
      if (face.widthPixels < FACE_WIDTH_MIN) continue;
      tally.expected += 1;
      if (matches.some(({ person }) => person === owner.id)) continue;
      const { widthPixels, condition } = face;
      missed.push({ photo: photo.file, person: owner.name, widthPixels, condition });
    }
  }
  return { ...tally, found: tally.expected - missed.length, missed };
}

async function allSightings(
  app: App,
  collection: Collection,
  people: SampleSet["people"],
): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for (const person of people) {
    const subject = await findSubject(app.db, app.vault, person.name);
    const page = { collection: collection.id, subject, after: null, limit: SIGHTINGS_MAX };
    for (const one of await pageOfSightings(app.db, page)) {
      for (const source of one.sources) {
        const photo = source.slice(source.lastIndexOf("/photos/") + 1);
        seen.push({ photo, person: person.id, box: one.place.box, verdict: one.verdict });
      }
    }
  }
  return seen;
}

function fractionOf(box: Box, photo: { readonly width: number; readonly height: number }): Box {
  const { width, height } = photo;
  return {
    x: box.x / width,
    y: box.y / height,
    width: box.width / width,
    height: box.height / height,
  };
}

/** Searches with a photo and tells the names of the matches. */
export async function searchNames(
  app: App,
  collection: Collection,
  photo: string,
  purpose: string,
): Promise<readonly string[]> {
  const answer = await searchByPhoto(app, app.recorder, {
    collection: collection.name,
    photo: { file: photo },
    purpose,
    pointed: null,
  }).catch((error: unknown) => {
    // Where everybody is blurred beyond recognition there may be no face left to find.
    if (error instanceof Error && "code" in error && error.code === "no_face_found") return null;
    throw error;
  });
  const names: string[] = [];
  for (const face of answer?.faces ?? []) {
    if (face.kind === "match")
      names.push((await readSubject(app.db, app.vault, face.subject)).name);
  }
  return names;
}

/** Searches with every delivered photo: how many people other than its receiver still match? */
export async function countDelivered(
  app: App,
  collection: Collection,
  folder: string,
  receiver: string,
): Promise<number> {
  let others = 0;
  for (const file of await readdir(folder)) {
    const names = await searchNames(app, collection, join(folder, file), "Demo: check a delivery");
    others += names.filter((name) => name !== receiver).length;
  }
  return others;
}

/** Everything of a person that must be in no file after erasure, as the bytes to look for. */
export async function readErasable(app: App, subject: SubjectId): Promise<readonly Buffer[]> {
  const { name, contact } = await readSubject(app.db, app.vault, subject);
  const rows = await app.db.read
    .selectFrom("grants")
    .innerJoin("grant_keys", "grant_keys.grant_id", "grants.id")
    .innerJoin("consents", "consents.grant_id", "grants.id")
    .innerJoin("templates", "templates.grant_id", "grants.id")
    .innerJoin("enrolment_photos", "enrolment_photos.grant_id", "grants.id")
    .innerJoin("subjects", "subjects.id", "grants.subject_id")
    .innerJoin("subject_keys", "subject_keys.subject_id", "grants.subject_id")
    .select([
      "grant_keys.wrapped_key as grantKey",
      "subject_keys.wrapped_key as subjectKey",
      "templates.sealed_vector as vector",
      "enrolment_photos.sealed_photo as photo",
      "consents.sealed_evidence as evidence",
      "subjects.sealed_name as sealedName",
      "subjects.sealed_contact as sealedContact",
    ])
    .where("grants.subject_id", "=", subject)
    .execute();
  // The first 64 bytes of a long value: no other value starts with the same random nonce.
  const sealed = rows.flatMap((row) =>
    Object.values(row).flatMap((value) => (value ? [Buffer.from(value.subarray(0, 64))] : [])),
  );
  return [Buffer.from(name), Buffer.from(contact), ...sealed];
}

/** How many of these byte strings are somewhere in the files of the instance. */
export async function stillInFiles(app: App, needles: readonly Buffer[]): Promise<number> {
  const found = new Set<number>();
  const { folder } = app.config;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    needles.forEach((needle, index) => {
      if (bytes.includes(needle)) found.add(index);
    });
  }
  return found.size;
}
