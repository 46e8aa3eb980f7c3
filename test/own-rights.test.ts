import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { askForLink, answerLinkRequests } from "../src/accounts/links.ts";
import { type Mail, sendDueMail } from "../src/accounts/mail.ts";
import { finishRegistration, startRegistration } from "../src/accounts/passkeys.ts";
import type { App } from "../src/app.ts";
import { DAY_MS, fixedClock } from "../src/base/clock.ts";
import { consentsOf } from "../src/consent/consents.ts";
import { receiptsOf } from "../src/consent/receipts.ts";
import { sha256Hex } from "../src/base/bytes.ts";
import { sharp } from "../src/media/codec.ts";
import { withdraw } from "../src/rights/consent-changes.ts";
import { erase } from "../src/rights/erase.ts";
import { verifyPerson } from "../src/search/verify-person.ts";
import { verifyEntry } from "../src/verify/entry.ts";
import { verifyPasskey } from "../src/verify/passkey.ts";
import { Authenticator } from "./authenticator.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { fakePhoto, fakePicture } from "./fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection, searchFor } from "./instance.ts";
import {
  type Badge,
  openTestService,
  signInAs,
  signInPerson,
  type TestService,
} from "./service.ts";
import { unpack } from "./unpack.ts";

async function get(tested: TestService, path: string, badge: Badge): Promise<Response> {
  return fetch(`${tested.service.origin}/api/v1${path}`, { headers: badge });
}

async function post(
  tested: TestService,
  path: string,
  badge: Badge,
  body: FormData | object = {},
): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
  const form = body instanceof FormData;
  const type: Badge = form ? {} : { "content-type": "application/json" };
  const answer = await fetch(`${tested.service.origin}/api/v1${path}`, {
    method: "POST",
    headers: { ...badge, ...type },
    body: form ? body : JSON.stringify(body),
  });
  const read = (await answer.json()) as Readonly<Record<string, unknown>>;
  return { status: answer.status, body: read };
}

function photoForm(bytes: Uint8Array, fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("photo", new Blob([new Uint8Array(bytes)]), "a.jpg");
  return form;
}

/** A real picture in which a small spot tells each person: it is gone once the face is covered. */
async function spots(people: readonly string[]): Promise<Buffer> {
  const SIDE = 64;
  const marks = people.map(async (person, index) => ({
    input: await sharp(await fakePicture([person]))
      .resize(20, 20)
      .png()
      .toBuffer(),
    left: index * SIDE + 22,
    top: 22,
  }));
  const size = { width: people.length * SIDE, height: SIDE };
  const grey = { create: { ...size, channels: 3 as const, background: "#b4b4b4" } };
  return sharp(grey)
    .composite(await Promise.all(marks))
    .png()
    .toBuffer();
}

/** Whom the engine, which knows the truth, sees in a picture. */
async function seenIn(tested: TestService, bytes: Uint8Array): Promise<readonly string[]> {
  const { engine } = tested.instance;
  const before = engine.embedded.length;
  await engine.analyse({ bytes }, { embed: { kind: "all" }, use: "scan" });
  return engine.embedded.slice(before);
}

onEachDatabase("R8 what a person fetches of their photos shows nobody else", async (database) => {
  await using tested = await openTestService(database);
  const { app, folder } = tested.instance;
  assert.deepEqual(await seenIn(tested, await spots(["p9", "p40"])), ["p9", "p40"]);
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "p5");
  await enrolPerson(app, collection, "p9");
  await importPhotos(tested.instance, collection, {
    "anna and a stranger.png": await spots(["p5", "p40"]),
    "anna and bert.png": await spots(["p9", "p5"]),
    "bert.png": await spots(["p9"]),
  });
  await app.runner.drain();
  // It is her right, and hangs on no consent.
  await withdraw(app.db, app.recorder, anna, collection.id);
  const badge = await signInPerson(tested, anna);
  const own = `/collections/${collection.id}/people/${anna}/photos`;
  const listed = await (await get(tested, own, badge)).text();
  assert.ok(!listed.includes("stranger"), "names of files may hold names of people");
  const { items } = JSON.parse(listed) as { readonly items: readonly { id: string }[] };
  assert.equal(items.length, 2);
  for (const { id } of items) {
    for (const kind of ["thumbnail", "file"]) {
      const answer = await get(tested, `${own}/${id}/${kind}`, badge);
      assert.equal(answer.headers.get("content-type"), "image/jpeg");
      const seen = await seenIn(tested, new Uint8Array(await answer.arrayBuffer()));
      assert.ok(seen.includes("p5"), kind);
      assert.ok(!seen.includes("p40") && !seen.includes("p9"), `${kind} shows ${seen.join()}`);
    }
  }
  const zip = await get(tested, `${own}/archive`, badge);
  const files = await unpack(new Uint8Array(await zip.arrayBuffer()));
  assert.equal(files.size, 2);
  for (const bytes of files.values()) {
    const seen = await seenIn(tested, bytes);
    assert.ok(seen.includes("p5") && !seen.includes("p40") && !seen.includes("p9"), seen.join());
  }
  assert.deepEqual(await readdir(join(folder, "outgoing")), [], "nothing of it stays");
  // Another person's photos are not there for her.
  const theirs = await app.db.read
    .selectFrom("sightings")
    .select("id")
    .where("subject_id", "<>", anna)
    .executeTakeFirstOrThrow();
  assert.equal((await get(tested, `${own}/${theirs.id}/file`, badge)).status, 404);
});

