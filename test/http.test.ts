import assert from "node:assert/strict";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { createCollection } from "../src/collections/collections.ts";
import { PROBLEMS, problem, type ProblemCode } from "../src/contract/problems.ts";
import { fixedClock } from "../src/base/clock.ts";
import { settingsFor } from "../src/http/settings.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection } from "./instance.ts";
import {
  type Badge,
  formOf,
  makeKey,
  openTestService,
  signInAs,
  type TestService,
} from "./service.ts";

/** Asks and reads the whole answer. */
async function ask(
  { service }: TestService,
  path: string,
  init: RequestInit = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
  const answer = await fetch(service.origin + path, init);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** Fails unless an answer is the problem of this code, whole, and nothing of the program in it. */
function assertProblem(
  answer: { readonly status: number; readonly headers: Headers; readonly text: string },
  code: ProblemCode,
): void {
  const told = problem.parse(JSON.parse(answer.text));
  assert.equal(told.code, code);
  assert.equal(answer.status, PROBLEMS[code][0]);
  assert.equal(told.status, answer.status);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/u);
  assert.equal(told.request, answer.headers.get("x-request-id"));
  const later = Number(answer.headers.get("retry-after") ?? 0);
  assert.equal(later > 0, answer.status === 429 || answer.status === 503);
  assert.doesNotMatch(answer.text, /node_modules|\.ts:\d|\\n\s+at /u);
}

function json(badge: Badge, body: string, method = "POST"): RequestInit {
  return { method, headers: { ...badge, "content-type": "application/json" }, body };
}

const RULES = {
  name: "gala",
  purpose: "pictures",
  notice: "We look for your face.",
  contact: "office@club.example",
  retentionDays: 365,
  ageFloor: 16,
};

onSqlite("every refusal is problem+json, whatever is wrong", async (database) => {
  await using tested = await openTestService(database);
  const owner = await signInAs(tested, "owner");
  const at = "/api/v1/collections";
  assertProblem(await ask(tested, "/nothing"), "route_unknown");
  assertProblem(await ask(tested, "/api/v1/collections/%E0%A4%A"), "route_unknown");
  // A browser that was led astray shows a page; a program is told by a code.
  const visit = { headers: { accept: "text/html,*/*;q=0.8" } };
  const page = await ask(tested, "/nothing", visit);
  assert.equal(page.status, 404);
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/u);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/u);
  assertProblem(await ask(tested, "/api/v1/nothing", visit), "route_unknown");
  const wrong = await ask(tested, at, { method: "DELETE", headers: owner });
  assertProblem(wrong, "method_unknown");
  assert.equal(wrong.headers.get("allow"), "POST, GET");
  assertProblem(await ask(tested, at), "credentials_missing");
  assertProblem(await ask(tested, at, json(owner, "{")), "json_malformed");
  assertProblem(await ask(tested, at, json(owner, "[".repeat(5000))), "json_too_deep");
  assertProblem(await ask(tested, at, json(owner, "[]")), "request_invalid");
  assertProblem(await ask(tested, at, json(owner, '"text"')), "request_invalid");
  const misspelt = JSON.stringify({ ...RULES, sceneBasys: "a class" });
  assertProblem(await ask(tested, at, json(owner, misspelt)), "request_invalid");
  const large = JSON.stringify({ ...RULES, notice: "n".repeat(300_000) });
  assertProblem(await ask(tested, at, json(owner, large)), "body_too_large");
  const typed = { method: "POST", headers: { ...owner, "content-type": "text/xml" }, body: "<a/>" };
  assertProblem(await ask(tested, at, typed), "media_type_unsupported");
  assertProblem(await ask(tested, `${at}?limit=0`, { headers: owner }), "request_invalid");
  assertProblem(await ask(tested, `${at}?cursor=x`, { headers: owner }), "cursor_invalid");
  const people = `${at}/col_AAAAAAAAAAAAAAAA/people`;
  assertProblem(await ask(tested, people, { headers: owner }), "collection_unknown");
  assertProblem(await ask(tested, people, json(owner, "{}")), "media_type_unsupported");
  const headers = { ...owner, "idempotency-key": "a b" };
  assertProblem(
    await ask(tested, at, json(headers, JSON.stringify(RULES))),
    "idempotency_key_invalid",
  );
});

