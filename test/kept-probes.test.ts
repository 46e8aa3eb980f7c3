import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DAY_MS, fixedClock } from "../src/base/clock.ts";
import type { CollectionId } from "../src/base/ids.ts";
import { erase } from "../src/rights/erase.ts";
import { exportRecord } from "../src/rights/export.ts";
import { planSweep, sweep } from "../src/rights/retention.ts";
import { PROBE_BYTES_MAX } from "../src/search/kept-probes.ts";
import { searchByVideo } from "../src/search/search-video.ts";
import { verifyExport } from "../src/verify/export.ts";
import { readArchive, sourceOf } from "../src/verify/archive.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import { enrolPerson, type Instance, makeCollection, searchFor } from "./instance.ts";
import { eventsOf } from "./ledger.ts";
import {
  type Badge,
  openTestService,
  signInAs,
  signInPerson,
  type TestService,
} from "./service.ts";
import { stripeVideo } from "./video-asked.ts";

const START = Date.parse("2026-11-02T10:00:00Z");
const LAST_DAY = "2026-11-20";
const END = Date.parse("2026-11-21T00:00:00Z");

/** Files among the stored photos and videos. */
async function storedIn({ folder }: Instance): Promise<readonly string[]> {
  const all = await readdir(join(folder, "photos"), { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

interface Listed {
  readonly id: string;
  readonly probe: { readonly type: string; readonly until: number } | null;
}

async function listed({ service }: TestService, collection: CollectionId, badge: Badge) {
  const url = `${service.origin}/api/v1/collections/${collection}/searches`;
  const answer = (await (await fetch(url, { headers: badge })).json()) as {
    readonly items: readonly Listed[];
  };
  return answer.items;
}

onEachDatabase(
  "what a search is made with is kept to a day, sealed, and seen by few",
  async (db) => {
    const clock = fixedClock(START);
    await using tested = await openTestService(db, { instance: { clock } });
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "p5");
    const bytes = await stripeVideo(["p5", "p5"]);
    const staff = await signInAs(tested, "staff", [collection.id]);
    const base = `${tested.service.origin}/api/v1/collections/${collection.id}`;
    const ask = async (fields: Readonly<Record<string, string>>) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append("video", new Blob([new Uint8Array(bytes)]), "clip.mp4");
      return fetch(`${base}/video-searches`, { method: "POST", headers: staff, body: form });
    };
    // Nothing is kept that nobody asked for, nor for longer than it may be.
    assert.equal((await ask({ purpose: "a test" })).status, 200);
    assert.deepEqual(await storedIn(tested.instance), []);
    for (const day of ["2026-11-01", "2026-12-02", "2027-01-01"]) {
      const refused = await ask({ purpose: "a test", keepUntil: day });
      assert.equal(((await refused.json()) as { code: string }).code, "keep_invalid", day);
    }
    clock.move(1000);
    const asked = await ask({ purpose: "the film of the gala", keepUntil: LAST_DAY });
    const { search } = (await asked.json()) as { readonly search: string };
    const [file = "", ...others] = await storedIn(tested.instance);
    assert.deepEqual(others, []);
    const sealed = await readFile(file);
    assert.equal(sealed.includes(bytes.subarray(0, 64)), false, "it is sealed");

    const probe = async (badge: Badge, method = "GET") =>
      fetch(`${base}/searches/${search}/probe`, { method, headers: badge });
    const [newest, before] = await listed(tested, collection.id, staff);
    assert.deepEqual([newest?.id, newest?.probe], [search, { type: "video/mp4", until: END }]);
    assert.equal(before?.probe, null);
    const seen = await probe(staff);
    assert.equal(seen.headers.get("content-type"), "video/mp4");
    assert.ok(Buffer.from(await seen.arrayBuffer()).equals(bytes));
    assert.equal((await probe(await signInAs(tested, "owner"))).status, 200);
    const colleague = await signInAs(tested, "staff", [collection.id]);
    assert.equal((await probe(colleague)).status, 404, "who may not see the search");
    assert.equal((await probe(colleague, "DELETE")).status, 404);
    assert.equal((await eventsOf(app, "probe.viewed")).length, 2);

    // The person whom it returned can read to when it is kept, from their own entry too.
    const badge = await signInPerson(tested, anna);
    const own = `${tested.service.origin}/api/v1/people/${anna}/searches`;
    const { items } = (await (await fetch(own, { headers: badge })).json()) as {
      readonly items: readonly { readonly id: string; readonly keptUntil: number | null }[];
    };
    assert.deepEqual(
      items.map(({ id, keptUntil }) => [id === search, keptUntil]),
      [
        [true, END],
        [false, null],
      ],
    );
    const [, returned] = await eventsOf(app, "search.returned");
    assert.equal(returned?.event["keptUntil"], END);

    assert.equal((await probe(staff, "DELETE")).status, 200);
    assert.deepEqual(await storedIn(tested.instance), []);
    assert.equal((await probe(staff)).status, 404);
    assert.equal((await eventsOf(app, "probe.deleted")).length, 1);
    const [after] = await listed(tested, collection.id, staff);
    assert.equal(after?.probe, null);
  },
);

onEachDatabase(
  "a kept probe goes at its end by the sweep that shows it, and with a person",
  async (db) => {
    const clock = fixedClock(START);
    await using tested = await openTestService(db, { instance: { clock } });
    const { instance } = tested;
    const { app } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    const kept = { keepUntil: LAST_DAY };
    await searchFor(app, collection, ["anna"], kept);
    await searchFor(app, collection, ["stranger"], kept);
    const rows = async () => app.db.read.selectFrom("kept_probes").select("search_id").execute();
    assert.equal((await rows()).length, 2);

    const to = join(instance.folder, "anna.zip");
    await exportRecord(app, app.recorder, { subject: anna, to });
    const findings = await verifyExport(readArchive(sourceOf(await readFile(to))));
    assert.equal(findings.searches, 2);

    // Erased is what may show her; the other search did not return her.
    await erase(app, app.recorder, anna);
    assert.equal((await rows()).length, 1);
    const due = async () => (await planSweep(app, clock)).find(({ kind }) => kind === "probes");
    clock.move(END - START - 1);
    assert.equal((await due())?.count, 0);
    clock.move(1);
    assert.deepEqual(await due(), { kind: "probes", count: 1, oldest: END });
    const swept = await sweep(app, app.recorder);
    assert.deepEqual(
      swept.find(({ kind }) => kind === "probes"),
      { kind: "probes", count: 1, oldest: END },
    );
    assert.deepEqual(await rows(), []);
  },
);

onSqlite("no probe is kept past its collection's own time, nor a large one", async (database) => {
  await using tested = await openTestService(database, { instance: { clock: fixedClock(START) } });
  const { app, folder } = tested.instance;
  const collection = await makeCollection(app, { retentionDays: 7 });
  await enrolPerson(app, collection, "p5");
  const late = { keepUntil: new Date(START + 8 * DAY_MS).toISOString().slice(0, 10) };
  await assert.rejects(searchFor(app, collection, ["p5"], late), { code: "keep_invalid" });
  const video = join(folder, "long.mp4");
  const clip = await stripeVideo(["p5"]);
  // Free space as its last box: a film that plays, and is as large as this.
  const rest = Buffer.alloc(PROBE_BYTES_MAX);
  rest.writeUInt32BE(rest.length, 0);
  rest.write("free", 4, "latin1");
  await writeFile(video, Buffer.concat([clip, rest]));
  const deps = { ...app, parallel: 1 };
  const request = { collection: collection.id, video, purpose: "a test" };
  const keep = { ...request, keepUntil: new Date(START).toISOString().slice(0, 10) };
  await assert.rejects(searchByVideo(deps, app.recorder, keep), { code: "keep_invalid" });
  assert.deepEqual(await storedIn(tested.instance), []);
  await searchByVideo(deps, app.recorder, request);
  const photo = { bytes: fakePhoto(["p5"]) };
  await searchFor(app, collection, [], { photo, keepUntil: keep.keepUntil });
  assert.equal((await storedIn(tested.instance)).length, 1);
});
