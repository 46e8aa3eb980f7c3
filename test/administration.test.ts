import assert from "node:assert/strict";
import { findAccount } from "../src/accounts/accounts.ts";
import { firstOwnerLink, makeAccountLink } from "../src/accounts/links.ts";
import { fixedClock } from "../src/base/clock.ts";
import { addSigningKey } from "../src/ledger/signing.ts";
import { erase } from "../src/rights/erase.ts";
import { verifyEntry } from "../src/verify/entry.ts";
import type { Opening } from "../src/verify/commitment.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { FacesError } from "../src/faces/errors.ts";
import { fakeEngine, fakePhoto, fakePicture } from "./fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection, returned, searchFor } from "./instance.ts";
import { eventsOf } from "./ledger.ts";
import { type Badge, makeKey, openTestService, signInAs, type TestService } from "./service.ts";
import { makeAlert, makeDeadMessage } from "./watched.ts";
import { pageOfJobs } from "../src/jobs/listings.ts";

/** What the operator's people do over HTTP, end to end, and what everybody may see of it. */

interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the answer. */
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask(
  { service }: TestService,
  badge: Badge,
  [method, path]: readonly [method: string, path: string],
  body?: unknown,
): Promise<Asked> {
  const typed = body === undefined ? {} : { "content-type": "application/json" };
  const answer = await fetch(`${service.origin}/api/v1${path}`, {
    method,
    headers: { ...badge, ...typed },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = /json/u.test(answer.headers.get("content-type") ?? "");
  const parsed = json ? (JSON.parse(text) as Asked["body"]) : {};
  return { status: answer.status, headers: answer.headers, text, body: parsed };
}

/** The browser that an answer has signed in. */
function browserWith({ service }: TestService, { headers }: Asked): Badge {
  const [cookie = ""] = (headers.get("set-cookie") ?? "").split(";");
  assert.match(headers.get("set-cookie") ?? "", /; HttpOnly; SameSite=Lax/u);
  return { cookie, origin: service.origin, "x-assent-request": "1" };
}

onEachDatabase("the first owner, their staff, and what ends a session", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const token = await firstOwnerLink(app.db, app.clock);
  const claim = { token, name: "Olga", email: "olga@club.example" };
  const claimed = await ask(tested, {}, ["POST", "/sign-in/first-owner"], claim);
  assert.equal(claimed.status, 200, claimed.text);
  const owner = browserWith(tested, claimed);
  assert.equal((await ask(tested, owner, ["GET", "/session"])).body["name"], "Olga");
  const again = await ask(tested, {}, ["POST", "/sign-in/first-owner"], claim);
  assert.equal(again.body["code"], "owner_exists");
  const collection = await makeCollection(app);
  const sam = { name: "Sam", email: "sam@club.example", role: "staff" };
  const made = await ask(tested, owner, ["POST", "/accounts"], {
    ...sam,
    collections: [collection.id],
  });
  assert.equal(made.status, 201, made.text);
  // Another site's page has the cookie, but neither the header nor the origin.
  const { cookie = "" } = owner;
  const forged = await ask(tested, { cookie }, ["DELETE", `/accounts/${String(made.body["id"])}`]);
  assert.equal(forged.body["code"], "origin_refused");
  const id = await findAccount(app.db, app.vault, sam.email);
  const link = await app.db.write(async (tx) => makeAccountLink(tx, app.clock, id));
  const signedIn = await ask(tested, {}, ["POST", "/sign-in/link"], { token: link });
  const staff = browserWith(tested, signedIn);
  assert.deepEqual(signedIn.body["collections"], [collection.id]);
  const twice = await ask(tested, {}, ["POST", "/sign-in/link"], { token: link });
  assert.equal(twice.body["code"], "sign_in_refused");
  assert.equal(twice.headers.get("set-cookie"), null);
  assert.equal((await ask(tested, staff, ["GET", `/collections/${collection.id}`])).status, 200);
  // Other collections, from the next request on; then nothing at all.
  await ask(tested, owner, ["PATCH", `/accounts/${id}`], { collections: [] });
  assert.equal((await ask(tested, staff, ["GET", `/collections/${collection.id}`])).status, 404);
  await ask(tested, owner, ["POST", `/accounts/${id}/disable`]);
  assert.equal((await ask(tested, staff, ["GET", "/collections"])).status, 401);
  await ask(tested, owner, ["DELETE", "/session"]);
  assert.equal((await ask(tested, owner, ["GET", "/accounts"])).status, 401);
  const kinds = await Promise.all(
    (["account.created", "account.changed", "account.disabled"] as const).map(async (kind) =>
      eventsOf(app, kind),
    ),
  );
  assert.deepEqual(
    kinds.map((events) => events.length),
    [2, 1, 1],
  );
  assert.doesNotMatch(tested.log(), /Olga|Sam|club\.example/u);
});

onSqlite("the last owner can't be shut out, and asks for links like anybody", async (database) => {
  await using tested = await openTestService(database);
  const owner = await signInAs(tested, "owner");
  const { body: me } = await ask(tested, owner, ["GET", "/session"]);
  for (const [method, path] of [
    ["POST", "/disable"],
    ["DELETE", ""],
  ] as const) {
    const refused = await ask(tested, owner, [method, `/accounts/${String(me["id"])}${path}`]);
    assert.equal(refused.body["code"], "owner_needed");
  }
  const answers = await Promise.all(
    ["nobody@club.example", "owner@club.example"].map(async (address) =>
      ask(tested, {}, ["POST", "/sign-in/links"], { whose: "account", address }),
    ),
  );
  assert.deepEqual(
    answers.map(({ status, text }) => [status, text]),
    Array.from({ length: 2 }, () => [202, '{"done":true}']),
  );
});

onSqlite("secrets are shown once, whoever asks again", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const owner = await signInAs(tested, "owner");
  const { id } = await makeCollection(app);
  const cases = [
    ["api-keys", { label: "a program", scopes: ["read"], days: 1 }, "text"],
    ["webhooks", { url: "https://receiver.example/" }, "secret"],
  ] as const;
  for (const [path, body, secret] of cases) {
    const at = ["POST", `/collections/${id}/${path}`] as const;
    const keyed = { ...owner, "idempotency-key": `once ${path}`.replace(" ", "-") };
    const made = await ask(tested, keyed, at, body);
    assert.equal(made.status, 201, made.text);
    const shown = String(made.body[secret]);
    const again = await ask(tested, keyed, at, body);
    assert.equal(again.body["code"], "idempotency_forgotten");
    const listed = await ask(tested, owner, ["GET", `/collections/${id}/${path}`]);
    assert.equal((listed.body["items"] as readonly unknown[]).length, 1);
    assert.ok(!listed.text.includes(shown.slice(-20)));
    assert.ok(!tested.log().includes(shown.slice(-20)));
  }
  const [key] = (await ask(tested, owner, ["GET", `/collections/${id}/api-keys`])).body[
    "items"
  ] as readonly { readonly id: string; readonly lastUsedAt: number | null }[];
  assert.equal(key?.lastUsedAt, null);
});