onSqlite("who is not known is told how to say who they are", async (database) => {
  await using tested = await openTestService(database);
  const nobody = await ask(tested, "/api/v1/collections");
  assert.equal(nobody.headers.get("www-authenticate"), "Bearer");
  const unknown = { authorization: "Bearer assent_no_such_key" };
  const wrong = await ask(tested, "/api/v1/collections", { headers: unknown });
  assertProblem(wrong, "credentials_invalid");
  assert.equal(wrong.headers.get("www-authenticate"), "Bearer");
});

onSqlite("an address asked with another method is told apart, whatever it is", async (database) => {
  await using tested = await openTestService(database);
  const { id } = await makeCollection(tested.instance.app);
  for (const [path, allow] of [
    ["/healthz", "GET"],
    ["/docs", "GET"],
    ["/api/v1/ledger/tile/0/000", "GET"],
    [`/api/v1/collections/${id}/uploads`, "GET, POST"],
    [`/api/v1/collections/${id}/uploads/upl_AAAAAAAAAAAAAAAA`, "DELETE, GET, PATCH"],
  ] as const) {
    const answer = await ask(tested, path, { method: "PUT" });
    assertProblem(answer, "method_unknown");
    assert.equal(answer.headers.get("allow")?.split(", ").toSorted().join(", "), allow);
  }
});

onEachDatabase("a form that breaks off is told so, and leaves nothing", async (database) => {
  await using tested = await openTestService(database);
  const owner = await signInAs(tested, "owner");
  const { id } = await makeCollection(tested.instance.app);
  const head = (name: string, rest = ""): string =>
    `--B\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n`;
  const purpose = `${head("purpose")}at the desk\r\n`;
  const send = async (to: string, body: string) => {
    const headers = { ...owner, "content-type": "multipart/form-data; boundary=B" };
    return ask(tested, `/api/v1/collections/${id}/${to}`, { method: "POST", headers, body });
  };
  const photo = `${head("photo", '; filename="a.jpg"')}half of it`;
  assertProblem(await send("searches", purpose + photo), "multipart_malformed");
  assertProblem(await send("searches", `${purpose}${photo}\r\n`), "multipart_malformed");
  assertProblem(await send("searches", `${purpose}--B\r\nContent-Dis`), "multipart_malformed");
  const photos = `${head("photos", '; filename="a.jpg"')}half of it`;
  assertProblem(await send("media", photos), "multipart_malformed");
  const twice = `${purpose}${purpose}${photo}\r\n--B--\r\n`;
  assertProblem(await send("searches", twice), "request_invalid");
});

onSqlite("who hangs up in the middle of what they send is no failure of ours", async (database) => {
  await using tested = await openTestService(database);
  const owner = await signInAs(tested, "owner");
  const { host, port } = new URL(tested.service.origin);
  const { id } = await makeCollection(tested.instance.app);
  const form = "multipart/form-data; boundary=B";
  for (const [path, type] of [
    [`/api/v1/collections/${id}/searches`, form],
    [`/api/v1/collections/${id}/media`, form],
    ["/api/v1/collections", "application/json"],
  ] as const) {
    const head = Object.entries({ ...owner, host, "content-type": type });
    const name = path.endsWith("media") ? "photos" : "photo";
    const part = `--B\r\nContent-Disposition: form-data; name="${name}"; filename="a.jpg"\r\n\r\n`;
    const lines = [`POST ${path} HTTP/1.1`, ...head.map((one) => one.join(": "))];
    const before = tested.log().length;
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`${lines.join("\r\n")}\r\ncontent-length: 100000\r\n\r\n${part}half of it`);
    await sleep(200);
    socket.resetAndDestroy();
    for (let tries = 0; tested.log().length === before && tries < 100; tries += 1) await sleep(50);
    await sleep(50);
    assert.match(tested.log().slice(before), /"status":400/u, path);
  }
  assert.doesNotMatch(tested.log(), /"level":50/u);
});

onSqlite("what is no HTTP, or too long to read, is told so", async (database) => {
  await using tested = await openTestService(database);
  const port = Number(new URL(tested.service.origin).port);
  const say = async (text: string): Promise<string> => {
    const socket = connect(port, "127.0.0.1");
    socket.end(text);
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  };
  assert.match(await say("HELLO\r\n\r\n"), /^HTTP\/1.1 400 [\s\S]*"code":"request_invalid"/u);
  const long = `GET /${"a".repeat(40_000)} HTTP/1.1\r\nhost: x\r\n\r\n`;
  assert.match(await say(long), /^HTTP\/1.1 431 [\s\S]*"code":"headers_too_large"/u);
});

