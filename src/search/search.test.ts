import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { sql } from "kysely";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePhoto, vectorOf } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { packManifest } from "../faces/packs.ts";
import { columns } from "../storage/columns.ts";
import type { Schema } from "../storage/schema.ts";
import { addWebhook } from "../webhooks/webhooks.ts";
import { changePack } from "./change-pack.ts";

const recorded = async ({ app }: Instance) => ({
  searches: await app.db.read.selectFrom("searches").selectAll().execute(),
  returns: await app.db.read.selectFrom("search_returns").selectAll().execute(),
  events: await eventsOf(app, "search."),
  leaves: (await app.db.read.selectFrom("entries").select("id").execute()).length,
});

onEachDatabase(
  "R33 a search is on record with purpose, probe, times and everyone it returned",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const [anna, bert] = [
      await enrolPerson(app, collection, "anna"),
      await enrolPerson(app, collection, "bert"),
    ];
    const before = await recorded(instance);
    const bytes = fakePhoto(["anna", "stranger", "bert", "anna"]);
    const answer = await searchFor(app, collection, [], {
      photo: { bytes },
      purpose: "  find the winners ",
    });
    assert.deepEqual(returned(answer), [anna, null, bert, anna]);

    const { searches, returns, events, leaves } = await recorded(instance);
    const [search] = searches;
    assert.ok(search && searches.length === 1);
    assert.equal(search.id, answer.id);
    assert.deepEqual(
      [search.purpose, search.account, search.faces],
      ["find the winners", "staff", 4],
    );
    assert.ok(search.started_at <= search.recorded_at);
    const [salt = "", digest] = search.probe_commitment.split(":");
    const key = Buffer.from(salt, "hex");
    assert.equal(createHmac("sha256", key).update(bytes).digest("hex"), digest);
    assert.deepEqual(returns.map((row) => row.subject_id).sort(), [anna, bert].sort());
    // In random order, so that a leaf's place tells nothing of whose it is.
    assert.deepEqual(
      events.map(({ kind, subject }) => `${kind} ${subject}`).sort(),
      ["search.recorded null", `search.returned ${anna}`, `search.returned ${bert}`].sort(),
    );
    const told = { search: answer.id, purpose: "find the winners", startedAt: search.started_at };
    for (const { event, account, at, collection: where } of events) {
      assert.deepEqual({ ...event, ...told, probe: search.probe_commitment }, event);
      assert.deepEqual([account, where], ["staff", collection.id]);
      assert.ok(at >= search.recorded_at, "its end");
      assert.doesNotMatch(JSON.stringify(event), /score|0\.\d/u);
    }
    assert.equal((leaves - before.leaves) % 8, 0, "their number does not tell who was returned");
  },
);

onEachDatabase("no purpose, no search: nothing is looked at", async (database) => {
  await using instance = await openInstance(database);
  const { app, engine } = instance;
  const collection = await makeCollection(app);
  for (const purpose of ["", "  \n", "x".repeat(501), "\u200b\u200b", "\u3164", "...", "\u2800"]) {
    const search = searchFor(app, collection, ["anna"], { purpose });
    await assert.rejects(search, { code: "purpose_missing" });
  }
  assert.equal(engine.analysed, 0);
  assert.deepEqual((await recorded(instance)).searches, []);
});

onEachDatabase("R21 without a scene basis a whole photo is refused", async (database) => {
  await using instance = await openInstance(database);
  const { app, engine } = instance;
  const collection = await makeCollection(app, { sceneBasis: null });
  await enrolPerson(app, collection, "anna");
  const looked = engine.analysed;
  const search = searchFor(app, collection, ["anna", "stranger"]);
  await assert.rejects(search, { code: "face_not_pointed_at" });
  assert.equal(engine.analysed, looked);
});

onEachDatabase(
  "R6 without a scene basis the embedder runs once: for the face pointed at",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, engine } = instance;
    const collection = await makeCollection(app, { sceneBasis: null });
    const anna = await enrolPerson(app, collection, "anna");
    await importPhotos(instance, collection, { "a.jpg": fakePhoto(["anna", "s1", "s2"]) });
    await app.runner.drain();
    const before = engine.embedded.length;
    const people = ["s3", "anna", "s4"];
    const byIndex = await searchFor(app, collection, people, {
      pointed: { kind: "face", index: 1 },
    });
    assert.deepEqual(engine.embedded.slice(before), ["anna"]);
    assert.deepEqual(
      byIndex.faces.map(({ kind }) => kind),
      ["not_compared", "match", "not_compared"],
    );
    assert.deepEqual(returned(byIndex), [null, anna, null]);
    const at = { x: 0.01, y: 0.01 };
    const byPlace = await searchFor(app, collection, people, { pointed: { kind: "at", at } });
    assert.deepEqual(engine.embedded.slice(before), ["anna", "s3"]);
    assert.deepEqual(returned(byPlace), [null, null, null]);
    // And the photo that was imported has been compared with nobody.
    assert.deepEqual(await app.db.read.selectFrom("sightings").selectAll().execute(), []);
    assert.deepEqual(new Set(engine.embedded), new Set(["anna", "s3"]));
  },
);

