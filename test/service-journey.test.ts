import assert from "node:assert/strict";
import { paramNames, type Route } from "../src/contract/contract.ts";
import { ROUTE_LIST } from "../src/contract/routes.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import { enrolmentOf, enrolPerson, importPhotos, makeCollection, today } from "./instance.ts";
import {
  type Badge,
  formOf,
  makeKey,
  openTestService,
  signInAs,
  signInPerson,
  type TestService,
} from "./service.ts";

/** A word that stands in everything personal and in nothing else. */
const CANARY = "Zyxwanda";

interface Found {
  readonly verdict: string;
  readonly subject?: { readonly id: string; readonly name: string | null };
  readonly score?: number;
  readonly margin?: number | null;
  readonly sightings?: readonly { readonly id: string; readonly state: string }[];
}

async function search(
  { service }: TestService,
  collection: string,
  badge: Badge,
  people: readonly string[],
  body: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly faces: readonly Found[]; readonly text: string }> {
  const example = { body: { purpose: "a test", ...body }, files: { photo: "a.jpg" } };
  const form = formOf(example, () => fakePhoto([...people], "probe"));
  const at = `${service.origin}/api/v1/collections/${collection}/searches`;
  const answer = await fetch(at, { method: "POST", headers: badge, body: form });
  const text = await answer.text();
  const { faces = [] } = JSON.parse(text) as { readonly faces?: readonly Found[] };
  return { status: answer.status, faces, text };
}

onEachDatabase(
  "a search tells who is found, and of the others nothing at all",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    await enrolPerson(app, collection, "bert");
    await importPhotos(tested.instance, collection, { "a.jpg": fakePhoto(["anna"]) });
    const staff = await signInAs(tested, "staff", [collection.id]);
    const { faces } = await search(tested, collection.id, staff, ["anna", "stranger"]);
    const [first, second] = faces;
    assert.equal(first?.verdict, "match");
    assert.deepEqual(first.subject, { id: anna, name: "Name of anna" });
    // The runner-up is nowhere near: nothing is told of how far.
    assert.equal(first.margin, null);
    assert.equal(first.sightings?.length, 1);
    assert.deepEqual(Object.keys(second ?? {}).toSorted(), [
      "box",
      "problems",
      "verdict",
      "widthPixels",
    ]);
    const pointed = await search(tested, collection.id, staff, ["stranger", "anna"], { face: "2" });
    assert.deepEqual(
      pointed.faces.map(({ verdict }) => verdict),
      ["not_compared", "match"],
    );
    const key = await makeKey(tested, collection.id);
    const asked = await search(tested, collection.id, key, ["anna"]);
    assert.deepEqual(asked.faces[0]?.subject, { id: anna, name: null });
  },
);

onEachDatabase("R3 R7 no search that a withdrawal overtook finds the person", async (database) => {
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  let holding = false;
  const hooks = {
    before: async () => {
      if (!holding) return;
      begun.resolve();
      await held.promise;
    },
  };
  await using tested = await openTestService(database, { instance: { hooks } });
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  await app.runner.drain();
  const key = await makeKey(tested, collection.id);
  const person = await signInPerson(tested, anna);
  const at = `${tested.service.origin}/api/v1/collections/${collection.id}/people/${anna}/withdraw`;
  holding = true;
  const searches = Array.from({ length: 4 }, async () =>
    search(tested, collection.id, key, ["anna"]),
  );
  await begun.promise;
  assert.equal((await fetch(at, { method: "POST", headers: person })).status, 200);
  held.resolve();
  for (const { status, faces } of await Promise.all(searches)) {
    assert.equal(status, 200);
    assert.deepEqual(
      faces.map(({ verdict }) => verdict),
      ["none"],
    );
  }
});

onEachDatabase(
  "R34 two people confirm, each word is remembered, and the person's own stands",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    await importPhotos(tested.instance, collection, { "a.jpg": fakePhoto(["anna"]) });
    const owner = await signInAs(tested, "owner");
    const staff = await signInAs(tested, "staff", [collection.id]);
    const person = await signInPerson(tested, anna);
    const base = `${tested.service.origin}/api/v1/collections/${collection.id}`;
    const limits = { method: "PATCH", body: JSON.stringify({ twoPerson: true }) };
    const typed = { ...owner, "content-type": "application/json" };
    assert.equal((await fetch(`${base}/settings`, { ...limits, headers: typed })).status, 200);
    const listed = await fetch(`${base}/people/${anna}/sightings`, { headers: staff });
    const { items } = (await listed.json()) as {
      readonly items: readonly { readonly id: string }[];
    };
    const say = async (word: string, headers: Badge): Promise<string> => {
      const at = `${base}/sightings/${items[0]?.id ?? ""}/${word}`;
      const answer = await fetch(at, { method: "POST", headers });
      const told = (await answer.json()) as { readonly state?: string; readonly code?: string };
      return told.state ?? told.code ?? "";
    };
    assert.equal(await say("undo", staff), "sighting_not_decided");
    assert.equal(await say("confirm", staff), "proposed");
    assert.equal(await say("confirm", staff), "second_person_needed");
    assert.equal(await say("confirm", owner), "confirmed");
    assert.equal(await say("undo", owner), "proposed");
    assert.equal(await say("reject", person), "rejected");
    assert.equal(await say("undo", staff), "sighting_said_by_person");
    assert.equal(await say("undo", person), "proposed");
    const history = await fetch(`${base}/sightings/${items[0]?.id ?? ""}/history`, {
      headers: owner,
    });
    const said = (await history.json()) as { items: readonly { decision: string; by: string }[] };
    assert.deepEqual(
      said.items.map(({ decision }) => decision),
      ["confirmed_once", "confirmed", "undone", "rejected", "undone"],
    );
    assert.equal(said.items.at(-1)?.by, anna);
  },
);

