import type { z } from "zod";
import type { App } from "../../app.ts";
import { assert } from "../../base/errors.ts";
import type { CollectionId } from "../../base/ids.ts";
import { findCollection } from "../../collections/collections.ts";
import { CollectionsError } from "../../collections/errors.ts";
import { noticeBody } from "../../consent/layered-notice.ts";
import { currentNotice, currentNotices, publishNotice } from "../../consent/notices.ts";
import { type Operator, readOperator, writeOperator } from "../../consent/operator.ts";
import { whole } from "../../contract/fields.ts";
import type { operatorProfile, operatorRoutes } from "../../contract/operator.ts";
import { packManifest, packNames } from "../../faces/packs.ts";
import { enqueue } from "../../jobs/jobs.ts";
import { newestJob } from "../../jobs/listings.ts";
import { append } from "../../ledger/ledger.ts";
import { changePackJob } from "../../search/change-pack.ts";
import { readSetting, writeSetting } from "../../storage/settings.ts";
import type { Handlers } from "../handler.ts";
import { jobOf } from "./jobs.ts";

export const operatorHandlers: Handlers<typeof operatorRoutes> = {
  getOperator: async ({ db }) => {
    const operator = await readOperator(db);
    return { operator: operator && profileOf(operator) };
  },
  setOperator: async ({ db }, { body, recorder, expect }) => {
    const operator = await db.write(async (tx) => {
      const before = await readOperator(tx);
      expect({ operator: before && profileOf(before) });
      return writeOperator(tx, recorder, withoutGaps(body));
    });
    return { operator: profileOf(operator) };
  },
  listNotices: async ({ db }, { params }) => {
    await findCollection(db, params.collection);
    return whole(await currentNotices(db, params.collection));
  },
  previewNotice: async ({ db }, { params, body }) => {
    await findCollection(db, params.collection);
    return { language: body.language, body: await noticeBody(db, params.collection, body) };
  },
  publishNotice: async ({ db }, { params, body, recorder }) => {
    const { id: collection } = await findCollection(db, params.collection);
    const { language } = body;
    return db.write(async (tx) => {
      const text = await noticeBody(tx, collection, body);
      await publishNotice(tx, recorder, { collection, language, body: text });
      const made = await currentNotice(tx, collection, language);
      assert(made, "What was published is there.");
      return made;
    });
  },
  listPacks: async ({ db }) => {
    const chosen = (await readSetting(db, "pack")) ?? "bundled";
    const packs = packNames.map((name) => ({ ...packManifest(name), forNew: name === chosen }));
    return whole(packs);
  },
  choosePack: async ({ db, engines }, { body: { pack }, recorder }) => {
    // One that is not installed is refused now, and not when somebody is to be enrolled with it.
    await engines(pack);
    await db.write(async (tx) => {
      await writeSetting(tx, "pack", pack);
      await append(tx, recorder, { kind: "pack.chosen", collection: null, pack });
    });
    return { done: true };
  },
  changePack: async (app, { params, body }) => {
    const { id, closedAt } = await findCollection(app.db, params.collection);
    if (closedAt !== null) throw new CollectionsError("collection_closed", "It is closed.");
    await app.engines(body.pack);
    return queueJob(app, changePackJob(body.pack), id);
  },
};

async function queueJob({ db, clock }: App, kind: string, target: CollectionId) {
  return db.write(async (tx) => {
    await enqueue(tx, clock, kind, target);
    return jobOf(await newestJob(tx, kind, target));
  });
}

/** A field that is not said is no field. */
function withoutGaps(body: z.output<typeof operatorProfile>): Parameters<typeof writeOperator>[2] {
  return JSON.parse(JSON.stringify(body)) as Parameters<typeof writeOperator>[2];
}

/** The profile as the contract has it. */
export function profileOf(operator: Operator): z.input<typeof operatorProfile> {
  return { ...operator, recipients: [...operator.recipients] };
}
