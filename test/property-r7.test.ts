import assert from "node:assert/strict";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { DAY_MS, fixedClock } from "../src/base/clock.ts";
import { AppError } from "../src/base/errors.ts";
import type { SubjectId } from "../src/base/ids.ts";
import { type Collection, findCollection } from "../src/collections/collections.ts";
import { enrol } from "../src/collections/enrol.ts";
import { expireOverdue, pause, resume, withdraw } from "../src/rights/consent-changes.ts";
import { erase } from "../src/rights/erase.ts";
import type { App } from "../src/app.ts";
import { checkRecord, type Change, History } from "./consent-history.ts";
import { onEachDatabase, onPostgres, onSqlite } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import {
  enrolmentOf,
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "./instance.ts";
import { startScript } from "./script.ts";

const PEOPLE = ["anna", "bert", "cleo"] as const;
const RETENTION_DAYS = 10;
/** Histories tried; each is of up to three lanes of up to 14 steps. PostgreSQL takes its time. */
const RUNS = { sqlite: 30, postgres: 20 } as const;
/** How long a search may rest between its scan and its record, in steps of this many. */
const REST_MS = 4;

type Step =
  | { readonly do: "grant"; readonly who: number; readonly where: number }
  | {
      readonly do: "withdraw" | "pause" | "resume";
      readonly who: number;
      readonly where: number | null;
    }
  | { readonly do: "erase"; readonly who: number }
  | { readonly do: "search"; readonly where: number }
  | { readonly do: "import"; readonly where: number; readonly who: readonly number[] }
  | { readonly do: "move"; readonly days: number }
  | { readonly do: "sweep" | "drain" };

// Mostly one person in one place: what matters is what follows on what.
const who = fc.constantFrom(0, 0, 0, 1, 2);
const where = fc.constantFrom(0, 0, 0, 1);
const anywhere = fc.option(where, { freq: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("grant"), who, where }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("withdraw"), who, where: anywhere }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom("pause", "resume"), who, where: anywhere }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("erase"), who }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("search"), where }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("import"),
      where,
      who: fc.uniqueArray(who, { maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("move"), days: fc.constantFrom(1, 4, 11) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("sweep", "drain") }) },
) as fc.Arbitrary<Step>;

/** One run: its own people and collections, so that runs share a database and not a fate. */
class World {
  readonly history: History;
  readonly #collections: readonly Collection[];
  readonly #people: readonly string[];
  readonly #ids = new Map<string, SubjectId>();
  readonly #clock: ReturnType<typeof fixedClock>;
  #imports = 0;

  constructor(
    run: number,
    collections: readonly Collection[],
    clock: ReturnType<typeof fixedClock>,
    answersMayBeLate: boolean,
  ) {
    this.history = new History({ answersMayBeLate });
    this.#people = PEOPLE.map((name) => `${name}-${run}`);
    this.#collections = collections;
    this.#clock = clock;
  }

  /** Does one step at one node. A refusal with a code is an answer; anything else is a failure. */
  async take(instance: Instance, one: Step, wait: number): Promise<void> {
    const { app } = instance;
    try {
      switch (one.do) {
        case "grant":
          return await this.#grant(app, one);
        case "withdraw":
        case "pause":
        case "resume":
          return await this.#change(app, one);
        case "erase":
          return await this.#erase(app, one.who);
        case "search":
          return await this.#search(resting(app, wait * REST_MS), this.#collection(one.where));
        case "import":
          return await this.#import(instance, one);
        case "move":
          return this.#clock.move(one.days * DAY_MS);
        case "sweep":
          return void (await expireOverdue(app.db, app.recorder));
        case "drain":
          return void (await app.runner.drain());
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      assert.ok(
        ["no_live_grant", "subject_erased", "consent_withdrawn", "consent_too_old"].includes(
          error.code,
        ),
        error.code,
      );
    }
  }

  /** The end of a run: everybody is searched for everywhere, with nothing going on beside it. */
  async settle(instance: Instance): Promise<void> {
    const { app } = instance;
    await app.runner.drain();
    for (const collection of this.#collections) {
      await this.#search(app, collection);
      await this.#checkSightings(app, collection);
    }
    this.history.check();
  }

  async #grant(app: App, { who: index, where: place }: Step & { do: "grant" }): Promise<void> {
    const person = this.#person(index);
    const collection = this.#collection(place);
    const began = this.history.tick();
    const earliest = endOf(app);
    const enrolment = enrolmentOf(app, person);
    const now = await findCollection(app.db, collection.id);
    const result = await enrol(app, app.recorder, now, enrolment);
    assert.notEqual(result.kind, "refused");
    if (result.kind === "refused") return;
    const change = { kind: "grant", began, returned: this.history.tick() } as const;
    this.#ids.set(person, result.subject);
    this.history.know(result.subject, person);
    this.history.note(collection.id, person, { ...change, ends: [earliest, endOf(app)] });
  }

