import { join } from "node:path";
import { findCollection } from "../src/collections/collections.ts";
import { importFolder } from "../src/collections/import.ts";
import { askForDelivery } from "../src/rights/deliveries.ts";
import { videosShowing } from "../src/rights/shown.ts";
import { sweepDeliveries } from "../src/rights/sweep-deliveries.ts";
import { makeCollection } from "./instance.ts";
import type { StepKind } from "./kill-steps.ts";
import { enrolKnown, KNOWN, NAME, type Work, works } from "./kill-works.ts";

/** A piece of work with videos, most of whose kills are aimed into the middle of one. */
export interface VideoWork extends Work {
  /** The steps that most kills are aimed at, in turns. */
  readonly aims: readonly StepKind[];
}

/** The pieces of work with videos that are killed. */
export const videoWorks = {
  "import of videos": {
    aims: ["look"],
    prepare: async (app) => {
      await makeCollection(app, { name: NAME });
      await enrolKnown(app);
      await app.runner.drain();
    },
    run: async (app, inputs, onStep) => {
      const collection = await findCollection(app.db, NAME);
      await importFolder(app.importDeps, app.recorder, collection, join(inputs, "videos"), {
        onFile: ({ path }) => onStep(path),
      });
      await app.runner.drain();
    },
  },
  // Half of the videos came before anybody: their people are looked for anew. Of the others the
  // places that were kept are embedded.
  "backfill of videos": {
    aims: ["look"],
    prepare: async (app, inputs) => {
      const collection = await makeCollection(app, { name: NAME });
      await importFolder(app.importDeps, app.recorder, collection, join(inputs, "videos/before"));
      await enrolKnown(app, NAME, 2);
      await importFolder(app.importDeps, app.recorder, collection, join(inputs, "videos/after"));
      await enrolKnown(app, NAME, KNOWN, 2);
    },
    run: async (app, _, onStep) => {
      await app.runner.drain({ onProgress: (_, { done }) => onStep(`${done}`) });
    },
  },
  "copies of videos": {
    aims: ["packet", "ending", "packet"],
    prepare: async (app, inputs) => {
      const collection = await makeCollection(app, { name: NAME });
      const people = await enrolKnown(app);
      await importFolder(app.importDeps, app.recorder, collection, join(inputs, "alone"));
      await app.runner.drain();
      const [, one] = people;
      if (!one) throw new Error("somebody is known");
      const asked = { collection: collection.id, subjects: [one] };
      for (const { media } of await videosShowing(app.db, asked))
        await askForDelivery(app.db, app.recorder, { ...asked, video: media });
    },
    run: async (app, _, onStep) => {
      await app.runner.drain({ onProgress: (_, { done }) => onStep(`${done}`) });
      await sweepDeliveries({ db: app.db, folder: app.deliveries }, app.clock);
    },
  },
} as const satisfies Record<string, VideoWork>;

export type VideoWorkName = keyof typeof videoWorks;

/** Every piece of work that is killed. */
export const allWorks = { ...works, ...videoWorks };

export type WorkName = keyof typeof allWorks;

export function isOfVideos(name: WorkName): name is VideoWorkName {
  return name in videoWorks;
}
