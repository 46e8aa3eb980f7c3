import assert from "node:assert/strict";
import { createInvites } from "../src/accounts/invites.ts";
import { changeLimits } from "../src/collections/limits.ts";
import { answerLinkRequests } from "../src/accounts/links.ts";
import { type Mail, sendDueMail } from "../src/accounts/mail.ts";
import type { App } from "../src/app.ts";
import { fixedClock } from "../src/base/clock.ts";
import type { CollectionId } from "../src/base/ids.ts";
import { ROUTE_LIST } from "../src/contract/routes.ts";
import { keySetOf } from "../src/ledger/signing.ts";
import { makeNotice, renderNotice } from "../src/consent/layered-notice.ts";
import { publishNotice } from "../src/consent/notices.ts";
import { writeOperator } from "../src/consent/operator.ts";
import { verifyReceipt } from "../src/verify/receipt.ts";
import { onEachDatabase, onSqlite } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import { enrolPerson, makeCollection, returned, searchFor } from "./instance.ts";
import {
  type Badge,
  openTestService,
  signInAs,
  signInPerson,
  type TestService,
} from "./service.ts";

/** One browser: it counts what it asks, and keeps the session it is given. */
class Browser {
  readonly #tested: TestService;
  readonly #headers: Record<string, string> = {};
  asked = 0;