  async #change(
    app: App,
    { do: kind, who: index, where: place }: Step & { do: "withdraw" | "pause" | "resume" },
  ): Promise<void> {
    const person = this.#person(index);
    const subject = this.#ids.get(person);
    if (!subject) return;
    const act = { withdraw, pause, resume }[kind];
    const began = this.history.tick();
    const scope = place === null ? "all" : this.#collection(place).id;
    await act(app.db, app.recorder, subject, scope);
    const change: Change = { kind, began, returned: this.history.tick(), ends: [0, 0] };
    const places = place === null ? this.#collections : [this.#collection(place)];
    for (const { id } of places) this.history.note(id, person, change);
  }

  async #erase(app: App, index: number): Promise<void> {
    const person = this.#person(index);
    const subject = this.#ids.get(person);
    if (!subject) return;
    const began = this.history.tick();
    await erase(app, app.recorder, subject);
    const returnedAt = this.history.tick();
    this.history.erase(subject, returnedAt);
    const change: Change = { kind: "erase", began, returned: returnedAt, ends: [0, 0] };
    for (const { id } of this.#collections) this.history.note(id, person, change);
  }

  async #search(app: App, collection: Collection): Promise<void> {
    const asked = [...this.#people, "a stranger"];
    const began = this.history.tick();
    const before = this.#clock.now();
    const answer = await searchFor(app, collection, asked);
    this.history.searches.push({
      collection: collection.id,
      began,
      returned: this.history.tick(),
      clock: [before, this.#clock.now()],
      asked,
      found: returned(answer),
    });
  }

  async #import(instance: Instance, one: Step & { do: "import" }): Promise<void> {
    this.#imports += 1;
    const people = [...one.who.map((index) => this.#person(index)), "a stranger"];
    const name = `${this.#person(0)}-${this.#imports}`;
    const photo = { [`${name}.jpg`]: fakePhoto(people, name) };
    await importPhotos(instance, this.#collection(one.where), photo, name);
  }

  /** Whoever may be found now has been seen in every photo they are in; a stranger in none. */
  async #checkSightings(app: App, { id }: Collection): Promise<void> {
    const live = await app.db.read
      .selectFrom("grants")
      .select("subject_id")
      .where("collection_id", "=", id)
      .where("state", "=", "granted")
      .where("expires_at", ">", this.#clock.now())
      .execute();
    const rows = await app.db.read
      .selectFrom("faces")
      .innerJoin("media", "media.id", "faces.media_id")
      .leftJoin("sightings", "sightings.face_id", "faces.id")
      .select(["faces.id", "media.sha256", "faces.position", "sightings.subject_id"])
      .where("media.collection_id", "=", id)
      .execute();
    for (const row of rows) {
      const bytes = await app.blobs.get(row.sha256);
      const { faces } = JSON.parse(bytes.toString()) as { faces: readonly { person: string }[] };
      const person = faces[row.position]?.person ?? "";
      const subject = this.#ids.get(person);
      const known = subject !== undefined && live.some((one) => one.subject_id === subject);
      if (known) assert.equal(row.subject_id, subject, "seen in a photo of theirs");
      if (person === "a stranger") assert.equal(row.subject_id, null, "a stranger is nobody");
    }
  }

  #person(index: number): string {
    return this.#people[index] ?? "";
  }

  #collection(index: number): Collection {
    const collection = this.#collections[index];
    assert.ok(collection);
    return collection;
  }
}