onSqlite("a browser's change needs this site's header and origin", async (database) => {
  await using tested = await openTestService(database);
  const owner = await signInAs(tested, "owner");
  const { cookie = "", origin = "" } = owner;
  const at = "/api/v1/collections";
  const body = JSON.stringify(RULES);
  const sent = async (headers: Badge) => ask(tested, at, json({ cookie, ...headers }, body));
  const header = { "x-assent-request": "1" };
  assertProblem(await sent({}), "origin_refused");
  assertProblem(await sent({ origin }), "origin_refused");
  assertProblem(await sent(header), "origin_refused");
  assertProblem(await sent({ ...header, origin: "https://evil.example" }), "origin_refused");
  assertProblem(await sent({ ...header, origin: "null" }), "origin_refused");
  assert.equal((await ask(tested, at, { headers: { cookie } })).status, 200);
  assert.equal((await sent({ ...header, origin })).status, 201);
});

onSqlite("sessions rotate by a cookie that scripts can't read", async (database) => {
  const clock = fixedClock(Date.parse("2026-11-02T10:00:00Z"));
  await using tested = await openTestService(database, { instance: { clock } });
  const owner = await signInAs(tested, "owner");
  clock.move(31 * 60_000);
  const first = await ask(tested, "/api/v1/collections", { headers: owner });
  const set = first.headers.get("set-cookie") ?? "";
  assert.match(set, /^assent=[\w-]{43}; /u);
  for (const rule of [/; HttpOnly/u, /; SameSite=Lax/u, /; Path=\//u]) assert.match(set, rule);
  // On plain http://localhost a browser takes no Secure cookie.
  assert.doesNotMatch(set, /Secure/u);
  clock.move(2 * 60_000);
  const old = await ask(tested, "/api/v1/collections", { headers: owner });
  assertProblem(old, "credentials_invalid");
  assert.match(old.headers.get("set-cookie") ?? "", /^assent=; .*Expires=Thu, 01 Jan 1970/u);
});

onEachDatabase(
  "a write sent again with its key is answered again and done once",
  async (database) => {
    await using tested = await openTestService(database);
    const owner = { ...(await signInAs(tested, "owner")), "idempotency-key": "one" };
    const at = "/api/v1/collections";
    const first = await ask(tested, at, json(owner, JSON.stringify(RULES)));
    assert.equal(first.status, 201);
    const again = await ask(tested, at, json(owner, JSON.stringify(RULES)));
    assert.deepEqual([again.status, again.text], [201, first.text]);
    const other = JSON.stringify({ ...RULES, name: "other" });
    assertProblem(await ask(tested, at, json(owner, other)), "idempotency_mismatch");
    const somebody = { ...(await signInAs(tested, "owner")), "idempotency-key": "one" };
    assertProblem(
      await ask(tested, at, json(somebody, JSON.stringify(RULES))),
      "collection_exists",
    );
    // What failed may be sent again with the same key.
    assert.equal((await ask(tested, at, json(somebody, other))).status, 201);
    const many = { ...owner, "idempotency-key": "many" };
    const third = JSON.stringify({ ...RULES, name: "third" });
    const all = await Promise.all(
      Array.from({ length: 5 }, async () => ask(tested, at, json(many, third))),
    );
    const done = all.filter(({ status }) => status === 201);
    assert.ok(done.length >= 1);
    assert.equal(new Set(done.map(({ text }) => text)).size, 1);
    for (const one of all) if (one.status !== 201) assertProblem(one, "idempotency_busy");
  },
);

onSqlite("what has not changed is not sent again", async (database) => {
  await using tested = await openTestService(database);
  const owner = await signInAs(tested, "owner");
  const { id } = await makeCollection(tested.instance.app);
  const at = `/api/v1/collections/${id}`;
  const first = await ask(tested, at, { headers: owner });
  const etag = first.headers.get("etag") ?? "";
  assert.match(etag, /^W\/"[\w-]{22}"$/u);
  for (const named of [etag, `"x", ${etag}`, "*", etag.replace("W/", "")]) {
    const again = await ask(tested, at, { headers: { ...owner, "if-none-match": named } });
    assert.deepEqual([again.status, again.text], [304, ""], named);
  }
  const limits = json(owner, JSON.stringify({ twoPerson: true }), "PATCH");
  assert.equal((await ask(tested, `${at}/settings`, limits)).status, 200);
  const settings = await ask(tested, `${at}/settings`, {
    headers: { ...owner, "if-none-match": etag },
  });
  assert.equal(settings.status, 200);
});

onEachDatabase("what somebody else has changed since is not overwritten", async (database) => {
  await using tested = await openTestService(database);
  const owner = await signInAs(tested, "owner");
  const { id } = await makeCollection(tested.instance.app);
  const made = json(owner, '{"name": "Sam", "email": "sam@club.example", "role": "auditor"}');
  const sam = z.object({ id: z.string() });
  const account = sam.parse(JSON.parse((await ask(tested, "/api/v1/accounts", made)).text));
  const operator = { name: "The Club", address: "1 Long Street", email: "a@b.example" };
  const rest = { country: "BE", authority: { name: "The authority" } };
  for (const [path, method, first, second] of [
    [`/api/v1/collections/${id}`, "PATCH", { retentionDays: 300 }, { retentionDays: 299 }],
    [`/api/v1/collections/${id}/settings`, "PATCH", { searchBudget: 300 }, { probesMax: 9 }],
    [
      `/api/v1/accounts/${account.id}`,
      "PATCH",
      { role: "staff", collections: [id] },
      { role: "owner" },
    ],
    ["/api/v1/operator", "PUT", { ...operator, ...rest }, { ...operator, ...rest, name: "Us" }],
  ] as const) {
    const { headers } = await ask(tested, path, { headers: owner });
    const named = { ...owner, "if-match": headers.get("etag") ?? "" };
    const done = await ask(tested, path, json(named, JSON.stringify(first), method));
    assert.equal(done.status, 200, path);
    const late = await ask(tested, path, json(named, JSON.stringify(second), method));
    assertProblem(late, "changed_meanwhile");
    assert.equal((await ask(tested, path, { headers: owner })).text, done.text);
  }
});

onEachDatabase("lists go on from their cursor, each item once", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const people = Array.from({ length: 5 }, (_, number) => `p${number}`);
  for (const person of people) await enrolPerson(app, collection, person);
  const photos = people.map((_, number) => [`${number}.jpg`, fakePhoto(["p0"], `${number}`)]);
  await importPhotos(tested.instance, collection, Object.fromEntries(photos));
  const owner = await signInAs(tested, "owner");
  const [first = ""] = await idsOf(tested, `/api/v1/collections/${collection.id}/people`, owner, 5);
  assert.match(first, /^sub_/u);
  const found = await form(tested, collection.id, owner, "p0");
  const { faces } = JSON.parse(found.text) as {
    readonly faces: readonly [{ readonly subject: { readonly id: string } }];
  };
  const at = `/api/v1/collections/${collection.id}/people/${faces[0].subject.id}/sightings`;
  await idsOf(tested, at, owner, 5);
  for (const name of ["a", "b", "c"]) {
    await createCollection(app.db, app.recorder, { ...collection, notice: "yes", name });
  }
  await idsOf(tested, "/api/v1/collections", owner, 4);
});

async function idsOf(tested: TestService, at: string, badge: Badge, count: number) {
  const ids: string[] = [];
  for (let next: string | null = ""; next !== null;) {
    const query: string = next === "" ? "" : `&cursor=${next}`;
    const { text } = await ask(tested, `${at}?limit=2${query}`, { headers: badge });
    const page = JSON.parse(text) as { items: readonly { id: string }[]; next: string | null };
    assert.ok(page.items.length <= 2);
    ids.push(...page.items.map(({ id }) => id));
    next = page.next;
  }
  assert.equal(ids.length, count, at);
  assert.equal(new Set(ids).size, count, at);
  return ids;
}

async function form(tested: TestService, collection: string, badge: Badge, person: string) {
  const example = { body: { purpose: "a test" }, files: { photo: "a.jpg" } };
  const body = formOf(example, () => fakePhoto([person], "probe"));
  const at = `/api/v1/collections/${collection}/searches`;
  return ask(tested, at, { method: "POST", headers: badge, body });
}

onSqlite("photos beyond the places there are come back later", async (database) => {
  const held = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  let waiting = false;
  const hooks = {
    before: async () => {
      if (!waiting) return;
      arrived.resolve();
      await held.promise;
    },
  };
  const gate = { slots: 1, queue: 1, waitMsMax: 60_000 };
  await using tested = await openTestService(database, {
    instance: { hooks },
    settings: { gate },
  });
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  await enrolPerson(app, collection, "anna");
  waiting = true;
  const key = await makeKey(tested, collection.id);
  const first = form(tested, collection.id, key, "anna");
  await arrived.promise;
  const second = form(tested, collection.id, key, "anna");
  while (!/^assent_gate_places 2$/mu.test((await ask(tested, "/metrics")).text));
  const refused = await form(tested, collection.id, key, "anna");
  assertProblem(refused, "overloaded");
  assert.equal(refused.headers.get("retry-after"), "1");
  held.resolve();
  assert.equal((await first).status, 200);
  assert.equal((await second).status, 200);
  waiting = false;
  assert.equal((await form(tested, collection.id, key, "anna")).status, 200);
});

onSqlite("requests are counted by address, account and collection", async (database) => {
  for (const by of ["address", "account", "collection"] as const) {
    const many = 1_000_000;
    const rates = { address: many, account: many, collection: many, [by]: 5 };
    await using tested = await openTestService(database, { settings: { rates } });
    const { id } = await makeCollection(tested.instance.app, { name: by });
    const badge = await makeKey(tested, id);
    const at = `/api/v1/collections/${id}`;
    const answers = [];
    for (let nth = 0; nth < 8; nth += 1) answers.push(await ask(tested, at, { headers: badge }));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200, 429, 429, 429],
      by,
    );
    const last = answers.at(-1);
    assert.ok(last);
    assertProblem(last, "too_many_requests");
    assert.ok(Number(last.headers.get("retry-after")) > 0);
  }
});

