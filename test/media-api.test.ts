import assert from "node:assert/strict";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sha256Hex } from "../src/base/bytes.ts";
import { DAY_MS, fixedClock } from "../src/base/clock.ts";
import { decode } from "../src/media/decode.ts";
import { sweepDeliveries } from "../src/rights/sweep-deliveries.ts";
import { pause, withdraw } from "../src/rights/consent-changes.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { brokenPhoto, fakePhoto, fakePicture } from "./fake-engine.ts";
import { makeDelivery } from "./files-asked.ts";
import { enrolPerson, importPhotos, makeCollection } from "./instance.ts";
import { type Badge, makeKey, openTestService, signInAs, type TestService } from "./service.ts";
import { unpack } from "./unpack.ts";
import { zipOf } from "./zips.ts";

type Json = Readonly<Record<string, unknown>>;

async function ask(
  { service }: TestService,
  headers: Badge,
  path: string,
  options: RequestInit = {},
): Promise<Response> {
  return fetch(`${service.origin}/api/v1/collections/${path}`, {
    ...options,
    headers: { ...headers, ...(options.headers as Badge | undefined) },
  });
}

async function jsonOf<Value = Json>(answer: Response): Promise<Value> {
  const text = await answer.text();
  assert.ok(answer.ok, text);
  return JSON.parse(text) as Value;
}

function formOf(files: Readonly<Record<string, Buffer>>): FormData {
  const form = new FormData();
  for (const [name, bytes] of Object.entries(files)) {
    form.append("photos", new Blob([new Uint8Array(bytes)]), name);
  }
  return form;
}

const photosOf = (page: Json) => page["items"] as readonly Json[];

onEachDatabase("a form of photos is answered file by file", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const { id } = await makeCollection(app);
  const key = await makeKey(tested, id);
  const form = () =>
    formOf({
      "../a.jpg": fakePhoto(["anna"]),
      "b.jpg": fakePhoto(["anna"]),
      "c.jpg": brokenPhoto("heic_unsupported"),
    });
  const once = { method: "POST", body: form(), headers: { "idempotency-key": "first" } };
  const { files } = await jsonOf<{ files: readonly Json[] }>(
    await ask(tested, key, `${id}/media`, once),
  );
  assert.deepEqual(
    files.map(({ name, outcome, reason }) => [name, reason ?? outcome]),
    [
      ["a.jpg", "added"],
      ["b.jpg", "known"],
      ["c.jpg", "heic_unsupported"],
    ],
  );
  assert.match(String(files[2]?.["advice"]), /Export them as JPEG/u);
  assert.equal(files[0]?.["photo"], files[1]?.["photo"]);
  // Sent again with its key it is answered as before; with another file it is another request.
  const again = await ask(tested, key, `${id}/media`, { ...once, body: form() });
  assert.deepEqual(await jsonOf(again), { files });
  const other = formOf({ "a.jpg": fakePhoto(["bert"]) });
  assert.equal((await ask(tested, key, `${id}/media`, { ...once, body: other })).status, 422);
  assert.deepEqual(await readdir(app.uploads), []);
});

onEachDatabase(
  "photos are listed by page, by what they wait for and by person",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    await app.runner.drain();
    await importPhotos(tested.instance, collection, {
      "1.jpg": fakePhoto(["anna"]),
      "2.jpg": fakePhoto(["bert"]),
      "3.jpg": fakePhoto(["anna", "bert"]),
    });
    const staff = await signInAs(tested, "staff", [collection.id]);
    const list = async (query: string) =>
      jsonOf(await ask(tested, staff, `${collection.id}/media?${query}`));
    const all = photosOf(await list("order=date"));
    assert.equal(all.length, 3);
    for (const order of ["newest", "date"]) {
      const seen: unknown[] = [];
      for (let next: string | null = ""; next !== null;) {
        const page = await list(`limit=1&order=${order}${next === "" ? "" : `&cursor=${next}`}`);
        seen.push(...photosOf(page).map(({ id }) => id));
        next = page["next"] as string | null;
      }
      const expected = all.map(({ id }) => id);
      assert.deepEqual(seen, order === "date" ? expected : expected.toReversed(), order);
    }
    for (const order of ["newest", "date"]) {
      const whole = photosOf(await list(`order=${order}`)).map(({ id }) => id);
      for (const from of [0, 1, 2, 3]) {
        const { items, total } = await list(`order=${order}&from=${from}&limit=1`);
        assert.equal(total, 3);
        assert.deepEqual(
          (items as readonly Json[]).map(({ id }) => id),
          whole.slice(from, from + 1),
        );
      }
    }
    assert.equal((await list(""))["total"], null);
    assert.equal((await list(`subject=${anna}&from=0`))["total"], 2);
    assert.equal((await list("pending=yes&from=0"))["total"], 0);
    assert.equal(photosOf(await list(`subject=${anna}`)).length, 2);
    assert.equal(photosOf(await list("pending=yes")).length, 0);
    assert.equal(photosOf(await list("problem=yes")).length, 0);
    await pause(app.db, app.recorder, anna, collection.id);
    const paused = await ask(tested, staff, `${collection.id}/media?subject=${anna}`);
    assert.equal(paused.status, 409);
  },
);