/** The same node, but what a search found rests for a while before it goes on record. */
function resting(app: App, milliseconds: number): App {
  const db = new Proxy(app.db, {
    get: (target, name) =>
      name === "write"
        ? async (work: Parameters<App["db"]["write"]>[0]) => {
            await sleep(milliseconds);
            return target.write(work);
          }
        : Reflect.get(target, name, target),
  });
  return milliseconds === 0 ? app : { ...app, db };
}

function endOf(app: App): number {
  return Math.floor(app.clock.now() / DAY_MS) * DAY_MS + RETENTION_DAYS * DAY_MS;
}

let runs = 0;

/** Runs lanes of steps at once, each at its node, and holds what came of it against the oracle. */
async function runHistory(
  nodes: readonly Instance[],
  clock: ReturnType<typeof fixedClock>,
  lanes: readonly (readonly (readonly [Step, number])[])[],
): Promise<void> {
  runs += 1;
  const [first] = nodes;
  assert.ok(first);
  const request = { retentionDays: RETENTION_DAYS };
  const collections = [
    await makeCollection(first.app, { ...request, name: `a-${runs}` }),
    await makeCollection(first.app, { ...request, name: `b-${runs}` }),
  ];
  const world = new World(runs, collections, clock, nodes.length > 1);
  const lane = async (node: Instance, steps: readonly (readonly [Step, number])[]) => {
    for (const [one, turns] of steps) {
      for (let wait = 0; wait < turns; wait += 1) await turn();
      await world.take(node, one, turns);
      // With nothing going on beside it, every step is looked at.
      if (lanes.length === 1) await world.take(node, { do: "search", where: 0 }, 0);
    }
  };
  const done = await Promise.allSettled(
    lanes.map(async (steps, index) => lane(nodes[index % nodes.length] ?? first, steps)),
  );
  for (const outcome of done) if (outcome.status === "rejected") throw outcome.reason;
  await world.settle(first);
}

const timed = fc.tuple(step, fc.nat(4));

onEachDatabase(
  "R7 one after the other: a search returns exactly whom the oracle allows",
  async (database) => {
    const clock = fixedClock(Date.UTC(2026, 0, 10, 9));
    await using instance = await openInstance(database, { clock });
    await fc.assert(
      fc.asyncProperty(fc.array(timed, { minLength: 5, maxLength: 30 }), async (steps) =>
        runHistory([instance], clock, [steps]),
      ),
      { numRuns: RUNS[instance.app.db.kind] },
    );
    assert.ok((await checkRecord(instance.app)) > 0, "people were found at all");
  },
);