onEachDatabase(
  "no answer without a record: where the append fails there is neither",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    await enrolPerson(app, collection, "anna");
    await app.db.write(async (tx) => {
      const statements =
        tx.kind === "sqlite"
          ? [
              `create trigger no_record before insert on entries
             begin select raise(abort, 'the record is full'); end`,
            ]
          : [
              `create function no_record() returns trigger language plpgsql as
             $$ begin raise exception 'the record is full'; end $$`,
              `create trigger no_record before insert on entries
             for each row execute function no_record()`,
            ];
      for (const statement of statements) await sql.raw(statement).execute(tx.write);
    });
    const { leaves } = await recorded(instance);
    await assert.rejects(searchFor(app, collection, ["anna"]), /the record is full/u);
    const nothing = { searches: [], returns: [], events: [], leaves };
    assert.deepEqual(await recorded(instance), nothing);
  },
);

onEachDatabase(
  "below the threshold nothing is told: not the nearest person, not a score",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    await enrolPerson(app, collection, "anna");
    const far = [{ person: "anna", noise: 3 }];
    const answer = await searchFor(app, collection, [], { photo: { bytes: fakePhoto(far) } });
    const [face] = answer.faces;
    assert.equal(face?.kind, "none");
    assert.deepEqual(Object.keys(face ?? {}).sort(), ["face", "kind"]);
    assert.deepEqual((await recorded(instance)).returns, []);
  },
);

/** A unit vector whose cosine with a person is `cosine`, the rest of it towards another. */
function near(person: string, cosine: number, other: string): Float32Array {
  const [a, b] = [vectorOf(person, 256), vectorOf(other, 256)];
  const along = a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  const across = b.map((value, index) => value - along * (a[index] ?? 0));
  const length = Math.hypot(...across);
  const rest = Math.sqrt(1 - cosine ** 2) / length;
  return a.map((value, index) => cosine * value + rest * (across[index] ?? 0));
}

onEachDatabase(
  "two people too much alike are uncertain, and so is a face not quite like anybody",
  async (database) => {
    const { match, uncertain } = packManifest("recommended").thresholds;
    const made: Record<string, Float32Array> = {
      twin: near("anna", Math.SQRT1_2, "bert"),
      half: near("anna", (match + uncertain) / 2, "nobody"),
      far: near("anna", uncertain - 0.01, "nobody"),
    };
    await using instance = await openInstance(database, {
      hooks: { vectorOf: (person) => made[person] ?? null },
    });
    const { app } = instance;
    const collection = await makeCollection(app);
    const exactly = (person: string) => ({
      photo: { bytes: fakePhoto([{ person, noise: 0 }]) },
    });
    const anna = await enrolPerson(app, collection, "anna", exactly("anna"));
    await enrolPerson(app, collection, "bert", exactly("bert"));
    const people = ["twin", "half", "far"].map((person) => ({ person, noise: 0 }));
    const answer = await searchFor(app, collection, [], { photo: { bytes: fakePhoto(people) } });
    assert.deepEqual(
      answer.faces.map(({ kind }) => kind),
      ["uncertain", "uncertain", "none"],
    );
    assert.equal(returned(answer)[1], anna);
    assert.ok((await recorded(instance)).returns.every(({ verdict }) => verdict === "uncertain"));
  },
);

onEachDatabase("a match comes with the sightings behind it and their sources", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  await enrolPerson(app, collection, "anna");
  await importPhotos(instance, collection, {
    "one.jpg": fakePhoto(["anna", "stranger"], "1"),
    "two.jpg": fakePhoto(["stranger", "anna"], "2"),
    "three.jpg": fakePhoto(["stranger"], "3"),
  });
  const answer = await searchFor(app, collection, ["anna"]);
  const [face] = answer.faces;
  assert.ok(face?.kind === "match");
  const files = face.sightings.flatMap(({ sources }) =>
    sources.map((one) => one.split("/").at(-1)),
  );
  assert.deepEqual(files.sort(), ["one.jpg", "two.jpg"]);
});

