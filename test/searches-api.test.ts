import assert from "node:assert/strict";
import type { z } from "zod";
import { ROUTES } from "../src/contract/routes.ts";
import { onSqlite } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection } from "./instance.ts";
import { type Badge, openTestService, signInAs } from "./service.ts";

const { listSearches, getSearchAllowance, listReviews } = ROUTES;

onSqlite(
  "staff read of their own searches, overseers of all; names are for staff",
  async (database) => {
    await using tested = await openTestService(database);
    const { instance, service } = tested;
    const collection = await makeCollection(instance.app);
    const anna = await enrolPerson(instance.app, collection, "anna");
    await importPhotos(instance, collection, { "a.jpg": fakePhoto(["anna"], "a") });
    const one = await signInAs(tested, "staff", [collection.id]);
    const two = await signInAs(tested, "staff", [collection.id]);
    const auditor = await signInAs(tested, "auditor");
    const read = async <Shape extends z.ZodType>(
      { path, response }: { readonly path: string; readonly response: Shape },
      headers: Badge,
    ): Promise<z.output<Shape>> => {
      const url = `${service.origin}${path.replace(":collection", collection.id)}`;
      return response.parse(await (await fetch(url, { headers })).json());
    };

    const body = new FormData();
    body.set("purpose", "hand out the prints");
    body.set("photo", new Blob([new Uint8Array(fakePhoto(["anna"], "probe"))]));
    const url = `${service.origin}/api/v1/collections/${collection.id}/searches`;
    const searched = await fetch(url, { method: "POST", headers: one, body });
    assert.equal(searched.status, 200);

    const { items } = await read(listSearches, one);
    const [own] = items;
    assert.partialDeepStrictEqual(own, { purpose: "hand out the prints", faces: 1, returned: 1 });
    assert.deepEqual((await read(listSearches, two)).items, []);
    assert.deepEqual((await read(listSearches, auditor)).items, [own]);
    const spent = await read(getSearchAllowance, one);
    assert.partialDeepStrictEqual(spent, { used: 1, nextAt: null, people: 1, twoPerson: false });
    assert.partialDeepStrictEqual(await read(getSearchAllowance, two), { used: 0, nextAt: null });

    const subjectsFor = async (badge: Badge) =>
      (await read(listReviews, badge)).items.map(({ subject }) => subject);
    assert.deepEqual(await subjectsFor(one), [{ id: anna, name: "Name of anna" }]);
    assert.deepEqual(await subjectsFor(auditor), [{ id: anna, name: null }]);
  },
);