onEachDatabase("a collection's health is told in numbers", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const collection = await makeCollection(app, { retentionDays: 20 });
  const staff = await signInAs(tested, "staff", [collection.id]);
  const health = async (badge: Badge) =>
    jsonOf(await ask(tested, badge, `${collection.id}/health`));
  const none = { photos: 0, people: 0, jobs: 0, received: 0, nextEnd: null, alerts: null };
  for (const [name, value] of Object.entries(none))
    assert.equal((await health(staff))[name], value);
  await enrolPerson(app, collection, "anna");
  const form = formOf({ "1.jpg": fakePhoto(["anna"]), "2.jpg": fakePhoto(["bert"]) });
  await jsonOf(await ask(tested, staff, `${collection.id}/media`, { method: "POST", body: form }));
  await app.runner.drain();
  const later = await health(staff);
  const some = { photos: 2, waiting: 0, people: 1, ending: 1, jobs: 0, problems: 0, objections: 0 };
  for (const [name, value] of Object.entries(some)) assert.equal(later[name], value, name);
  assert.ok(Number(later["nextEnd"]) > app.clock.now());
  assert.equal((await health(await signInAs(tested, "owner")))["alerts"], 0);
});

onEachDatabase(
  "a photo names people whose consent is in force, to those who work",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    await enrolPerson(app, collection, "bert");
    await app.runner.drain();
    const photo = fakePhoto(["anna", "bert", "carl"]);
    await importPhotos(tested.instance, collection, { "1.jpg": photo });
    const staff = await signInAs(tested, "staff", [collection.id]);
    const [one] = photosOf(await jsonOf(await ask(tested, staff, `${collection.id}/media`)));
    const path = `${collection.id}/media/${String(one?.["id"])}`;
    const namesFor = async (badge: Badge) => {
      const { people } = await jsonOf<{ people: readonly { named: readonly Json[] }[] }>(
        await ask(tested, badge, path),
      );
      return people.map(({ named }) => named.map(({ name }) => name));
    };
    assert.deepEqual(await namesFor(staff), [["Name of anna"], ["Name of bert"], []]);
    assert.deepEqual(await namesFor(await signInAs(tested, "auditor")), [[null], [null], []]);
    const listed = (await app.ledger.entriesOf(anna, "subject")).filter(
      ({ opening }) => opening.event["kind"] === "photos.listed",
    );
    assert.equal(listed.length, 2, "it is recorded for who is named");
    await withdraw(app.db, app.recorder, anna, collection.id);
    assert.deepEqual(await namesFor(staff), [[], ["Name of bert"], []]);
  },
);