onEachDatabase("a search is of one collection: nobody of another is in it", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const [here, there] = [await makeCollection(app), await makeCollection(app, { name: "there" })];
  const anna = await enrolPerson(app, here, "anna");
  await enrolPerson(app, there, "bert");
  assert.deepEqual(returned(await searchFor(app, here, ["anna", "bert"])), [anna, null]);
});

onEachDatabase(
  "R8 the vectors of a probe are overwritten, also when the search fails",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, engine } = instance;
    const collection = await makeCollection(app);
    await enrolPerson(app, collection, "anna");
    const handed: Float32Array[] = [];
    const spying = {
      ...engine,
      analyse: async (...given: Parameters<typeof engine.analyse>) => {
        const analysis = await engine.analyse(...given);
        for (const { embedding } of analysis.faces) if (embedding) handed.push(embedding);
        return analysis;
      },
    };
    const spied = { ...app, engines: async () => spying };
    await searchFor(spied, collection, ["anna", "stranger"]);
    await importPhotos(
      { ...instance, app: { ...app, importDeps: { ...app.importDeps, engines: spied.engines } } },
      collection,
      { "a.jpg": fakePhoto(["anna", "other"]) },
    );
    const broken = {
      ...spied,
      galleries: Object.assign(Object.create(app.galleries), {
        current: async () => {
          throw new Error("no gallery");
        },
      }),
    };
    await assert.rejects(searchFor(broken, collection, ["anna"]), /no gallery/u);
    assert.equal(handed.length, 5);
    for (const vector of handed) assert.ok(vector.every((value) => value === 0));
  },
);

onEachDatabase("a photo without a face is no search; a probe is never kept", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  await assert.rejects(searchFor(app, collection, []), { code: "no_face_found" });
  assert.deepEqual((await recorded(instance)).searches, []);
  await searchFor(app, collection, ["stranger"]);
  for (const table of ["media", "faces", "sightings", "templates"] as const) {
    assert.deepEqual(await app.db.read.selectFrom(table).selectAll().execute(), [], table);
  }
});

onEachDatabase(
  "a pack that changes while a probe is looked at: the answer is of the new pack",
  async (database) => {
    let change = async (): Promise<unknown> => undefined;
    await using instance = await openInstance(database, {
      hooks: {
        before: async () => {
          const now = change;
          change = async () => undefined;
          await now();
        },
      },
    });
    const { app } = instance;
    const collection = await makeCollection(app);
    await enrolPerson(app, collection, "anna");
    change = async () => changePack(app, app.recorder, collection.id, "bundled");
    const answer = await searchFor(app, collection, ["anna"]);
    // Her photo was not kept, so the new pack does not know her.
    assert.deepEqual(returned(answer), [null]);
    assert.equal(answer.collection.pack, "bundled");
    assert.equal((await recorded(instance)).searches.length, 1);
  },
);

/** What a search may write: its record, and nothing that somebody or something acts on. */
const RECORD_TABLES = ["entries", "search_returns", "searches", "subject_sequences"];

onEachDatabase("R17 a hit sets nothing in motion: only the record changes", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const url = "https://receiver.example/hook";
  const endpoint = { collection: collection.id, url, allowPrivate: false };
  await addWebhook(app.db, app.recorder, endpoint);
  const anna = await enrolPerson(app, collection, "anna");
  await importPhotos(instance, collection, { "a.jpg": fakePhoto(["anna"], "a") });
  await app.runner.drain();
  const states = async () => {
    const rows = await app.db.read.selectFrom("sightings").select("state").execute();
    return rows.map(({ state }) => state);
  };
  assert.deepEqual(await states(), ["proposed"], "a candidate, for a person to confirm");
  const everything = async () => {
    const rows: [name: string, text: string][] = [];
    for (const name of Object.keys(columns) as (keyof Schema)[]) {
      const found = await app.db.read.selectFrom(name).selectAll().execute();
      rows.push([name, JSON.stringify(found)]);
    }
    return rows;
  };
  await app.ledger.sequence();
  const before = new Map(await everything());
  assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [anna]);
  const changed = (await everything()).filter(([name, text]) => before.get(name) !== text);
  assert.deepEqual(changed.map(([name]) => name).toSorted(), RECORD_TABLES);
  assert.deepEqual(await states(), ["proposed"]);
});