  constructor(tested: TestService, badge: Badge = {}) {
    this.#tested = tested;
    Object.assign(this.#headers, badge);
  }

  async post(path: string, body: FormData | object = {}): Promise<Answer> {
    this.asked += 1;
    const { origin } = this.#tested.service;
    const form = body instanceof FormData;
    const type: Badge = form ? {} : { "content-type": "application/json" };
    const answer = await fetch(`${origin}/api/v1${path}`, {
      method: "POST",
      headers: { ...this.#headers, ...type },
      body: form ? body : JSON.stringify(body),
    });
    const [cookie] = /assent=[^;]+/u.exec(answer.headers.get("set-cookie") ?? "") ?? [];
    if (cookie) Object.assign(this.#headers, { cookie, origin, "x-assent-request": "1" });
    return { status: answer.status, body: (await answer.json()) as Body };
  }

  async photo(
    at: { collection: string; subject: string },
    bytes: Uint8Array,
    source?: "camera",
  ): Promise<Answer> {
    const form = new FormData();
    if (source !== undefined) form.append("source", source);
    form.append("photo", new Blob([new Uint8Array(bytes)]), "me.jpg");
    return this.post(`/collections/${at.collection}/people/${at.subject}/photo`, form);
  }
}

interface Answer {
  readonly status: number;
  readonly body: Body;
}

/** Whatever one of the answers here may hold; what is not there is not equal to what a test expects. */
interface Body {
  readonly code: string;
  readonly subject: string;
  readonly receipt: string;
  readonly outcome: string;
  readonly problems: readonly { readonly code: string; readonly advice: string }[];
  readonly notice: {
    readonly hash: string;
    readonly language: string;
    readonly short: string;
    readonly items: unknown;
  };
  readonly uses: readonly { readonly chosen: boolean }[];
  readonly uploadPhoto: boolean;
  readonly alternative: string;
  readonly languages: readonly string[];
  readonly items: readonly {
    readonly token: string | null;
    readonly link: string | null;
    readonly qr: string | null;
  }[];
}

async function handOver(app: App, collection: CollectionId, contact: string | null = null) {
  const request = { collection, language: "en", days: 7, contacts: [contact] };
  const [invite] = await createInvites(app.db, app.recorder, request, null);
  return invite?.token ?? "";
}

function yesTo(token: string, hash: string, changes: object = {}) {
  return {
    token,
    noticeHash: hash,
    language: "en",
    uses: { find: true },
    declaration: "Yes, find me.",
    name: "Emma",
    contact: "emma@people.example",
    ...changes,
  };
}

async function noticeHash(browser: Browser, token: string): Promise<string> {
  const { body } = await browser.post("/invites/open", { token });
  return body.notice.hash;
}

onEachDatabase("a chosen photo is refused where the camera is the way", async (database) => {
  await using tested = await openTestService(database);
  const { app, engine } = tested.instance;
  const collection = await makeCollection(app, { uploadPhoto: false });
  const token = await handOver(app, collection.id);
  const browser = new Browser(tested);
  const asked = await browser.post("/invites/open", { token });
  assert.equal(asked.body.uploadPhoto, false);
  const { body } = await browser.post("/invites/yes", yesTo(token, asked.body.notice.hash));
  const me = { collection: collection.id, subject: body.subject };
  const looked = engine.analysed;
  const refused = await browser.photo(me, fakePhoto(["emma"], "chosen"));
  assert.deepEqual([refused.status, refused.body.code], [422, "photo_not_taken"]);
  assert.equal(engine.analysed, looked);
  const taken = await browser.photo(me, fakePhoto(["emma"], "taken"), "camera");
  assert.equal(taken.body.outcome, "enrolled");
  await changeLimits(app.db, app.recorder, collection.id, { uploadPhoto: true });
  const chosen = await browser.photo(me, fakePhoto(["emma"], "chosen again"));
  assert.equal(chosen.body.outcome, "enrolled");
});

onEachDatabase("R4 no photo is looked at before the receipt is there", async (database) => {
  await using tested = await openTestService(database);
  const { app, engine } = tested.instance;
  const collection = await makeCollection(app);
  const elsewhere = await makeCollection(app, { name: "elsewhere" });
  const bert = await enrolPerson(app, elsewhere, "bert");
  const looked = engine.analysed;
  const me = { collection: collection.id, subject: bert };
  const photo = fakePhoto(["bert"], "too early");
  assert.equal((await new Browser(tested).photo(me, photo)).status, 401);
  const browser = new Browser(tested, await signInPerson(tested, bert));
  const early = await browser.photo(me, photo);
  assert.deepEqual([early.status, early.body.code], [409, "no_live_grant"]);
  assert.equal(engine.analysed, looked);

  const token = await handOver(app, collection.id);
  const hash = await noticeHash(browser, token);
  const said = { name: "Name of bert", contact: "bert@people.example" };
  const { status, body } = await browser.post("/invites/yes", yesTo(token, hash, said));
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(body.subject, bert);
  const keys = await keySetOf(app.db, "receipts");
  const { "dpv:hasRecordOfActivity": record } = await verifyReceipt(body.receipt, keys);
  assert.equal(record["dpv:hasNotice"]["assent:sha256"], hash);
  const poor = fakePhoto([{ person: "bert", problems: ["too_dark"] }], "at night");
  const refused = await browser.photo(me, poor);
  assert.deepEqual(refused.body.outcome, "refused");
  assert.match(refused.body.problems[0]?.advice ?? "", /window or a lamp/u);
  assert.deepEqual(returned(await searchFor(app, collection, ["bert"])), [null]);
  assert.equal((await browser.photo(me, photo)).body.outcome, "enrolled");
  assert.deepEqual(returned(await searchFor(app, collection, ["bert"])), [bert]);
});

onEachDatabase(
  "R3 withdrawing takes no more steps than consenting, and no more proof",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    const token = await handOver(app, collection.id, "emma@people.example");
    // To consent: the link that was mailed, then open, yes, photo.
    const browser = new Browser(tested);
    const hash = await noticeHash(browser, token);
    const { body } = await browser.post("/invites/yes", yesTo(token, hash));
    const me = { collection: collection.id, subject: body.subject };
    await browser.photo(me, fakePhoto(["emma"], "her photo"));
    const consented = browser.asked;
    assert.deepEqual(returned(await searchFor(app, collection, ["emma"])), [me.subject]);
    const withdrawal = `/collections/${me.collection}/people/${me.subject}/withdraw`;

    // On the same screen: one.
    const here = browser.asked;
    assert.equal((await browser.post(withdrawal)).status, 200);
    assert.equal(browser.asked - here, 1);
    assert.deepEqual(returned(await searchFor(app, collection, ["emma"])), [null]);

    // And from nothing but her address: ask for a link, open it, withdraw.
    const again = await handOver(app, collection.id, "emma@people.example");
    await browser.post("/invites/yes", yesTo(again, hash));
    const other = new Browser(tested);
    await other.post("/sign-in/links", { whose: "subject", address: "emma@people.example" });
    await answerLinkRequests({ ...app, origin: tested.service.origin });
    const posted: Mail[] = [];
    await sendDueMail(app, { send: async (_, mail) => void posted.push(mail) });
    const link = /#([\w-]{43})$/mu.exec(posted.at(-1)?.text ?? "")?.[1] ?? "";
    await other.post("/sign-in/link", { token: link });
    assert.equal((await other.post(withdrawal)).status, 200);
    assert.ok(
      other.asked <= consented,
      `${other.asked} steps to withdraw, ${consented} to consent`,
    );
  },
);

onEachDatabase("R1 a no is one call, as a yes is, and keeps nothing", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const token = await handOver(app, collection.id, "emma@people.example");
  const browser = new Browser(tested);
  const { body: asked } = await browser.post("/invites/open", { token });
  assert.deepEqual(
    asked.uses.map(({ chosen }) => chosen),
    [false, false],
  );
  const nothing = yesTo(token, asked.notice.hash, { uses: {} });
  assert.equal((await browser.post("/invites/yes", nothing)).body.code, "use_missing");
  assert.deepEqual((await browser.post("/invites/no", { token })).body, { done: true });
  const yes = await browser.post("/invites/yes", yesTo(token, asked.notice.hash));
  assert.deepEqual([yes.status, yes.body.code], [410, "invite_over"]);
  assert.deepEqual(await app.db.read.selectFrom("subjects").selectAll().execute(), []);
  const [row] = await app.db.read.selectFrom("invites").selectAll().execute();
  assert.deepEqual([row?.contact_index, row?.sealed_contact], [null, null]);
});

onEachDatabase("a name and an address are not enough to become somebody", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const elsewhere = await makeCollection(app, { name: "elsewhere" });
  const anna = await enrolPerson(app, elsewhere, "anna");
  const said = { name: "Name of anna", contact: "Anna@people.example" };
  const stranger = new Browser(tested);
  const token = await handOver(app, collection.id);
  const hash = await noticeHash(stranger, token);
  const refused = await stranger.post("/invites/yes", yesTo(token, hash, said));
  assert.deepEqual([refused.status, refused.body.code], [409, "subject_known"]);
  const bert = await enrolPerson(app, elsewhere, "bert");
  const other = new Browser(tested, await signInPerson(tested, bert));
  assert.equal((await other.post("/invites/yes", yesTo(token, hash, said))).status, 409);
  const grants = await app.db.read
    .selectFrom("grants")
    .select("id")
    .where("collection_id", "=", collection.id)
    .execute();
  assert.deepEqual(grants, []);
  // Signed in, or by the very link that was mailed to the address, it is hers to say.
  const herself = new Browser(tested, await signInPerson(tested, anna));
  assert.equal((await herself.post("/invites/yes", yesTo(token, hash, said))).body.subject, anna);
  const mailed = await handOver(app, collection.id, "anna@people.example");
  const fresh = new Browser(tested);
  assert.equal((await fresh.post("/invites/yes", yesTo(mailed, hash, said))).body.subject, anna);
});