onSqlite(
  "small pictures are small, tagged, and hide what somebody objects to",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const bytes = await fakePicture(["p1", "p100", "p200"]);
    await importPhotos(tested.instance, collection, { "1.png": bytes });
    const staff = await signInAs(tested, "staff", [collection.id]);
    const [one] = photosOf(await jsonOf(await ask(tested, staff, `${collection.id}/media`)));
    const path = `${collection.id}/media/${String(one?.["id"])}`;
    const original = await ask(tested, staff, `${path}/original`);
    assert.equal(original.headers.get("content-type"), "image/png");
    assert.equal(sha256Hex(Buffer.from(await original.arrayBuffer())), sha256Hex(bytes));
    const small = await ask(tested, staff, `${path}/thumbnail?size=small`);
    const etag = small.headers.get("etag") ?? "";
    assert.match(small.headers.get("cache-control") ?? "", /private/u);
    const seen = await decode({ bytes: Buffer.from(await small.arrayBuffer()) });
    assert.equal(Math.max(seen.width, seen.height), 192);
    const known = { headers: { "if-none-match": etag } };
    assert.equal((await ask(tested, staff, `${path}/thumbnail?size=small`, known)).status, 304);
    const view = await jsonOf<{ people: readonly Json[] }>(await ask(tested, staff, path));
    const hold = async (body: Json) =>
      jsonOf<{ objection: string }>(
        await ask(tested, staff, `${path}/objection`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        }),
      );
    await hold({ face: view.people[0]?.["face"] });
    const blurred = await ask(tested, staff, `${path}/thumbnail?size=small`, known);
    assert.equal(blurred.status, 200, "the tag is another, for the picture is");
    const hidden = await decode({ bytes: Buffer.from(await blurred.arrayBuffer()) });
    const pixel = (picture: typeof seen, x: number) => [
      ...picture.data.subarray((32 * picture.width + x) * 3, (32 * picture.width + x) * 3 + 3),
    ];
    assert.notDeepEqual(pixel(hidden, 20), pixel(seen, 20));
    assert.deepEqual(pixel(hidden, 160), pixel(seen, 160));
    const whole = await ask(tested, staff, `${path}/original`);
    assert.notEqual(sha256Hex(Buffer.from(await whole.arrayBuffer())), sha256Hex(bytes));
    const { objection } = await hold({ reason: "asked by mail" });
    for (const what of ["thumbnail", "original"]) {
      assert.equal((await ask(tested, staff, `${path}/${what}`)).status, 409, what);
      const deciding = await ask(tested, staff, `${path}/${what}?objection=${objection}`);
      assert.equal(deciding.status, 200, "whoever decides sees what about");
    }
  },
);

onEachDatabase(
  "a removed photo is gone, and its file with the last that names it",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const second = await makeCollection(app, { name: "second" });
    await enrolPerson(app, collection, "anna");
    await app.runner.drain();
    const bytes = fakePhoto(["anna"]);
    await importPhotos(tested.instance, collection, { "1.jpg": bytes });
    await importPhotos(tested.instance, second, { "1.jpg": bytes }, "second");
    const owner = await signInAs(tested, "owner");
    const remove = async (of: string): Promise<void> => {
      const [one] = photosOf(await jsonOf(await ask(tested, owner, `${of}/media`)));
      const path = `${of}/media/${String(one?.["id"])}`;
      await jsonOf(await ask(tested, owner, path, { method: "DELETE" }));
      assert.equal((await ask(tested, owner, path)).status, 404);
    };
    await remove(collection.id);
    await app.blobs.verify(sha256Hex(bytes));
    for (const table of ["sightings", "import_files"] as const) {
      const rows = await app.db.read.selectFrom(table).selectAll().execute();
      assert.equal(rows.length, table === "sightings" ? 0 : 1, table);
    }
    await remove(second.id);
    await assert.rejects(app.blobs.verify(sha256Hex(bytes)), { code: "blob_missing" });
  },
);

onEachDatabase("files that imports refuse are listed with their reasons", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const staff = await signInAs(tested, "staff", [collection.id]);
  const broken = { "a.jpg": brokenPhoto("corrupt"), "b.jpg": brokenPhoto("heic_unsupported") };
  await importPhotos(tested.instance, collection, { ...broken, "c.jpg": fakePhoto(["anna"]) });
  await importPhotos(tested.instance, collection, { "d.jpg": brokenPhoto("truncated") }, "later");
  const seen: string[] = [];
  for (let next: string | null = ""; next !== null;) {
    const cursor = next === "" ? "" : `&cursor=${next}`;
    const path = `${collection.id}/imports/refused?limit=1${cursor}`;
    const page: Json = await jsonOf(await ask(tested, staff, path));
    seen.push(...photosOf(page).map(({ path, reason }) => `${String(path)} ${String(reason)}`));
    next = page["next"] as string | null;
  }
  assert.deepEqual(
    new Set(seen),
    new Set(["a.jpg corrupt", "b.jpg heic_unsupported", "d.jpg truncated"]),
  );
  assert.equal(seen.length, 3);
});

