import { z } from "zod";
import type { Principal } from "../../accounts/principal.ts";
import { readAllowance, watchSearches } from "../../accounts/search-watch.ts";
import type { App } from "../../app.ts";
import { SearchError } from "../../search/errors.ts";
import type { searchRoutes } from "../../contract/search.ts";
import { findCollection } from "../../collections/collections.ts";
import { readLimits } from "../../collections/limits.ts";
import { countFindable } from "../../consent/people.ts";
import { keepDaysMax } from "../../search/kept-probes.ts";
import { pageOfSearches } from "../../search/search-list.ts";
import { type FaceAnswer, searchByPhoto, type SearchRequest } from "../../search/search.ts";
import { StorageError } from "../../storage/errors.ts";
import { readSubject, SubjectsError } from "../../subjects/subjects.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";
import { sightingOf } from "./sightings.ts";

/** Sightings behind one face, as many as a screen shows; the cursor leads on. */
const SIGHTINGS_FIRST = 20;

export const searchHandlers: Handlers<typeof searchRoutes> = {
  searchByPhoto: async (app, request) => {
    const { params, body, files, recorder, principal, telling, timed } = request;
    const answer = await searchByPhoto(app, recorder, {
      collection: params.collection,
      photo: { bytes: files.photo },
      purpose: body.purpose,
      keepUntil: body.keepUntil,
      pointed: pointedAt(body),
      watch: watchSearches(recorder),
      telling,
      timed,
      // One more tells whether there is a next page.
      sightingsMax: SIGHTINGS_FIRST + 1,
    });
    const faces: FaceOf[] = [];
    for (const face of answer.faces) faces.push(await faceOf(app, principal, face));
    return { search: answer.id, width: answer.width, height: answer.height, faces };
  },
  listSearches: async ({ db, clock }, { params, query, principal }) => {
    const { id: collection } = await findCollection(db, params.collection);
    const after = readCursor(query.cursor, searchesKey);
    const account = ownOnly(principal);
    const rows = await pageOfSearches(db, clock, {
      collection,
      account,
      after,
      limit: query.limit + 1,
    });
    return pageOf(rows, query.limit, {
      key: ({ recordedAt, id }) => ({ recordedAt, id }),
      item: ({ account: by, ...row }) => ({ ...row, by }),
    });
  },
  getSearchAllowance: async ({ db, clock }, { params, recorder }) => {
    const { id: collection, retentionDays } = await findCollection(db, params.collection);
    const now = clock.now();
    return {
      keepDays: keepDaysMax({ retentionDays }),
      ...(await readAllowance(db, { collection, account: recorder.account, now })),
      people: await countFindable(db, collection, now),
      twoPerson: (await readLimits(db, collection)).twoPerson,
    };
  },
};

const searchesKey = z.object({ recordedAt: z.number(), id: z.string() });

/** Staff read of their own searches alone; who oversees reads of everybody's. */
export function ownOnly(principal: Principal): string | null {
  if (principal.kind !== "account") return "";
  return principal.role === "staff" ? principal.id : null;
}

type FaceOf = z.input<typeof searchRoutes.searchByPhoto.response>["faces"][number];

function pointedAt(body: {
  readonly face?: number | undefined;
  readonly x?: number | undefined;
  readonly y?: number | undefined;
}): SearchRequest["pointed"] {
  const { face, x, y } = body;
  if (face !== undefined) return { kind: "face", index: face - 1 };
  if (x === undefined && y === undefined) return null;
  if (x !== undefined && y !== undefined) return { kind: "at", at: { x, y } };
  throw new SearchError("no_face_there", "Give x and y, each from 0 to 1.");
}

async function faceOf(app: App, principal: Principal, answer: FaceAnswer): Promise<FaceOf> {
  const { box, widthPixels, problems } = answer.face;
  const face = { box, widthPixels: Math.round(widthPixels), problems: [...problems] };
  if (!("subject" in answer)) return { verdict: answer.kind, ...face };
  const { kind: verdict, subject, score, margin } = answer;
  const known = await nameFor(app, principal, subject);
  if (known === "erased") return { verdict: "none", ...face };
  const { items, next } = pageOf(answer.sightings, SIGHTINGS_FIRST, {
    key: ({ key }) => key,
    item: sightingOf,
  });
  return {
    verdict,
    ...face,
    subject: { id: subject, name: known.name },
    score,
    margin,
    sightings: items,
    next,
  };
}

/** Programs are told ids; people who search are told names; of whom was erased since, nothing. */
export async function nameFor(
  app: App,
  principal: Principal,
  subject: Parameters<typeof readSubject>[2],
): Promise<{ readonly name: string | null } | "erased"> {
  if (principal.kind !== "account") return { name: null };
  try {
    return await readSubject(app.db, app.vault, subject);
  } catch (error) {
    const gone = error instanceof SubjectsError || isDestroyed(error);
    if (gone) return "erased";
    throw error;
  }
}

/** The key went between the reading of the name and its opening. */
function isDestroyed(error: unknown): boolean {
  return error instanceof StorageError && error.code === "key_destroyed";
}