onEachDatabase("an hour has room for so many photos, and the next for more", async (database) => {
  const clock = fixedClock(Date.UTC(2026, 2, 3, 10));
  await using tested = await openTestService(database, { instance: { clock } });
  const { app, engine } = tested.instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna");
  const me = { collection: collection.id, subject: anna };
  const browser = new Browser(tested, await signInPerson(tested, anna));
  const poor = fakePhoto([{ person: "anna", problems: ["too_blurred"] }], "moved");
  const tries = await Promise.all(Array.from({ length: 12 }, async () => browser.photo(me, poor)));
  // Some of them found no place at the gate: they were not counted.
  assert.ok(tries.filter(({ status }) => status === 200).length <= 10);
  const spent = tries.filter(({ status }) => status === 429);
  assert.ok(spent.every(({ body }) => body.code === "enrolment_tries_spent"));
  const looked = engine.analysed;
  while ((await browser.photo(me, poor)).status !== 429) assert.ok(engine.analysed <= looked + 10);
  assert.ok(engine.analysed >= 10);
  clock.move(60 * 60_000 - 1);
  assert.equal((await browser.photo(me, poor)).status, 429);
  clock.move(1);
  const again = new Browser(tested, await signInPerson(tested, anna));
  assert.equal((await again.photo(me, fakePhoto(["anna"], "still"))).body.outcome, "enrolled");
  // The new photo took the place of the one before.
  const templates = await app.db.read.selectFrom("templates").select("id").execute();
  assert.equal(templates.length, 1);
});