onEachDatabase("R6 to look where faces are embeds nobody and keeps nothing", async (database) => {
  await using tested = await openTestService(database);
  const { app, engine } = tested.instance;
  const collection = await makeCollection(app, { sceneBasis: null });
  await enrolPerson(app, collection, "anna");
  const badge = await signInAs(tested, "staff", [collection.id]);
  const [embedded, before] = [engine.embedded.length, await counts(app)];
  const photo = fakePhoto(["anna", { person: "carl", problems: ["too_dark"] }], "a look");
  const path = `/collections/${collection.id}/detections`;
  const { status, body } = await post(tested, path, badge, photoForm(photo));
  assert.equal(status, 200);
  const faces = body["faces"] as readonly { readonly problems: readonly unknown[] }[];
  assert.deepEqual(
    faces.map(({ problems }) => problems.length),
    [0, 1],
  );
  assert.equal(engine.embedded.length, embedded);
  assert.deepEqual(await counts(app), before);
});

/** Rows of what a photo could leave behind. */
async function counts(app: App): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const table of ["media", "faces", "searches", "sightings", "templates", "events"] as const) {
    found[table] = (await app.db.read.selectFrom(table).selectAll().execute()).length;
  }
  return found;
}

onEachDatabase("R7 R10 one face against one person is a search they can read", async (database) => {
  await using tested = await openTestService(database);
  const { app, engine } = tested.instance;
  const collection = await makeCollection(app, { sceneBasis: null });
  const anna = await enrolPerson(app, collection, "anna");
  await enrolPerson(app, collection, "bert");
  const staff = await signInAs(tested, "staff", [collection.id]);
  const path = `/collections/${collection.id}/people/${anna}/verifications`;
  const verify = async (people: readonly string[], fields: Readonly<Record<string, string>>) =>
    post(tested, path, staff, photoForm(fakePhoto(people, "at the door"), fields));
  const purpose = "hand over the badge";
  assert.equal((await verify(["anna"], { purpose })).body["verdict"], "match");
  const other = await verify(["bert"], { purpose });
  assert.deepEqual([other.body["verdict"], other.body["score"]], ["none", null]);
  const several = await verify(["bert", "anna"], { purpose });
  assert.equal(several.body["code"], "face_not_pointed_at");
  const from = engine.embedded.length;
  const pointed = await verify(["bert", "anna"], { purpose, face: "2" });
  assert.equal(pointed.body["verdict"], "match");
  assert.deepEqual(engine.embedded.slice(from), ["anna"], "nobody else's face is embedded");
  assert.notEqual((await verify(["anna"], { purpose: " " })).status, 200);

  const badge = await signInPerson(tested, anna);
  const listed = await get(tested, `/people/${anna}/searches?limit=2`, badge);
  const first = (await listed.json()) as OwnSearches;
  const rest = await get(tested, `/people/${anna}/searches?cursor=${first.next}`, badge);
  const all = [...first.items, ...((await rest.json()) as OwnSearches).items];
  assert.deepEqual(
    all.map(({ role, purpose: why, returned }) => `${role}: ${why}: ${returned}`).sort(),
    [`staff: ${purpose}: match`, `staff: ${purpose}: match`, `staff: ${purpose}: null`],
  );
  for (const { entry } of all) {
    if (entry === null) continue;
    const proof = await get(tested, `/people/${anna}/entries/${entry}/proof`, badge);
    const proven = (await proof.json()) as Parameters<typeof verifyEntry>[0];
    assert.equal(proven.opening.event["kind"], "search.returned");
    await verifyEntry(proven, await app.ledger.verifierKeys());
  }
});

interface OwnSearches {
  readonly items: readonly {
    readonly role: string;
    readonly purpose: string;
    readonly returned: string | null;
    readonly entry: number | null;
  }[];
  readonly next: string | null;
}

