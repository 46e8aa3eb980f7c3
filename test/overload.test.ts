import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createApiKey } from "../src/accounts/api-keys.ts";
import { configFor, openApp } from "../src/app.ts";
import type { CollectionId } from "../src/base/ids.ts";
import { changeLimits } from "../src/collections/limits.ts";
import { portraitOf } from "../samples/samples.ts";
import { takePhoto } from "../samples/scene.ts";
import { makeMasterKey } from "../src/storage/master-key.ts";
import { ASSENT, plainEnvironment } from "./command.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { members } from "./drawn.ts";
import { fakePhoto } from "./fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection } from "./instance.ts";
import { type Badge, formOf, openTestService, signInAs, type TestService } from "./service.ts";

/** An engine that stands still until it is told to go on. */
function standingStill() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const entered = { analyse: 0, embed: 0 };
  /** Embeddings let through before it stands still. */
  let free = { analyse: 0, embed: 1 };
  const before = async (step: "analyse" | "embed"): Promise<void> => {
    entered[step] += 1;
    if (entered[step] > free[step]) await promise;
  };
  const goOn = (): void => {
    free = { analyse: Infinity, embed: Infinity };
    resolve();
  };
  return {
    entered,
    before,
    goOn,
    letPass: (more: Partial<typeof free>) => Object.assign(free, more),
  };
}