onSqlite(
  "R9 an invite shows the notice in its layers, in the language wanted",
  async (database) => {
    await using tested = await openTestService(database);
    const { app } = tested.instance;
    const { id: collection } = await makeCollection(app, { alternative: "We print them for you." });
    await app.db.write(async (tx) =>
      writeOperator(tx, app.recorder, {
        name: "The club",
        address: "Main street 1",
        email: "office@club.example",
        country: "NL",
        authority: { name: "The authority" },
      }),
    );
    for (const language of ["en", "nl"]) {
      const made = await makeNotice(app.db, collection, { language, own: null });
      const body = renderNotice(made);
      await app.db.write(async (tx) =>
        publishNotice(tx, app.recorder, { collection, language, body }),
      );
    }
    const token = await handOver(app, collection);
    const { body } = await new Browser(tested).post("/invites/open", { token, language: "nl-BE" });
    assert.equal(body.notice.language, "nl");
    const made = await makeNotice(app.db, collection, { language: "nl", own: null });
    assert.equal(body.notice.short, made.short);
    assert.deepEqual(
      body.notice.items,
      Object.entries(made.items).map(([item, words]) => ({ item, ...words })),
    );
    assert.equal(body.alternative, "We print them for you.");
    assert.deepEqual(body.languages, ["en", "nl"]);
  },
);

onSqlite("R11 no route of rights takes a file; the one that does is no right", async () => {
  const own = ROUTE_LIST.filter(([, { access }]) => access.who.includes("subject"));
  const withFiles = own.filter(([, { files }]) => files !== undefined).map(([name]) => name);
  assert.deepEqual(withFiles, ["enrolPhoto"]);
  const rights = ["withdrawPerson", "erasePerson", "readRecord", "exportRecord", "holdBack"];
  for (const right of rights)
    assert.ok(
      own.some(([name]) => name === right),
      right,
    );
});

onSqlite("an invite that is mailed is told to nobody but its reader", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const collection = await makeCollection(app);
  const staff = new Browser(tested, await signInAs(tested, "staff", [collection.id]));
  const request = { contacts: ["emma@people.example"], handed: 1, language: "en" };
  const { body } = await staff.post(`/collections/${collection.id}/invites`, request);
  const [mailed, handed] = body.items;
  assert.deepEqual([mailed?.token, mailed?.link, mailed?.qr], [null, null, null]);
  assert.equal(handed?.link, `${tested.service.origin}/invite#${handed?.token}`);
  assert.match(handed?.qr ?? "", /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .+<\/svg>$/u);
});