onEachDatabase(
  "entries are proved to whoever holds them; a key can't read them",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const { id } = await makeCollection(app);
    const auditor = await signInAs(tested, "auditor");
    const { body } = await ask(tested, auditor, ["GET", "/ledger/entries?limit=3"]);
    const [entry] = body["items"] as readonly {
      readonly id: string;
      readonly leafIndex: number;
      readonly event: Opening["event"] | null;
      readonly salt: string | null;
    }[];
    assert.ok(entry?.event && entry.salt !== null);
    const { text: checkpoint } = await ask(tested, {}, ["GET", "/ledger/checkpoint"]);
    const [, size = ""] = checkpoint.split("\n");
    const at = `/ledger/entries/${entry.id}/proof?size=${size}`;
    const proof = (await ask(tested, {}, ["GET", at])).body as unknown as {
      readonly leafIndex: number;
      readonly treeSize: number;
      readonly hashes: readonly string[];
    };
    const keys = (await ask(tested, {}, ["GET", "/ledger/keys"])).body["keys"] as readonly string[];
    const { event, salt, leafIndex } = entry;
    await verifyEntry({ opening: { event, salt }, leafIndex, proof, checkpoint }, keys);
    await assert.rejects(
      verifyEntry(
        { opening: { event: { ...event, account: "x" }, salt }, leafIndex, proof, checkpoint },
        keys,
      ),
    );
    const key = await makeKey(tested, id);
    assert.equal((await ask(tested, key, ["GET", "/ledger/entries"])).status, 403);
  },
);

