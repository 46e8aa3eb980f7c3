import { watchSearches } from "../../accounts/search-watch.ts";
import type { videoSearchRoutes } from "../../contract/video-searches.ts";
import { appearancesOf } from "../../search/appearances.ts";
import { searchByVideo } from "../../search/search-video.ts";
import { HttpError } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import { nameFor } from "./search.ts";
import { sightingOf } from "./sightings.ts";

/** Sightings behind one person, as many as a screen shows. */
const SIGHTINGS_FIRST = 20;

export const videoSearchHandlers: Handlers<typeof videoSearchRoutes> = {
  searchByVideo: async (app, request) => {
    const { params, body, spooled, recorder, principal, telling, signal } = request;
    const [file] = spooled;
    if (!file) throw new HttpError("request_invalid");
    const { db, clock, galleries, engines, blobs, importDeps } = app;
    const deps = { db, clock, galleries, engines, blobs, parallel: importDeps.parallel };
    const answer = await searchByVideo(deps, recorder, {
      collection: params.collection,
      video: file.path,
      purpose: body.purpose,
      keepUntil: body.keepUntil,
      watch: watchSearches(recorder),
      telling,
      sightingsMax: SIGHTINGS_FIRST,
      signal,
    });
    const people = [];
    for (const one of appearancesOf(answer.faces)) {
      const known = await nameFor(app, principal, one.subject);
      // Erased since: nothing is told of them.
      if (known === "erased") continue;
      people.push({
        subject: { id: one.subject, name: known.name },
        verdict: one.verdict,
        score: one.score,
        intervals: one.intervals.map((interval) => ({ ...interval })),
        sightings: one.sightings.map(sightingOf),
      });
    }
    return { search: answer.id, seconds: answer.seconds, tracks: answer.faces.length, people };
  },
};
