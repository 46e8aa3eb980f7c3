import { watchSearches } from "../../accounts/search-watch.ts";
import { findCollection } from "../../collections/collections.ts";
import { personOf } from "../../consent/people.ts";
import type { faceRoutes } from "../../contract/faces.ts";
import { type QualityProblem, qualityAdvice } from "../../faces/quality.ts";
import { verifyPerson } from "../../search/verify-person.ts";
import type { Handlers } from "../handler.ts";

export const faceHandlers: Handlers<typeof faceRoutes> = {
  detectFaces: async (app, { params, files, signal }) => {
    const { pack } = await findCollection(app.db, params.collection);
    const engine = await app.engines(pack);
    const options = { embed: { kind: "none" }, use: "probe", signal } as const;
    const { width, height, faces } = await engine.analyse({ bytes: files.photo }, options);
    return {
      width,
      height,
      faces: faces.map(({ box, widthPixels, problems }) => ({
        box,
        widthPixels: Math.round(widthPixels),
        problems: problemsOf(problems),
      })),
    };
  },
  verifyPerson: async (app, { params, body, files, recorder, telling }) => {
    await personOf(app.db, params.collection, params.subject);
    const { search, verdict, score, problems } = await verifyPerson(app, recorder, {
      collection: params.collection,
      subject: params.subject,
      photo: { bytes: files.photo },
      purpose: body.purpose,
      face: body.face === undefined ? null : body.face - 1,
      watch: watchSearches(recorder),
      telling,
    });
    return { search, verdict, score, problems: problemsOf(problems) };
  },
};

/** Each problem with what to change, in a sentence. */
export function problemsOf(problems: readonly QualityProblem[]) {
  return problems.map((code) => ({ code, advice: qualityAdvice[code] }));
}