onEachDatabase("R7 who withdraws while they are verified is not told of", async (database) => {
  let during: (() => Promise<unknown>) | null = null;
  const before = async (): Promise<void> => {
    const act = during;
    during = null;
    await act?.();
  };
  await using tested = await openTestService(database, { instance: { hooks: { before } } });
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  const photo = { bytes: fakePhoto(["anna"], "at the door") };
  const asked = { collection: collection.id, subject: anna, photo, purpose: "badge", face: 0 };
  during = async () => withdraw(app.db, app.recorder, anna, "all");
  const { verdict, score } = await verifyPerson(app, app.recorder, asked);
  assert.deepEqual([verdict, score], ["none", null]);
  assert.deepEqual(await app.db.read.selectFrom("search_returns").selectAll().execute(), []);
  const refused = verifyPerson(app, app.recorder, asked);
  await assert.rejects(refused, { code: "no_live_grant" });
});

async function mailTo(app: App, address: string): Promise<string> {
  const posted: Mail[] = [];
  await sendDueMail(app, { send: async (_, mail) => void posted.push(mail) });
  const found = posted.find(({ to }) => to === address)?.text ?? "";
  return /#([\w-]{43})$/mu.exec(found)?.[1] ?? "none";
}

onEachDatabase(
  "R12 an address changes when its own link is opened, not before",
  async (database) => {
    const clock = fixedClock(Date.UTC(2026, 2, 3, 10));
    await using tested = await openTestService(database, { instance: { clock } });
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    const badge = await signInPerson(tested, anna);
    const change = async (contact: string) =>
      post(tested, `/people/${anna}/contact`, badge, { contact });
    const confirm = async (token: string) =>
      post(tested, "/contact-changes/confirm", {}, { token });
    const signsIn = async (address: string) => {
      await askForLink(app, "subject", address);
      await answerLinkRequests({ ...app, origin: tested.service.origin });
      return (await mailTo(app, address)) !== "none";
    };
    assert.equal((await change("anna@home.example")).status, 202);
    const first = await mailTo(app, "anna@home.example");
    assert.ok(!(await signsIn("anna@home.example")) && (await signsIn("anna@people.example")));
    await change("anna@work.example");
    const second = await mailTo(app, "anna@work.example");
    assert.equal((await confirm(second)).status, 200);
    assert.ok((await signsIn("anna@work.example")) && !(await signsIn("anna@people.example")));
    // One change makes the others void, and each link opens once.
    for (const over of [first, second, "A".repeat(43)]) {
      assert.equal((await confirm(over)).body["code"], "contact_change_over");
    }
    for (let index = 0; index < 5; index += 1) await change("x@home.example");
    assert.equal((await change("x@home.example")).body["code"], "contact_changes_spent");
    const late = await mailTo(app, "x@home.example");
    clock.move(DAY_MS);
    assert.equal((await confirm(late)).status, 410);
    const again = await signInPerson(tested, anna);
    await post(tested, `/people/${anna}/contact`, again, { contact: "anna@home.example" });
    const erased = await mailTo(app, "anna@home.example");
    await erase(app, app.recorder, anna);
    assert.equal((await confirm(erased)).status, 410);
    assert.deepEqual(await app.db.read.selectFrom("contact_changes").selectAll().execute(), []);
  },
);

onEachDatabase("A receipt is mailed to the person's own address", async (database) => {
  const clock = fixedClock(Date.UTC(2026, 2, 3, 10));
  await using tested = await openTestService(database, { instance: { clock } });
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  const bert = await enrolPerson(app, collection, "bert");
  const badge = await signInPerson(tested, anna);
  const [kept] = await receiptsOf(app.db, app.vault, anna);
  assert.ok(kept);
  const mail = async (consent: string) =>
    post(tested, `/people/${anna}/receipts/${consent}/mail`, badge, { language: "nl" });
  const [foreign] = await receiptsOf(app.db, app.vault, bert);
  assert.equal((await mail(foreign?.consent ?? "")).body["code"], "receipt_missing");
  assert.equal((await mail(kept.consent)).status, 202);
  // The server was down for a day: a receipt is as good tomorrow.
  clock.move(DAY_MS);
  const sent: Mail[] = [];
  await sendDueMail(app, { send: async (_, one) => void sent.push(one) });
  assert.deepEqual(
    sent.map(({ to, files = [] }) => [to, files.map(({ name }) => name)]),
    [["anna@people.example", ["receipt.html", "receipt.jws"]]],
  );
  assert.equal(sent[0]?.files?.[1]?.content, kept.jws);
  const again = await signInPerson(tested, anna);
  const repeat = async () =>
    post(tested, `/people/${anna}/receipts/${kept.consent}/mail`, again, { language: "en" });
  for (let index = 0; index < 10; index += 1) assert.equal((await repeat()).status, 202);
  assert.equal((await repeat()).body["code"], "receipt_mails_spent");
});

