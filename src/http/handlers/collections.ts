import { z } from "zod";
import {
  createCollection,
  findCollection,
  listCollections,
  type Collection,
} from "../../collections/collections.ts";
import type { collection, collectionRoutes } from "../../contract/collections.ts";
import { parsePackName } from "../../faces/packs.ts";
import { changeCollection } from "../../rights/change-collection.ts";
import { closeCollection } from "../../rights/consent-changes.ts";
import { readSetting } from "../../storage/settings.ts";
import { reaches } from "../../accounts/principal.ts";
import { changeLimits, readLimits } from "../../collections/limits.ts";
import { readHealth } from "../../papers/health.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";

export const collectionHandlers: Handlers<typeof collectionRoutes> = {
  createCollection: async (app, { body, recorder }) => {
    const pack = body.pack ?? (await readSetting(app.db, "pack")) ?? "bundled";
    const request = { ...body, pack: parsePackName(pack) };
    return collectionOf(await createCollection(app.db, recorder, request));
  },
  listCollections: async (app, { principal, query }) => {
    const after = readCursor(query.cursor, z.string());
    const all = (await listCollections(app.db))
      .filter(({ id }) => reaches(principal, id))
      // As text is compared here, whatever the order of the database.
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .filter(({ name }) => after === null || name > after);
    return pageOf(all, query.limit, { key: ({ name }) => name, item: collectionOf });
  },
  getCollection: async (app, { params }) =>
    collectionOf(await findCollection(app.db, params.collection)),
  changeCollection: async (app, { params, body, recorder, expect }) => {
    const changed = await changeCollection(app.db, recorder, params.collection, body, (before) =>
      expect(collectionOf(before)),
    );
    await app.galleries.refresh();
    return collectionOf(changed);
  },
  getCollectionHealth: async (app, { params, principal }) => {
    const found = await findCollection(app.db, params.collection);
    const health = await readHealth(app.db, app.clock.now(), found);
    const oversees = principal.kind === "account" && principal.role !== "staff";
    return { ...health, alerts: oversees ? health.alerts : null };
  },
  getCollectionSettings: async (app, { params }) => {
    await findCollection(app.db, params.collection);
    return readLimits(app.db, params.collection);
  },
  changeCollectionSettings: async (app, { params, body, recorder, expect }) => {
    await findCollection(app.db, params.collection);
    return changeLimits(app.db, recorder, params.collection, body, expect);
  },
  closeCollection: async (app, { params, recorder }) => {
    const { id } = await findCollection(app.db, params.collection);
    await closeCollection(app.db, recorder, id);
    await app.galleries.refresh();
    return { done: true };
  },
};

function collectionOf(one: Collection): z.input<typeof collection> {
  const { id, name, purpose, contact, alternative, retentionDays, ageFloor, sceneBasis } = one;
  const terms = { name, purpose, contact, alternative, retentionDays, ageFloor, sceneBasis };
  return { id, ...terms, pack: one.pack, closed: one.closedAt !== null };
}