onSqlite("an instance witnesses others' records only where its owner says so", async (database) => {
  await using tested = await openTestService(database);
  const { service, instance } = tested;
  const owner = await signInAs(tested, "owner");
  const send = async (body: string) =>
    fetch(`${service.origin}/witness/add-checkpoint`, { method: "POST", body });
  assert.equal((await send("old 0\n\n")).status, 404);
  const on = await ask(tested, owner, ["PUT", "/witnessing"], { on: true });
  assert.equal((await send("no request")).status, 400);
  const note = await instance.app.ledger.checkpoint();
  // Not one of the ledgers that the owner named.
  assert.equal((await send(`old 0\n\n${note}`)).status, 404);
  const ledger = { key: await instance.app.ledger.verifierKey() };
  assert.equal((await ask(tested, owner, ["POST", "/witnessing/ledgers"], ledger)).status, 201);
  const witness = { url: `${service.origin}/witness`, key: on.body["key"] };
  await ask(tested, owner, ["POST", "/ledger/witnesses"], witness);
  const asked = await ask(tested, owner, ["POST", "/ledger/witnesses/ask"]);
  assert.equal(asked.body["state"], "WITNESSED", asked.text);
  // A witness that fails (the key that was given for it is not its own any more) is told, and
  // keeps no other from being asked.
  const { db, vault, clock } = instance.app;
  await db.write(async (tx) => addSigningKey(tx, vault, clock, "witness"));
  const renewed = await ask(tested, owner, ["GET", "/witnessing"]);
  const local = service.origin.replace("localhost", "127.0.0.1");
  const other = { url: `${local}/witness`, key: renewed.body["key"] };
  await ask(tested, owner, ["POST", "/ledger/witnesses"], other);
  const failed = await ask(tested, owner, ["POST", "/ledger/witnesses/ask"]);
  assert.equal(failed.body["code"], "witness_refused");
  assert.equal((await ask(tested, {}, ["GET", "/ledger/witnesses"])).body["state"], "WITNESSED");
  const grown = await instance.app.ledger.checkpoint();
  // Smaller than what was cosigned: a size is answered, and nothing signed.
  assert.equal((await send(`old 0\n\n${grown}`)).status, 409);
  await ask(tested, owner, ["PUT", "/witnessing"], { on: false });
  assert.equal((await send(`old 0\n\n${grown}`)).status, 404);
});

onEachDatabase(
  "a collection moves to another pack as a job; who kept no photo is not found",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const collection = await makeCollection(app, { pack: "bundled" });
    const photo = { bytes: await fakePicture(["p5"]) };
    const kept = await enrolPerson(app, collection, "anna", { photo, keepPhoto: true });
    await enrolPerson(app, collection, "bert");
    const owner = await signInAs(tested, "owner");
    const at = `/collections/${collection.id}/pack`;
    const queued = await ask(tested, owner, ["POST", at], { pack: "recommended" });
    assert.equal(queued.status, 202, queued.text);
    const job = String(queued.body["id"]);
    for (;;) {
      const { body } = await ask(tested, owner, ["GET", `/jobs/${job}`]);
      if (body["state"] !== "done") {
        assert.ok(body["state"] === "queued" || body["state"] === "running", JSON.stringify(body));
        await app.runner.drain();
        continue;
      }
      assert.deepEqual([body["done"], body["total"]], [1, 1]);
      break;
    }
    const { body } = await ask(tested, owner, ["GET", `/collections/${collection.id}`]);
    assert.equal(body["pack"], "recommended");
    assert.deepEqual(returned(await searchFor(app, collection, ["p5"])), [kept]);
    assert.deepEqual(returned(await searchFor(app, collection, ["bert"])), [null]);
  },
);

onSqlite("R37 what the public sees is rules and rounded counts, and nobody", async (database) => {
  const clock = fixedClock(Date.parse("2026-11-02T10:00:00Z"));
  await using tested = await openTestService(database, { instance: { clock } });
  const { app } = tested.instance;
  const collection = await makeCollection(app, { alternative: "A photographer's list." });
  const people = [];
  for (let number = 0; number < 12; number += 1) {
    people.push(await enrolPerson(app, collection, `p${number}`));
  }
  await importPhotos(tested.instance, collection, { "a.jpg": fakePhoto(["p1", "p2"]) });
  await searchFor(app, collection, ["p1"]);
  const shown = async () => {
    // What is told is a minute old at most.
    clock.move(61_000);
    const { body, text } = await ask(tested, {}, ["GET", "/transparency"]);
    const [one] = body["collections"] as readonly Readonly<Record<string, unknown>>[];
    return { one, body, text };
  };
  const before = await shown();
  assert.equal(before.one?.["purpose"], collection.purpose);
  assert.equal(before.one["alternative"], "A photographer's list.");
  assert.deepEqual([before.one["peopleAtLeast"], before.one["photos"]], [10, 1]);
  // This month is not over: what was done today is not told.
  const months = before.one["searches"] as readonly { month: string; count: number }[];
  assert.deepEqual([months.length, months.at(-1)?.month], [12, "2026-10"]);
  assert.ok(months.every(({ count }) => count === 0));
  assert.ok((before.body["schedule"] as readonly unknown[]).length > 5);
  assert.equal(before.body["erasuresAtLeast"], 0);
  // Two of twelve go: nobody can tell that any has.
  const [first, second, third] = people;
  assert.ok(first && second && third);
  for (const subject of [first, second]) await erase(app, app.recorder, subject);
  const after = await shown();
  assert.equal(after.one?.["peopleAtLeast"], 10);
  assert.equal(after.body["erasuresAtLeast"], 0);
  await erase(app, app.recorder, third);
  assert.equal((await shown()).one?.["peopleAtLeast"], 0);
  for (const text of [before.text, after.text]) {
    assert.doesNotMatch(text, /people\.example|"p\d+"|sub_/u);
  }
  // A month later the search is counted.
  clock.move(30 * 24 * 60 * 60 * 1000);
  const later = (await shown()).one?.["searches"] as readonly { month: string; count: number }[];
  assert.deepEqual(later.at(-1), { month: "2026-11", count: 1 });
});

