import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { paramNames } from "../src/contract/contract.ts";
import { ROUTE_LIST } from "../src/contract/routes.ts";
import { onEachDatabase, onSqlite } from "../test/databases.ts";
import { fakePhoto } from "../test/fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection, today } from "../test/instance.ts";
import { makeKey, openTestService, signInAs, type TestService } from "../test/service.ts";
import { parseRetryAfter } from "./answers.ts";
import { type Assent, connect } from "./assent.ts";
import { apiKey, type Badge, cookieSession } from "./badge.ts";
import { each } from "./each.ts";
import { ConnectionError, ProblemError } from "./errors.ts";
import { followJob } from "./follow.ts";

/** Short waits: what is tested is that there are some. */
const QUICK = { totalMs: 2000, firstMs: 5, longestMs: 20 };

async function withKey(tested: TestService, collection: Parameters<typeof makeKey>[1]) {
  const { authorization = "" } = await makeKey(tested, collection);
  return apiKey(authorization.replace("Bearer ", ""));
}

async function asOwner(tested: TestService): Promise<Badge> {
  const { cookie = null } = await signInAs(tested, "owner");
  return cookieSession(cookie);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.fail("It should have failed."),
    (error: unknown) => error,
  );
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await failureOf(work);
  assert.ok(error instanceof ProblemError || error instanceof ConnectionError, String(error));
  return error.code;
}

/** The whole of what a program does with people: the same by key and by session. */
async function enrolAndFind(tested: TestService, assent: Assent, collection: string) {
  const photo = new File([new Uint8Array(fakePhoto(["anna"], "portrait"))], "anna.jpg");
  const enrolled = await assent.enrolPerson({
    collection,
    name: "Anna",
    contact: "anna@people.example",
    form: "binder 1, page 1",
    signedOn: today(tested.instance.app),
    witness: "Bert",
    photo,
  });
  assert.equal(enrolled.outcome, "enrolled");
  const photos = ["one", "two"].map((salt) => new Uint8Array(fakePhoto(["anna"], salt)));
  const { files } = await assent.importPhotos({ collection, photos });
  assert.deepEqual(
    files.map(({ outcome }) => outcome),
    ["added", "added"],
  );
  const probe = new Uint8Array(fakePhoto(["stranger", "anna"], "probe"));
  const purpose = "a test";
  const { faces } = await assent.searchByPhoto({ collection, purpose, photo: probe });
  assert.deepEqual(
    faces.map((face) => face.verdict),
    ["none", "match"],
  );
  const pointed = await assent.searchByPhoto({ collection, purpose, face: 2, photo: probe });
  const [, found] = pointed.faces;
  assert.ok(found?.verdict === "match");
  assert.equal(found.subject.id, enrolled.subject);
}

onEachDatabase("by key, a person is enrolled and found", async (database) => {
  await using tested = await openTestService(database);
  const { id } = await makeCollection(tested.instance.app);
  const { origin } = tested.service;
  const assent = connect({ address: origin, as: await withKey(tested, id) });
  await enrolAndFind(tested, assent, id);
});

onEachDatabase("by session, a person is enrolled and found", async (database) => {
  await using tested = await openTestService(database);
  const assent = connect({ address: tested.service.origin, as: await asOwner(tested) });
  const { id } = await assent.createCollection({
    name: "gala",
    purpose: "give the guests their pictures",
    notice: "We look for your face in the photos of the gala.",
    contact: "office@club.example",
    retentionDays: 365,
    ageFloor: 16,
    sceneBasis: "ticket terms and signs at the door",
  });
  await enrolAndFind(tested, assent, id);
});

onSqlite("lists are read page after page, and only as far as they are wanted", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const { id, ...rest } = await makeCollection(app);
  const people = ["anna", "bert", "carl", "dora", "emil"];
  for (const person of people) await enrolPerson(app, { id, ...rest }, person);
  const assent = connect({ address: tested.service.origin, as: await asOwner(tested) });
  const pages: unknown[] = [];
  const counted: typeof assent.listPeople = (input, options) => {
    pages.push(input.cursor);
    return assent.listPeople(input, options);
  };
  const names: (string | null)[] = [];
  for await (const person of each(counted, { collection: id, limit: 2 })) names.push(person.name);
  assert.deepEqual(new Set(names), new Set(people.map((one) => `Name of ${one}`)));
  assert.equal(names.length, people.length);
  assert.equal(pages.length, 3);
  for await (const _ of each(counted, { collection: id, limit: 2 })) break;
  assert.equal(pages.length, 4);
});