onEachDatabase("R4 a passkey signs a receipt on this site, and on no other", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const { origin } = tested.service;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  const bert = await enrolPerson(app, collection, "bert");
  const badge = await signInPerson(tested, anna);
  const [receipt] = await receiptsOf(app.db, app.vault, anna);
  assert.ok(receipt);
  const path = `/people/${anna}/receipts/${receipt.consent}/signature`;
  assert.equal((await post(tested, `${path}/options`, badge)).body["code"], "passkey_refused");
  const [hers, his] = [new Authenticator(origin), new Authenticator(origin)];
  const site = { host: "localhost", origin, name: "The club" };
  for (const [id, key] of [[anna, hers] as const, [bert, his] as const]) {
    const owner = { kind: "subject", id } as const;
    const deps = { db: app.db, clock: app.clock, site };
    const options = await startRegistration(deps, owner, "a person");
    await finishRegistration(deps, app.recorder, owner, key.register(options));
  }
  const { body } = await post(tested, `${path}/options`, badge);
  const options = { challenge: String(body["challenge"]) };
  const hash = sha256Hex(receipt.jws);
  assert.equal(Buffer.from(options.challenge, "base64url").toString("hex"), hash);
  const elsewhere = { origin: "http://evil.example" };
  for (const response of [
    hers.signIn(options, elsewhere),
    hers.signIn({ challenge: "A".repeat(43) }),
    his.signIn(options),
  ]) {
    const refused = await post(tested, path, badge, { response });
    assert.deepEqual([refused.status, refused.body["code"]], [422, "passkey_refused"]);
  }
  const signed = await post(tested, path, badge, { response: hers.signIn(options) });
  assert.deepEqual(signed, { status: 200, body: { done: true } });
  const [consent] = await consentsOf(app.db, app.vault, collection.id, anna);
  const told = await verifyPasskey(hash, consent?.evidence?.passkey);
  assert.equal(told.origin, origin);
});

onEachDatabase("what is held back is shown to nobody else, and has its clock", async (database) => {
  const clock = fixedClock(Date.UTC(2026, 0, 31, 10));
  await using tested = await openTestService(database, { instance: { clock } });
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  await importPhotos(tested.instance, collection, { "a.jpg": fakePhoto(["anna"], "a") });
  const badge = await signInPerson(tested, anna);
  const at = `/collections/${collection.id}`;
  const own = async () =>
    (await (await get(tested, `${at}/people/${anna}/photos`, badge)).json()) as {
      readonly items: readonly { readonly id: string; readonly heldBack: boolean }[];
    };
  const [photo] = (await own()).items;
  assert.equal(photo?.heldBack, false);
  const objection = `${at}/people/${anna}/photos/${photo.id}/objection`;
  assert.equal((await post(tested, objection, badge, { reason: "not this one" })).status, 201);
  assert.equal((await own()).items[0]?.heldBack, true);
  const found = await searchFor(app, collection, ["anna"]);
  assert.deepEqual(
    found.faces.map((face) => ("sightings" in face ? face.sightings : null)),
    [[]],
  );
  const requests = async () => {
    const staff = await signInAs(tested, "staff", [collection.id]);
    const answer = await get(tested, `${at}/requests?state=open`, staff);
    return (await answer.json()) as {
      readonly items: readonly Readonly<Record<string, unknown>>[];
    };
  };
  const [open] = (await requests()).items;
  assert.deepEqual([open?.["reason"], open?.["late"]], ["not this one", false]);
  assert.equal(open?.["dueAt"], Date.parse("2026-02-28T23:59:59.999Z"));
  clock.move(29 * DAY_MS);
  assert.equal((await requests()).items[0]?.["late"], true);
  const staff = await signInAs(tested, "staff", [collection.id]);
  const decision = { decision: "rejected" };
  const decided = await post(
    tested,
    `${at}/requests/${String(open["id"])}/decision`,
    staff,
    decision,
  );
  assert.deepEqual([decided.body["state"], decided.body["late"]], ["rejected", false]);
  assert.deepEqual((await requests()).items, []);
});

onSqlite("R14 erasing over the web hands the certificate over and signs out", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  const badge = await signInPerson(tested, anna);
  const url = `${tested.service.origin}/api/v1/people/${anna}`;
  const answer = await fetch(url, { method: "DELETE", headers: badge });
  const { certificate } = (await answer.json()) as { readonly certificate: string };
  assert.equal(certificate.split(".").length, 3);
  assert.match(answer.headers.get("set-cookie") ?? "", /^assent=;/u);
  assert.equal((await get(tested, `/people/${anna}/record`, badge)).status, 401);
});