onSqlite("lists of alerts and dead messages go on where they ended", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const { id } = await makeCollection(app);
  const owner = await signInAs(tested, "owner");
  await ask(tested, owner, ["POST", `/collections/${id}/webhooks`], {
    url: "https://receiver.example/",
  });
  const expected = { alerts: new Set<string>(), "webhooks/dead": new Set<string>() };
  for (let number = 0; number < 5; number += 1) {
    expected.alerts.add(await makeAlert(app, id));
    expected["webhooks/dead"].add(await makeDeadMessage(app, id));
  }
  for (const [path, ids] of Object.entries(expected)) {
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const next: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body } = await ask(tested, owner, ["GET", `/${path}?limit=2${next}`]);
      seen.push(...(body["items"] as readonly { id: string }[]).map((one) => one.id));
      cursor = body["next"] as string | null;
    }
    assert.deepEqual(seen.toSorted(), [...ids].toSorted(), path);
  }
  const [alert = ""] = expected.alerts;
  assert.equal((await ask(tested, owner, ["POST", `/alerts/${alert}/seen`])).status, 200);
  const { body } = await ask(tested, owner, ["GET", "/alerts?unseen=yes"]);
  assert.equal((body["items"] as readonly unknown[]).length, 4);
  assert.equal((await ask(tested, owner, ["POST", "/webhooks/dead/replay"])).body["messages"], 5);
});

onSqlite("the grace only becomes shorter, and papers are had as page and PDF", async (database) => {
  await using tested = await openTestService(database);
  const { id } = await makeCollection(tested.instance.app);
  const owner = await signInAs(tested, "owner");
  const at = ["PATCH", `/collections/${id}/settings`] as const;
  assert.equal((await ask(tested, owner, at, { graceDays: 10 })).body["graceDays"], 10);
  const longer = await ask(tested, owner, at, { graceDays: 11 });
  assert.equal(longer.body["code"], "collection_invalid");
  const auditor = await signInAs(tested, "auditor");
  const { body } = await ask(tested, auditor, ["GET", "/papers"]);
  const names = (body["items"] as readonly { name: string }[]).map(({ name }) => name);
  assert.deepEqual(names, ["record", "dpia", "schedule", "breach", "sign-gala", "poster-gala"]);
  for (const name of names) {
    const page = await ask(tested, auditor, ["GET", `/papers/${name}/page`]);
    assert.match(page.text, /^<!doctype html>/iu, name);
    const pdf = await ask(tested, auditor, ["GET", `/papers/${name}/pdf`]);
    assert.match(pdf.text, /^%PDF-/u, name);
  }
});

onSqlite("a pack whose models are not here is refused at once", async (database) => {
  const openEngine = async (pack: string) => {
    if (pack === "recommended") return fakeEngine("recommended");
    throw new FacesError("model_missing", "A model file is not here.");
  };
  await using tested = await openTestService(database, { instance: { openEngine } });
  const { app } = tested.instance;
  const { id } = await makeCollection(app);
  const owner = await signInAs(tested, "owner");
  const changed = await ask(tested, owner, ["POST", `/collections/${id}/pack`], {
    pack: "bundled",
  });
  assert.deepEqual([changed.status, changed.body["code"]], [503, "model_missing"]);
  assert.equal((await pageOfJobs(app.db, { targets: null, after: null, limit: 10 })).length, 0);
  const chosen = await ask(tested, owner, ["PUT", "/packs/for-new"], { pack: "bundled" });
  assert.deepEqual([chosen.status, chosen.body["code"]], [503, "model_missing"]);
});