onSqlite("imports from the machine stay below its root", async (database) => {
  await using tested = await openTestService(database);
  const { app, config, folder } = tested.instance;
  const { id } = await makeCollection(app);
  const root = config.importRoot ?? "";
  await mkdir(join(root, "gala"), { recursive: true });
  await mkdir(join(folder, "private"));
  await writeFile(join(folder, "private", "secret.jpg"), fakePhoto(["carl"]));
  await writeFile(join(root, "gala", "a.jpg"), fakePhoto(["anna"]));
  await writeFile(join(root, "b.zip"), await zipOf({ "b.jpg": fakePhoto(["bert"]) }));
  await symlink(join(folder, "private"), join(root, "out"));
  await symlink(join(folder, "private", "secret.jpg"), join(root, "gala", "link.jpg"));
  const owner = await signInAs(tested, "owner");
  const importFrom = async (path: string) =>
    ask(tested, owner, `${id}/imports`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ path }),
    });
  for (const path of ["out", "..", "../private", join(folder, "private"), "gala/a.jpg", "none"]) {
    assert.equal((await importFrom(path)).status, 422, path);
  }
  for (const path of ["gala", "b.zip"]) {
    const { job } = await jsonOf(await importFrom(path));
    for (let state: unknown = ""; state !== "done"; await sleep(20)) {
      const url = `${tested.service.origin}/api/v1/jobs/${String(job)}`;
      ({ state } = await jsonOf(await fetch(url, { headers: owner })));
      assert.ok(state !== "failed" && state !== "cancelled", String(state));
    }
  }
  const files = await app.db.read.selectFrom("import_files").selectAll().execute();
  assert.deepEqual(
    files.map(({ path, outcome, reason }) => `${path} ${reason ?? outcome}`).toSorted(),
    ["a.jpg added", "b.jpg added", "link.jpg is_a_link"],
  );
});

onEachDatabase(
  "a delivery is fetched while everybody in it consents, for a day",
  async (database) => {
    const clock = fixedClock(Date.parse("2026-11-02T10:00:00Z"));
    await using tested = await openTestService(database, { instance: { clock } });
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const person = await enrolPerson(app, collection, "p1");
    await app.runner.drain();
    const picture = await fakePicture(["p1", "p100"]);
    await importPhotos(tested.instance, collection, { "1.png": picture });
    const staff = await signInAs(tested, "staff", [collection.id]);
    const first = await makeDelivery(app, collection.id, [person]);
    const archive = `${collection.id}/deliveries/${first}/archive`;
    const fetched = await ask(tested, staff, archive);
    assert.equal(fetched.status, 200);
    const files = await unpack(Buffer.from(await fetched.arrayBuffer()));
    assert.equal(files.size, 1);
    const listed = async () =>
      photosOf(await jsonOf(await ask(tested, staff, `${collection.id}/deliveries`)));
    const [only] = await listed();
    assert.deepEqual([only?.["id"], only?.["made"], only?.["photos"]], [first, true, 1]);
    assert.match(String(only?.["job"]), /^job_/u);
    clock.move(DAY_MS);
    assert.equal((await ask(tested, await signInAs(tested, "owner"), archive)).status, 404);
    const second = await makeDelivery(app, collection.id, [person]);
    await withdraw(app.db, app.recorder, person, collection.id);
    const again = await signInAs(tested, "owner");
    const over = await ask(tested, again, `${collection.id}/deliveries/${second}/archive`);
    assert.equal(over.status, 409);
    assert.equal(((await over.json()) as Json)["code"], "no_live_grant");
    await sweepDeliveries({ db: app.db, folder: app.deliveries }, clock);
    assert.deepEqual(await readdir(app.deliveries), []);
    assert.deepEqual(await app.db.read.selectFrom("deliveries").selectAll().execute(), []);
  },
);