onSqlite("who has a whole network of addresses counts as one", async (database) => {
  const rates = { address: 2, account: 100, collection: 100 };
  const settings = { rates, proxies: ["127.0.0.1"] };
  await using tested = await openTestService(database, { settings });
  const statusOf = async (address: string) => {
    const headers = { "x-forwarded-for": address };
    return (await ask(tested, "/api/v1/session", { headers })).status;
  };
  const answers = [];
  for (const last of [":1", ":2", "a:b:c:d"]) answers.push(await statusOf(`2001:db8:0:1:${last}`));
  assert.deepEqual(answers, [200, 200, 429]);
  assert.equal(await statusOf("2001:db8:0:2::1"), 200);
  // An IPv4 address is one, in whatever clothes.
  assert.equal(await statusOf("192.0.2.1"), 200);
  assert.equal(await statusOf("::ffff:192.0.2.1"), 200);
  assert.equal(await statusOf("192.0.2.1"), 429);
  assert.equal(await statusOf("192.0.2.2"), 200);
  assert.equal(await statusOf("nobody's"), 200);
});

onSqlite("documents that take a while to make are counted by address too", async (database) => {
  const many = 1_000_000;
  const rates = { address: 4, account: many, collection: many };
  await using tested = await openTestService(database, { settings: { rates } });
  const texts = new Set<string>();
  for (const path of ["/openapi.json", "/openapi.json", "/docs", "/docs"]) {
    const { status, text } = await ask(tested, path);
    assert.equal(status, 200);
    texts.add(text);
  }
  assert.equal(texts.size, 2);
  assertProblem(await ask(tested, "/docs"), "too_many_requests");
  assertProblem(await ask(tested, "/openapi.json"), "too_many_requests");
});

onSqlite("numbers are told to the machine itself, or to who bears the token", async (database) => {
  await using tested = await openTestService(database);
  const numbers = await ask(tested, "/metrics");
  assert.equal(numbers.status, 200);
  for (const name of [
    "assent_photos",
    "assent_faces",
    "assent_gallery_templates",
    "assent_jobs_queued",
    "assent_ledger_lag_entries",
    "assent_search_seconds",
    "assent_embed_seconds",
    "assent_http_requests_total",
  ]) {
    assert.match(numbers.text, new RegExp(`^# TYPE ${name} `, "mu"));
  }
  for (const said of ["x-forwarded-for", "forwarded", "x-real-ip", "via"]) {
    const proxied = await ask(tested, "/metrics", { headers: { [said]: "192.0.2.1" } });
    assertProblem(proxied, "not_allowed");
  }
  assert.equal(settingsFor(2).metricsToken, null);
});