onSqlite("a job's progress is told until it is over", async (database) => {
  const held = Promise.withResolvers<void>();
  let holding = false;
  const hooks = { before: async () => (holding ? held.promise : undefined) };
  await using tested = await openTestService(database, { instance: { hooks } });
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  await importPhotos(tested.instance, collection, { "a.jpg": fakePhoto(["anna"]) });
  await enrolPerson(app, collection, "anna");
  holding = true;
  const owner = await signInAs(tested, "owner");
  const listed = await fetch(`${tested.service.origin}/api/v1/jobs`, { headers: owner });
  const jobs = (await listed.json()) as { readonly items: readonly [{ readonly id: string }] };
  const at = `${tested.service.origin}/api/v1/jobs/${jobs.items[0].id}/events`;
  const events = await fetch(at, { headers: owner });
  held.resolve();
  assert.match(events.headers.get("content-type") ?? "", /^text\/event-stream/u);
  // It ends by itself: otherwise this would never return.
  const told = (await events.text())
    .split("\n\n")
    .filter((block) => block.startsWith("data: "))
    .map((block) => JSON.parse(block.slice(6)) as { readonly state: string });
  assert.equal(told.at(-1)?.state, "done");
  assert.equal(new Set(told.map((one) => JSON.stringify(one))).size, told.length);
});

onEachDatabase(
  "stopping answers what is under way, ends streams, and gives jobs back",
  async (database) => {
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    let holding = false;
    const hooks = {
      before: async () => {
        if (!holding) return;
        begun.resolve();
        await held.promise;
      },
    };
    await using tested = await openTestService(database, { instance: { hooks } });
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    await enrolPerson(app, collection, "anna");
    await app.runner.drain();
    const key = await makeKey(tested, collection.id);
    holding = true;
    const underWay = search(tested, collection.id, key, ["anna"]);
    await begun.promise;
    const stopped = tested.service[Symbol.asyncDispose]();
    held.resolve();
    const answer = await underWay;
    assert.equal(answer.status, 200);
    assert.equal(answer.faces[0]?.verdict, "match");
    await stopped;
    await assert.rejects(fetch(`${tested.service.origin}/healthz`));
    const jobs = await app.db.read.selectFrom("jobs").select(["state", "lease_holder"]).execute();
    assert.ok(
      jobs.every(({ state, lease_holder }) => state !== "running" && lease_holder === null),
    );
  },
);

onEachDatabase("neither log nor failure names anybody, whatever is sent", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const subject = await enrolPerson(app, collection, "anna", {
    ...enrolmentOf(app, "anna"),
    name: `${CANARY} Quorble`,
    contact: `${CANARY}@people.example`,
    evidence: { kind: "paper", form: `${CANARY} 1`, signedOn: today(app), witness: CANARY },
  });
  const owner = await signInAs(tested, "owner");
  const key = await makeKey(tested, collection.id);
  const sent: Badge[] = [owner, key, await signInPerson(tested, subject), {}];
  const values = { collection: collection.id, subject };
  for (const [, route] of ROUTE_LIST as readonly (readonly [string, Route])[]) {
    for (const headers of sent) {
      for (const params of [values, { ...values, subject: `sub_${CANARY}` }]) {
        const at = pathOf(route, params);
        const answer = await fetch(`${tested.service.origin}${at}?${CANARY}=${CANARY}`, {
          method: route.method,
          ...bodyOf(route, headers),
        });
        const text = await answer.text();
        if (answer.status >= 400) assert.doesNotMatch(text, new RegExp(CANARY, "u"), at);
      }
    }
  }
  const log = tested.log();
  assert.match(log, /"route":"searchByPhoto"/u);
  assert.doesNotMatch(log, new RegExp(CANARY, "iu"));
  for (const secret of [owner["cookie"], key["authorization"]]) {
    const token = /[\w-]{43}$/u.exec(secret ?? "")?.[0] ?? "";
    assert.ok(token !== "" && !log.includes(token));
  }
});

function pathOf(route: Route, values: Readonly<Record<string, string>>): string {
  return paramNames(route.path).reduce(
    (path, name) => path.replace(`:${name}`, values[name] ?? CANARY),
    route.path as string,
  );
}

/** A body in which every field holds the word: some are taken, most are refused. */
function bodyOf(
  route: Route,
  headers: Badge,
): { readonly headers: Badge; readonly body?: string | FormData } {
  if (route.method === "GET" || route.method === "DELETE") return { headers };
  const names = Object.keys(route.body?.shape ?? {});
  const body = Object.fromEntries(names.map((name) => [name, `${CANARY}@people.example`]));
  if (route.files) {
    const files = Object.fromEntries(route.files.map((name) => [name, `${CANARY}.jpg`]));
    return { headers, body: formOf({ body, files }, () => fakePhoto(["anna"], CANARY)) };
  }
  return {
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ ...body, [CANARY]: CANARY }),
  };
}