/** Waits for what must come about; the test's own time limit is the only one. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5);
}

interface Told {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

async function search(
  { service }: TestService,
  collection: CollectionId,
  badge: Badge,
  person: string,
): Promise<Told> {
  const body = formOf({ body: { purpose: "a test" }, files: { photo: "photo.jpg" } }, () =>
    fakePhoto([person]),
  );
  const url = `${service.origin}/api/v1/collections/${collection}/searches`;
  const answer = await fetch(url, { method: "POST", headers: badge, body });
  const retryAfter = answer.headers.get("retry-after");
  return { status: answer.status, retryAfter, text: await answer.text() };
}

async function placesAtGate({ service }: TestService): Promise<number> {
  const text = await (await fetch(`${service.origin}/metrics`)).text();
  return Number(/^assent_gate_places (\d+)$/mu.exec(text)?.[1]);
}

/** The status line of the answer to headers whose body never comes. */
async function announce(
  { service }: TestService,
  path: string,
  badge: Badge,
  bytes: number,
): Promise<string> {
  const { port, host } = new URL(service.origin);
  const socket = connect(Number(port), "127.0.0.1");
  const headers = Object.entries({
    host,
    ...badge,
    "content-type": "multipart/form-data; boundary=b",
    "content-length": String(bytes),
  }).map(([name, value]) => `${name}: ${value}`);
  socket.write(`POST ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
  try {
    for await (const chunk of socket) return String(chunk).split("\r\n")[0] ?? "";
    return "";
  } finally {
    socket.destroy();
  }
}

onEachDatabase(
  "under overload what fits is done, the rest is refused unread, and then all is as before",
  async (database) => {
    const engine = standingStill();
    const gate = { slots: 2, queue: 4, waitMsMax: 60_000 };
    await using tested = await openTestService(database, {
      settings: { gate },
      instance: { hooks: { before: engine.before } },
    });
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    engine.letPass({ analyse: 1 });
    await enrolPerson(app, collection, "anna");
    const staff = await signInAs(tested, "staff", [collection.id]);
    const ask = async (): Promise<Told> => search(tested, collection.id, staff, "anna");
    const places = gate.slots + gate.queue;
    const admitted = Array.from({ length: places }, ask);
    await until(async () => (await placesAtGate(tested)) === places);
    await until(() => engine.entered.analyse === 1 + gate.slots);
    for (const told of await Promise.all(Array.from({ length: 40 }, ask))) {
      assert.equal(told.status, 503);
      assert.equal(told.retryAfter, "1");
      assert.match(told.text, /"code":"overloaded"/u);
    }
    // Refused by its headers: the 30 MB are not waited for, so they are nowhere in memory.
    const path = `/api/v1/collections/${collection.id}/searches`;
    assert.match(await announce(tested, path, staff, 30_000_000), /^HTTP\/1.1 503 /u);
    assert.equal((await fetch(`${tested.service.origin}/healthz`)).status, 200);
    assert.equal((await fetch(`${tested.service.origin}/readyz`)).status, 200);
    const people = `${tested.service.origin}/api/v1/collections/${collection.id}/people`;
    assert.equal((await fetch(people, { headers: staff })).status, 200);
    // Nobody worked beyond the slots, and nothing that was refused was looked at.
    assert.equal(engine.entered.analyse, 1 + gate.slots);
    engine.goOn();
    for (const { status, text } of await Promise.all(admitted)) assert.equal(status, 200, text);
    assert.equal(engine.entered.analyse, 1 + places);
    assert.equal(await placesAtGate(tested), 0);
    const after = await ask();
    assert.equal(after.status, 200);
    assert.match(after.text, /"verdict":"match"/u);
  },
);

onEachDatabase(
  "stopped under load it ends what is under way, refuses the rest, and gives its job back",
  async (database) => {
    const engine = standingStill();
    const gate = { slots: 2, queue: 4, waitMsMax: 60_000 };
    const tested = await openTestService(database, {
      settings: { gate },
      instance: { hooks: { before: engine.before } },
    });
    await using instance = tested.instance;
    const { app } = instance;
    const collection = await makeCollection(app);
    engine.letPass({ analyse: 4 });
    const photos = ["1.jpg", "2.jpg", "3.jpg"];
    const bytes = photos.map((name) => [name, fakePhoto(["anna"], name)] as const);
    await importPhotos(instance, collection, Object.fromEntries(bytes));
    await enrolPerson(app, collection, "anna");
    // The backfill that this has queued is at its first photo.
    await until(() => engine.entered.embed > 1);
    const staff = await signInAs(tested, "staff", [collection.id]);
    const asked = Array.from({ length: gate.slots + gate.queue }, async () =>
      search(tested, collection.id, staff, "anna"),
    );
    await until(async () => (await placesAtGate(tested)) === asked.length);
    await until(() => engine.entered.analyse === 4 + gate.slots);
    const stopped = tested.service[Symbol.asyncDispose]();
    const refused: Told[] = [];
    for (const one of asked) void one.then((told) => refused.push(told));
    await until(() => refused.length >= gate.queue);
    // Those under way stand still, so nobody else is told anything however long one waits.
    await sleep(100);
    assert.equal(refused.length, gate.queue);
    for (const { status, text } of refused) {
      assert.equal(status, 503);
      assert.match(text, /"code":"stopping"/u);
    }
    engine.goOn();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, gate.slots);
    await stopped;
    await assert.rejects(fetch(`${tested.service.origin}/healthz`));
    const jobs = await app.db.read.selectFrom("jobs").selectAll().execute();
    assert.deepEqual(
      jobs.map(({ kind, state, lease_holder }) => ({ kind, state, lease_holder })),
      [{ kind: "backfill", state: "queued", lease_holder: null }],
    );
    const { count } = await app.db.read
      .selectFrom("searches")
      .select((select) => select.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    assert.equal(count, gate.slots);
    // Whoever runs next goes on from there.
    assert.deepEqual(await app.runner.drain(), { ended: 1, failed: 0 });
    const seen = await app.db.read.selectFrom("sightings").select("id").execute();
    assert.equal(seen.length, photos.length);
  },
);

/** Asks which faces a photo has. */
async function detect(
  { service }: TestService,
  collection: CollectionId,
  badge: Badge,
  signal?: AbortSignal,
): Promise<number> {
  const body = formOf({ files: { photo: "photo.jpg" } }, () => fakePhoto(["anna"]));
  const url = `${service.origin}/api/v1/collections/${collection}/detections`;
  const init = { method: "POST", headers: badge, body, ...(signal ? { signal } : {}) };
  return (await fetch(url, init)).status;
}

onSqlite("what is given up when somebody hangs up is no failure", async (database) => {
  const engine = standingStill();
  await using tested = await openTestService(database, {
    instance: { hooks: { before: engine.before } },
  });
  const collection = await makeCollection(tested.instance.app);
  const staff = await signInAs(tested, "staff", [collection.id]);
  const hangUp = new AbortController();
  const asked = detect(tested, collection.id, staff, hangUp.signal);
  await until(() => engine.entered.analyse === 1);
  hangUp.abort();
  await assert.rejects(asked, { name: "AbortError" });
  // A moment for the service to notice.
  await sleep(200);
  engine.goOn();
  await until(async () => (await placesAtGate(tested)) === 0);
  assert.doesNotMatch(tested.log(), /"level":50/u);
});

onSqlite("a look at a photo that is under way when it stops is answered", async (database) => {
  const engine = standingStill();
  const tested = await openTestService(database, {
    instance: { hooks: { before: engine.before } },
  });
  await using instance = tested.instance;
  const collection = await makeCollection(instance.app);
  const staff = await signInAs(tested, "staff", [collection.id]);
  const asked = detect(tested, collection.id, staff);
  await until(() => engine.entered.analyse === 1);
  const stopped = tested.service[Symbol.asyncDispose]();
  engine.goOn();
  assert.equal(await asked, 200);
  await stopped;
  assert.doesNotMatch(tested.log(), /"level":50/u);
});

onEachDatabase("R31 the budget of searches holds over HTTP, to the search", async (database) => {
  await using tested = await openTestService(database, {
    settings: { gate: { slots: 20, queue: 20, waitMsMax: 60_000 } },
  });
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  await enrolPerson(app, collection, "anna");
  await changeLimits(app.db, app.recorder, collection.id, { searchBudget: 5 });
  const staff = await signInAs(tested, "staff", [collection.id]);
  const asked = Array.from({ length: 12 }, async () =>
    search(tested, collection.id, staff, "anna"),
  );
  const told = await Promise.all(asked);
  assert.equal(told.filter(({ status }) => status === 200).length, 5);
  const refused = told.filter(({ status }) => status === 429);
  assert.equal(refused.length, 7);
  for (const { text, retryAfter } of refused) {
    assert.match(text, /"code":"search_budget_spent"/u);
    assert.equal(retryAfter, "60");
  }
});

test("SIGTERM under load: every request is answered or never taken, and the exit is 0", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(root, { recursive: true, force: true }));
  const config = configFor(root);
  await makeMasterKey(join(root, "master.key"));
  const access = { collection: "" as CollectionId, key: "" };
  {
    await using app = await openApp({ ...config, workers: 0 });
    const collection = await makeCollection(app, { pack: "bundled" });
    const request = { collection: collection.id, label: "load", scopes: ["search"], days: 1 };
    access.collection = collection.id;
    access.key = (await createApiKey(app.db, app.recorder, request)).text;
  }
  const child = spawn(ASSENT, ["serve"], {
    env: plainEnvironment({ ASSENT_DATA: root, ASSENT_PORT: "0", ASSENT_LOG: "silent" }),
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const listening = Promise.withResolvers<string>();
  createInterface(child.stdout).on("line", (line) => {
    const [, origin] = /^Listening: (\S+)$/u.exec(line) ?? [];
    if (origin !== undefined) listening.resolve(origin);
  });
  const url = `${await listening.promise}/api/v1/collections/${access.collection}/searches`;
  const [member] = members;
  assert.ok(member);
  const { jpeg } = await takePhoto(portraitOf(member));
  const statuses: number[] = [];
  const lanes = Array.from({ length: 6 }, async () => {
    for (;;) {
      const form = { body: { purpose: "a test" }, files: { photo: "photo.jpg" } };
      const body = formOf(form, () => jpeg);
      const headers = { authorization: `Bearer ${access.key}` };
      const answer = await fetch(url, { method: "POST", headers, body }).catch(refusedOrRethrow);
      if (answer === null) return;
      // An answer that has begun comes whole.
      await answer.text();
      statuses.push(answer.status);
      if (statuses.length === 8) child.kill("SIGTERM");
    }
  });
  await Promise.all(lanes);
  assert.equal(await ended, 0);
  assert.ok(statuses.filter((status) => status === 200).length >= 8, statuses.join(" "));
  assert.deepEqual(
    statuses.filter((status) => status !== 200 && status !== 503),
    [],
  );
  // None was done whose answer was lost: what is on record was answered.
  await using app = await openApp({ ...config, workers: 0 });
  const recorded = await app.db.read.selectFrom("searches").select("id").execute();
  assert.equal(recorded.length, statuses.filter((status) => status === 200).length);
});

/** Nobody listens any more, or a connection was closed before the request was taken. */
const NOT_TAKEN = /^(ECONNREFUSED|ECONNRESET|EPIPE|UND_ERR_SOCKET)$/u;

/** Null where a request was not taken; that it was not done either is in the record. */
function refusedOrRethrow(error: unknown): null {
  const { cause } = error as { readonly cause?: { readonly code?: string } };
  if (NOT_TAKEN.test(cause?.code ?? "")) return null;
  throw error;
}
