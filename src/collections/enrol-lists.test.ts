import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "../../client/assent.ts";
import { cookieSession } from "../../client/badge.ts";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePhoto } from "../../test/fake-engine.ts";
import { type Instance, makeCollection, openInstance, today } from "../../test/instance.ts";
import { openTestService, signInAs } from "../../test/service.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import type { EnrolmentListId } from "../base/ids.ts";
import { erase } from "../rights/erase.ts";
import { findSubject } from "../subjects/subjects.ts";
import { findCollection } from "./collections.ts";
import { enrolListed, receiveList, sweepLists } from "./enrol-lists.ts";

const HEADING = "subject,contact,photo,form,signed_on,witness,keep_photo";

function csvOf(day: string, people: readonly string[]): string {
  const rows = people.map(
    (one) => `${one},${one}@people.example,photos/${one}.jpg,form ${one},${day},Staff,no`,
  );
  return [HEADING, ...rows].join("\n");
}

async function handIn({ app, folder }: Instance, people: readonly string[]) {
  const collection = await makeCollection(app);
  const photos = new Map<string, string>();
  for (const one of people) {
    const path = join(folder, `${one}.jpg`);
    await writeFile(path, fakePhoto([one]));
    photos.set(`${one}.jpg`, path);
  }
  const csv = Buffer.from(csvOf(today(app), people));
  const { list } = await receiveList(app, app.recorder, collection, { csv, photos, peopleMax: 9 });
  return { list, target: `${collection.id}/${list}` };
}

const outcomesOf = async ({ app }: Instance, list: EnrolmentListId) =>
  (
    await app.db.read
      .selectFrom("enrolment_rows")
      .selectAll()
      .where("list_id", "=", list)
      .orderBy("line")
      .execute()
  ).map(({ outcome, sealed_person, sealed_photo }) => [outcome, sealed_person, sealed_photo]);

onEachDatabase("a list over the API has a result for every row, and no name", async (database) => {
  await using served = await openTestService(database);
  const { app } = served.instance;
  const { id: collection } = await makeCollection(app);
  const { cookie = "" } = await signInAs(served, "staff", [collection]);
  const staff = connect({ address: served.service.origin, as: cookieSession(cookie) });
  const csv = csvOf(today(app), ["anna", "bert", "cleo", ""]);
  const file = (bytes: BlobPart, name: string): File => new File([bytes], name);
  const photos = ["anna", "bert"].map((one) =>
    file(new Uint8Array(fakePhoto([one])), `${one}.jpg`),
  );
  photos.push(file(new Uint8Array(fakePhoto(["cleo", "dora"])), "cleo.jpg"));
  const list = file(csv, "people.csv");
  const handed = await staff.enrolList({ collection, list, photos });
  for (let tries = 0; tries < 200; tries += 1) {
    await app.runner.drain();
    if ((await staff.getJob({ job: handed.job })).state === "done") break;
  }
  const [shown] = (await staff.listEnrolmentLists({ collection })).items;
  const { createdAt, finishedAt, ...counts } = shown ?? {};
  assert.ok(createdAt && finishedAt);
  const none = { renewed: 0, already: 0 };
  assert.deepEqual(counts, {
    id: handed.list,
    people: 4,
    enrolled: 2,
    ...none,
    refused: 2,
    job: handed.job,
  });
  const refused = await staff.listRefusedRows({ collection, list: handed.list });
  assert.deepEqual(
    refused.items.map(({ line, reasons }) => [line, reasons.map(({ code }) => code)]),
    [
      [4, ["several_faces"]],
      [5, ["missing"]],
    ],
  );
  assert.ok(refused.items.every(({ reasons }) => reasons.every(({ advice }) => advice.length > 9)));
  assert.equal((await staff.listPeople({ collection })).items.length, 2);
  const bad = staff.enrolList({ collection, list: file("a,b\n1,2", "x.csv"), photos });
  await assert.rejects(bad, { code: "csv_invalid" });
  await assert.rejects(staff.enrolList({ collection, list: [], photos }), { code: "csv_invalid" });
});

onEachDatabase("stopped in the middle, a list goes on where it was", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { list, target } = await handIn(instance, ["anna", "bert", "cleo"]);
  const stop = new AbortController();
  const deps = { ...app, parallel: 1 };
  const context = { signal: stop.signal, report: () => stop.abort(new Error("stopped")) };
  await assert.rejects(enrolListed(deps, app.recorder, target, context), /stopped/u);
  const [first, second] = await outcomesOf(instance, list);
  assert.deepEqual(first, ["enrolled", null, null]);
  assert.equal(second?.[0], null);
  const on = { signal: new AbortController().signal, report: () => undefined };
  await enrolListed(deps, app.recorder, target, on);
  const done = ["enrolled", null, null];
  assert.deepEqual(await outcomesOf(instance, list), [done, done, done]);
  const consents = await app.db.read.selectFrom("consents").select("id").execute();
  assert.equal(consents.length, 3);
});

onEachDatabase(
  "R14 who is erased while their list waits is enrolled by it no more",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const first = await handIn(instance, ["anna"]);
    const deps = { ...app, parallel: 1 };
    const on = { signal: new AbortController().signal, report: () => undefined };
    await enrolListed(deps, app.recorder, first.target, on);
    const anna = await findSubject(app.db, app.vault, "anna");
    const [collection = ""] = first.target.split("/");
    const path = join(instance.folder, "anna.jpg");
    const { list } = await receiveList(
      app,
      app.recorder,
      await findCollection(app.db, collection),
      {
        csv: Buffer.from(csvOf(today(app), ["anna", "bert"])),
        photos: new Map([["anna.jpg", path]]),
        peopleMax: 9,
      },
    );
    await erase(app, app.recorder, anna);
    await enrolListed(deps, app.recorder, `${collection}/${list}`, on);
    const refused = ["refused", null, null];
    assert.deepEqual(await outcomesOf(instance, list), [refused, refused]);
    assert.equal((await app.db.read.selectFrom("templates").select("id").execute()).length, 0);
  },
);

onEachDatabase(
  "a list that nobody finishes goes after a day, with what it holds",
  async (database) => {
    const clock = fixedClock(Date.parse("2026-03-01T00:00:00Z"));
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const { list } = await handIn(instance, ["anna"]);
    clock.move(DAY_MS - 1);
    await sweepLists(app.db, clock);
    assert.equal((await outcomesOf(instance, list)).length, 1);
    clock.move(1);
    await sweepLists(app.db, clock);
    assert.deepEqual(await outcomesOf(instance, list), []);
  },
);