onSqlite(
  "R7 interleaved: whatever happens at once, a search returns whom the oracle allows",
  async (database) => {
    const clock = fixedClock(Date.UTC(2026, 0, 10, 9));
    await using instance = await openInstance(database, { clock });
    const lane = fc.array(timed, { maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(fc.array(lane, { minLength: 2, maxLength: 3 }), async (lanes) =>
        runHistory([instance], clock, lanes),
      ),
      { numRuns: RUNS[instance.app.db.kind], endOnFailure: true },
    );
    assert.ok((await checkRecord(instance.app)) > 0, "people were found at all");
  },
);

onPostgres("R7 at once on two nodes: a search returns whom the oracle allows", async (database) => {
  const clock = fixedClock(Date.UTC(2026, 0, 10, 9));
  await using instance = await openInstance(database, { clock });
  const { config } = instance;
  await using second = await openInstance(database, { clock, config });
  const lane = fc.array(timed, { maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(fc.array(lane, { minLength: 2, maxLength: 3 }), async (lanes) =>
      runHistory([instance, second], clock, lanes),
    ),
    { numRuns: RUNS[instance.app.db.kind], endOnFailure: true },
  );
  assert.ok((await checkRecord(instance.app)) > 0, "people were found at all");
});

/** Searches without a pause while `during` runs, and after it has returned once more. */
async function searchWhile(
  instance: Instance,
  collection: Collection,
  people: readonly string[],
  options: {
    readonly answersMayBeLate: boolean;
    readonly during: (gone: Set<string>) => Promise<void>;
  },
): Promise<{ readonly searches: number }> {
  const { app } = instance;
  const names = new Map<SubjectId, string>();
  const search = async () => {
    const found = returned(await searchFor(app, collection, people));
    for (const [index, id] of found.entries()) if (id) names.set(id, people[index] ?? "");
    return found.flatMap((id) => (id ? [names.get(id) ?? ""] : []));
  };
  assert.deepEqual(await search(), people, "everybody is found at first");
  const gone = new Set<string>();
  const state = { stop: false, searches: 0 };
  const loop = async () => {
    while (!state.stop) {
      // On SQLite nothing of a search waits for the event loop, which has to hear of the other.
      await turn();
      const before = new Set(gone);
      const found = await search();
      const ended = options.answersMayBeLate ? before : gone;
      for (const person of found) assert.ok(!ended.has(person), `${person} had withdrawn`);
      state.searches += 1;
    }
  };
  const loops = Promise.all([loop(), loop(), loop()]);
  const beside = options.during(gone);
  try {
    await Promise.race([beside, loops]);
  } finally {
    state.stop = true;
    await Promise.allSettled([beside, loops]);
  }
  await loops;
  assert.deepEqual(await search(), [], "nobody is found at the end");
  return { searches: state.searches };
}

onPostgres(
  "R7 withdraw races with searching: no answer after it names the person",
  async (database) => {
    await using instance = await openInstance(database);
    const { config } = instance;
    await using second = await openInstance(database, { config });
    const collection = await makeCollection(instance.app);
    const people = Array.from({ length: 12 }, (_, index) => `anna-${index}`);
    const ids = new Map<string, SubjectId>();
    for (const person of people) {
      ids.set(person, await enrolPerson(instance.app, collection, person));
    }
    const during = async (gone: Set<string>) => {
      for (const [person, id] of ids) {
        await withdraw(second.app.db, second.app.recorder, id, "all");
        gone.add(person);
      }
    };
    const options = { answersMayBeLate: true, during };
    const { searches } = await searchWhile(instance, collection, people, options);
    assert.ok(searches > 5, `${searches} searches`);
    await checkRecord(instance.app);
  },
);

onSqlite("R7 another process withdraws while this one searches and enrols", async (database) => {
  await using instance = await openInstance(database);
  const { app, config } = instance;
  const collection = await makeCollection(app);
  const people = Array.from({ length: 12 }, (_, index) => `anna-${index}`);
  const ids: [string, SubjectId][] = [];
  const papers = enrolmentOf(app, "anna").evidence;
  for (const person of people) {
    ids.push([person, await enrolPerson(app, collection, person, { evidence: papers })]);
  }
  const script = startScript(
    `
    import { openApp } from "./src/app.ts";
    import { withdraw } from "./src/rights/consent-changes.ts";
    await using app = await openApp(config);
    for (const [person, id] of ids) {
      await withdraw(app.db, app.recorder, id, "all");
      console.log("withdrawn " + person);
    }
    console.log("all");
  `,
    { config, ids },
  );
  const during = async (gone: Set<string>) => {
    script.child.stdout?.on("data", () => {
      for (const line of script.printed().split("\n")) gone.add(line.replace("withdrawn ", ""));
    });
    const enrolling = (async () => {
      // The same list is enrolled over and over, as if the form had never been taken back.
      while (script.child.exitCode === null) {
        for (const person of people) {
          const again = { ...enrolmentOf(app, person), evidence: papers };
          await enrol(app, app.recorder, collection, again).catch((error: unknown) => {
            assert.ok(
              error instanceof AppError && error.code === "consent_withdrawn",
              String(error),
            );
          });
          await turn();
        }
      }
    })();
    await script.end();
    await enrolling;
  };
  const options = { answersMayBeLate: false, during };
  const { searches } = await searchWhile(instance, collection, people, options);
  assert.ok(searches > 5, `${searches} searches`);
  assert.deepEqual(await app.db.read.selectFrom("templates").selectAll().execute(), []);
  await checkRecord(app);
});