onSqlite("a job is followed until it is over", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  await importPhotos(tested.instance, collection, { "a.jpg": fakePhoto(["anna"]) });
  await enrolPerson(app, collection, "anna");
  const assent = connect({ address: tested.service.origin, as: await asOwner(tested) });
  const [job] = (await assent.listJobs()).items;
  assert.ok(job);
  const states: string[] = [];
  for await (const { state } of followJob(assent, job.id)) states.push(state);
  assert.equal(states.at(-1), "done");
  assert.equal(states.filter((state) => state === "done").length, 1);
});

onSqlite("what is refused has a code, and the service's words", async (database) => {
  await using tested = await openTestService(database);
  const collection = await makeCollection(tested.instance.app);
  const address = tested.service.origin;
  const key = connect({ address, as: await withKey(tested, collection.id) });
  const refused = await failureOf(key.createCollection({ name: "x" } as never));
  assert.ok(refused instanceof ProblemError);
  assert.equal(refused.code, "not_allowed");
  assert.equal(refused.status, 403);
  assert.match(refused.request ?? "", /^req_/u);
  const elsewhere = { collection: "col_AAAAAAAAAAAAAAAA" };
  assert.equal(await codeOf(key.listPeople(elsewhere)), "collection_unknown");
  assert.equal(await codeOf(connect({ address }).listJobs()), "credentials_missing");
  const owner = connect({ address, as: await asOwner(tested) });
  const odd = await failureOf(
    owner.changeCollectionSettings({ collection: collection.id, searchBudget: 0 }),
  );
  assert.ok(odd instanceof ProblemError);
  assert.deepEqual(
    odd.issues.map(({ path }) => path),
    ["body.searchBudget"],
  );
});

onEachDatabase("a write whose answer was lost is done once", async (database) => {
  await using tested = await openTestService(database);
  // In between, something swallows the answers to the first two attempts, after they were done.
  let lost = 0;
  const keys = new Set<unknown>();
  await using between = await openServer(async (request, response) => {
    const body = await bytesOf(request);
    const { cookie = "", "idempotency-key": key = "" } = request.headers;
    keys.add(key);
    const headers = {
      cookie,
      origin: tested.service.origin,
      "x-assent-request": "1",
      "content-type": String(request.headers["content-type"]),
      "idempotency-key": String(key),
    };
    const method = request.method ?? "";
    const to = `${tested.service.origin}${request.url ?? ""}`;
    const answer = await fetch(to, { method, headers, body });
    const text = await answer.text();
    if ((lost += 1) <= 2) request.socket.destroy();
    else response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
  });
  const as = await asOwner(tested);
  const assent = connect({ address: between.origin, as, patience: QUICK });
  const made = await assent.createCollection({
    name: "gala",
    purpose: "give the guests their pictures",
    notice: "We look for your face in the photos of the gala.",
    contact: "office@club.example",
    retentionDays: 365,
    ageFloor: 16,
  });
  assert.equal(lost, 3);
  assert.equal(keys.size, 1);
  const all = await connect({ address: tested.service.origin, as }).listCollections();
  assert.deepEqual(
    all.items.map(({ id }) => id),
    [made.id],
  );
});

test("what passes is tried again as often as there is patience, and no longer", async () => {
  let asked = 0;
  let problem = { status: 503, code: "overloaded", wait: "0" };
  await using server = await openServer(async (_, response) => {
    asked += 1;
    const { status, code, wait } = problem;
    const told = { type: `/docs#${code}`, title: "No.", status, code, request: "req_1" };
    response.writeHead(status, { "retry-after": wait }).end(JSON.stringify(told));
  });
  const patience = { totalMs: 100, firstMs: 20, longestMs: 20 };
  const assent = connect({ address: server.origin, as: apiKey("k"), patience });
  const ask = async () => {
    asked = 0;
    return failureOf(assent.listJobs());
  };
  problem = { status: 429, code: "too_many_requests", wait: "3600" };
  const late = await ask();
  assert.ok(late instanceof ProblemError);
  assert.equal(late.retryAfterMs, 3_600_000);
  assert.equal(asked, 1);
  // An hour's budget does not come back in passing.
  problem = { status: 429, code: "search_budget_spent", wait: "0" };
  await ask();
  assert.equal(asked, 1);
  // A proxy's "at once" is no leave to ask for ever.
  for (const wait of ["soon", "0", "Wed, 21 Oct 2015 07:28:00 GMT"]) {
    problem = { status: 503, code: "stopping", wait };
    await ask();
    assert.ok(asked > 2 && asked < 15, `${wait}: ${asked}`);
  }
});

test("what is no service's answer is told apart", async () => {
  await using server = await openServer(async ({ url = "" }, response) => {
    if (url.endsWith("limit=1")) response.writeHead(200).end("<html>");
    else if (url.endsWith("limit=2")) response.writeHead(418).end("<html>");
    else if (url.endsWith("limit=3")) response.writeHead(302, { location: "/elsewhere" }).end();
  });
  const settings = { address: server.origin, patience: { ...QUICK, totalMs: 0 }, attemptMs: 200 };
  const assent = connect(settings);
  assert.equal(await codeOf(assent.listJobs({ limit: 1 })), "not_understood");
  assert.equal(await codeOf(assent.listJobs({ limit: 2 })), "unknown");
  assert.equal(await codeOf(assent.listJobs({ limit: 3 })), "unreachable");
  assert.equal(await codeOf(assent.listJobs({ limit: 4 })), "too_slow");
  const gone = connect({ ...settings, address: "http://127.0.0.1:1" });
  assert.equal(await codeOf(gone.listJobs()), "unreachable");
});

test("a signal ends a call and its waiting", async () => {
  await using server = await openServer(async (_, response) => {
    response.writeHead(503, { "retry-after": "20" }).end();
  });
  const assent = connect({ address: server.origin });
  const stop = new AbortController();
  const call = failureOf(assent.listJobs({}, { signal: stop.signal }));
  const reason = new Error("no more");
  stop.abort(reason);
  assert.equal(await call, reason);
  const early = failureOf(assent.listJobs({}, { signal: AbortSignal.abort(reason) }));
  assert.equal(await early, reason);
});

test("a stream that breaks off is taken up again, and each state is told once", async () => {
  const states = ["queued", "running", "done"].map((state, done) => ({ state, done }));
  let asked = 0;
  await using server = await openServer(async ({ socket }, response) => {
    const [from, to] = [
      [0, 1],
      [0, 2],
      [1, 3],
    ][asked++] ?? [2, 3];
    response.writeHead(200, { "content-type": "text/event-stream" });
    const events = states.slice(from, to).map((one) => `data: ${JSON.stringify(one)}\n\n`);
    response.write(`: alive\n\n${events.join("")}data: {"cut`, () => {
      if (asked < 3) socket.destroy();
      else response.end();
    });
  });
  const assent = connect({ address: server.origin, patience: QUICK });
  const told: string[] = [];
  for await (const { state } of followJob(assent, "job_AAAAAAAAAAAAAAAA")) told.push(state);
  assert.deepEqual(told, ["queued", "running", "done"]);
});

test("a session's new cookie replaces the one before", () => {
  const badge = cookieSession("assent=old");
  const told = (cookie: string) =>
    badge.learn(new Response("", { headers: { "set-cookie": cookie } }));
  const sent = () => badge.headers("https://photos.example")["cookie"];
  told("other=1; Path=/");
  assert.equal(sent(), "assent=old");
  told("__Host-assent=new; Path=/; HttpOnly; Secure");
  assert.equal(sent(), "__Host-assent=new");
  told("__Host-assent=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
  assert.equal(sent(), undefined);
});

test("no name stands in two parts of a route's request", () => {
  for (const [name, route] of ROUTE_LIST) {
    const names = [
      ...paramNames(route.path),
      ...Object.keys(route.query?.shape ?? {}),
      ...Object.keys(route.body?.shape ?? {}),
      ...(route.files ?? []),
    ];
    assert.equal(new Set(names).size, names.length, name);
  }
});

test("Retry-After is seconds or a date", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  assert.equal(parseRetryAfter("7", now), 7000);
  assert.equal(parseRetryAfter("Thu, 01 Jan 2026 00:00:05 GMT", now), 5000);
  assert.equal(parseRetryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now), 0);
  assert.equal(parseRetryAfter("soon", now), null);
  assert.equal(parseRetryAfter(null, now), null);
});

test("no key is shown where a client is printed", async () => {
  const { inspect } = await import("node:util");
  const assent = connect({ address: "http://localhost:1", as: apiKey("assent_secret") });
  assert.doesNotMatch(inspect(assent, { depth: 9, showHidden: true }), /assent_secret/u);
});

/** A server that answers as a test says. */
async function openServer(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<AsyncDisposable & { readonly origin: string }> {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
