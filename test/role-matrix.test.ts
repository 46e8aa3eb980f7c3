import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { createAccount } from "../src/accounts/accounts.ts";
import { createApiKey } from "../src/accounts/api-keys.ts";
import { currentNotices } from "../src/consent/notices.ts";
import { addWebhook } from "../src/webhooks/webhooks.ts";
import { makeAccountLink } from "../src/accounts/links.ts";
import type { App } from "../src/app.ts";
import { DAY_MS, fixedClock } from "../src/base/clock.ts";
import { unreachable } from "../src/base/errors.ts";
import {
  type AccountId,
  type CollectionId,
  newId,
  type SightingId,
  type SubjectId,
} from "../src/base/ids.ts";
import { type Collection, findCollection } from "../src/collections/collections.ts";
import { paramNames, type Route } from "../src/contract/contract.ts";
import { ROUTE_LIST, type RouteName } from "../src/contract/routes.ts";
import { PLAIN_ROUTE_LIST, type PlainRouteName } from "../src/contract/plain-routes.ts";
import { addWitness, listWitnesses } from "../src/ledger/witness.ts";
import { formatVerifierKey, SIGNATURE_TYPE, verifierKeyOf } from "../src/verify/note.ts";
import { onSqlite } from "./databases.ts";
import { filesAsked } from "./files-asked.ts";
import { addClip, askForCopy } from "./video-asked.ts";
import { makeAlert, makeDeadMessage } from "./watched.ts";
import { enrolPerson, importPhotos, makeCollection } from "./instance.ts";
import { fakePhoto } from "./fake-engine.ts";
import { createInvites } from "../src/accounts/invites.ts";
import { receiptsOf } from "../src/consent/receipts.ts";
import { object } from "../src/rights/objections.ts";
import {
  type Badge,
  formOf,
  makeKey,
  openTestService,
  signInAs,
  signInPerson,
  type TestService,
} from "./service.ts";

/** Everybody who may stand at the door. */
const VISITORS = [
  "nobody",
  "subject",
  "other subject",
  "staff",
  "staff elsewhere",
  "auditor",
  "owner",
  "key",
  "key elsewhere",
  "revoked key",
  "expired session",
] as const;
type Visitor = (typeof VISITORS)[number];

/** Short words for rows of the table; what follows a word in a row is let in beside it. */
const OWNER = ["owner"] as const;
const STAFF = ["staff", "owner"] as const;
const READERS = ["staff", "auditor", "owner"] as const;
const OVERSEERS = ["auditor", "owner"] as const;
const OWN = ["subject"] as const;
const SIGNED_IN = ["subject", "other subject", "staff elsewhere", ...READERS] as const;
/** A session that is over makes nobody of its bearer; a key that is over was shown on purpose. */
const EVERYBODY = ["nobody", "expired session", "key", "key elsewhere", ...SIGNED_IN] as const;

/**
 * Who is let in, written from what each route does and not from its definition. A list of what is in
 * reach lets everybody of the operator in, and shows them their own: `in reach`.
 */
const TABLE: Readonly<Record<RouteName, readonly (Visitor | "in reach")[]>> = {
  claimInstance: EVERYBODY,
  askForLink: EVERYBODY,
  signInWithLink: EVERYBODY,
  startPasskeySignIn: EVERYBODY,
  signInWithPasskey: EVERYBODY,
  whoAmI: EVERYBODY,
  signOut: SIGNED_IN,
  listSessions: SIGNED_IN,
  endOtherSessions: SIGNED_IN,
  listPasskeys: SIGNED_IN,
  startPasskey: SIGNED_IN,
  addPasskey: SIGNED_IN,
  removePasskey: SIGNED_IN,
  createCollection: OWNER,
  listCollections: [...READERS, "key", "in reach"],
  getCollection: [...READERS, "key"],
  getCollectionHealth: [...READERS, "key"],
  getCollectionSettings: [...READERS, "key"],
  changeCollectionSettings: OWNER,
  closeCollection: OWNER,
  listAccounts: OVERSEERS,
  createAccount: OWNER,
  getAccount: OVERSEERS,
  changeAccount: OWNER,
  sendAccountLink: OWNER,
  disableAccount: OWNER,
  enableAccount: OWNER,
  removeAccount: OWNER,
  listApiKeys: OVERSEERS,
  createApiKey: OWNER,
  revokeApiKey: OWNER,
  // Notices, papers and numbers are for whoever works here; what changes the instance is the owner's.
  getOperator: [...READERS, "key", "in reach"],
  setOperator: OWNER,
  listNotices: [...READERS, "key"],
  previewNotice: READERS,
  publishNotice: OWNER,
  listPacks: [...READERS, "key", "in reach"],
  choosePack: OWNER,
  changePack: OWNER,
  listWebhooks: OVERSEERS,
  addWebhook: OWNER,
  removeWebhook: OWNER,
  listMessages: OVERSEERS,
  listDeadMessages: OVERSEERS,
  replayMessage: OWNER,
  replayMessages: OWNER,
  // Whoever holds an entry or a checkpoint can have it proved, without saying who they are.
  getCheckpoint: EVERYBODY,
  getLedgerKeys: EVERYBODY,
  listEntries: OVERSEERS,
  proveEntry: EVERYBODY,
  proveConsistency: EVERYBODY,
  getWitnessState: EVERYBODY,
  addWitness: OWNER,
  removeWitness: OWNER,
  getWitnessing: OVERSEERS,
  switchWitnessing: OWNER,
  watchLedger: OWNER,
  askWitnesses: OWNER,
  getTransparency: EVERYBODY,
  readNotice: EVERYBODY,
  getStatus: OVERSEERS,
  listAlerts: OVERSEERS,
  noteAlertSeen: OVERSEERS,
  listMail: OVERSEERS,
  planSweep: OVERSEERS,
  sweepNow: OWNER,
  listPapers: OVERSEERS,
  getPaperPage: OVERSEERS,
  getPaperPdf: OVERSEERS,
  enrolPerson: [...STAFF, "key"],
  listPeople: [...READERS, "key"],
  getPerson: ["subject", ...READERS, "key"],
  pausePerson: ["subject", ...STAFF, "key"],
  resumePerson: ["subject", ...STAFF, "key"],
  withdrawPerson: ["subject", ...STAFF, "key"],
  erasePerson: ["subject", ...OWNER],
  // A form bears names; whoever takes them in sees them.
  renewPerson: [...STAFF, "key"],
  listPersonReceipts: STAFF,
  readPersonReceiptPage: STAFF,
  readPersonReceiptPdf: STAFF,
  listJobs: [...READERS, "key", "in reach"],
  getJob: [...READERS, "key"],
  watchJob: [...READERS, "key"],
  cancelJob: [...STAFF, "key"],
  searchByPhoto: [...STAFF, "key"],
  // A look at a photo, and at one person: what searches are, and for whom.
  detectFaces: [...STAFF, "key"],
  verifyPerson: [...STAFF, "key"],
  createInvites: [...STAFF, "key"],
  listInvites: [...READERS, "key"],
  getInviteCap: [...READERS, "key"],
  printInvites: [...STAFF, "key"],
  resendInvite: [...STAFF, "key"],
  endInvite: [...STAFF, "key"],
  // Whoever holds an invite has not said yet who they are.
  openInvite: EVERYBODY,
  declineInvite: EVERYBODY,
  acceptInvite: EVERYBODY,
  // A right is the person's own: not even the owner exercises it here in their name.
  readRecord: OWN,
  exportRecord: OWN,
  listGrants: OWN,
  listReceipts: OWN,
  readReceiptPage: OWN,
  readReceiptPdf: OWN,
  startReceiptSignature: OWN,
  signReceipt: OWN,
  mailReceipt: OWN,
  listOwnSearches: OWN,
  proveOwnSearch: OWN,
  proveOwnEntry: OWN,
  watchOwnProgress: OWN,
  correctName: OWN,
  askContactChange: OWN,
  confirmContactChange: EVERYBODY,
  enrolPhoto: OWN,
  listOwnPhotos: OWN,
  getOwnThumbnail: OWN,
  downloadOwnPhoto: OWN,
  downloadOwnPhotos: OWN,
  holdBack: OWN,
  listRequests: READERS,
  decideRequest: STAFF,
  importPhotos: [...STAFF, "key"],
  listPhotos: [...READERS, "key"],
  getPhoto: [...READERS, "key"],
  getThumbnail: [...READERS, "key"],
  // The full photo of everybody in it is for those who work with it.
  getOriginal: [...STAFF, "key"],
  objectToPhoto: [...STAFF, "key"],
  removePhoto: [...STAFF, "key"],
  listUploads: [...READERS, "key"],
  getUpload: [...READERS, "key"],
  listRefusedFiles: [...READERS, "key"],
  // Files of the machine are its owner's.
  importPlace: OWNER,
  getTimeline: [...READERS, "key"],
  getTimelineCsv: [...READERS, "key"],
  getTimelineVtt: [...READERS, "key"],
  askForOwnVideo: OWN,
  getOwnVideo: OWN,
  playOwnVideo: OWN,
  getOwnTimelineCsv: OWN,
  getOwnTimelineVtt: OWN,
  makeDelivery: [...STAFF, "key"],
  listDeliveries: [...READERS, "key"],
  getDelivery: [...READERS, "key"],
  fetchDelivery: [...STAFF, "key"],
  playDelivery: [...STAFF, "key"],
  listSightings: ["subject", ...READERS, "key"],
  confirmSighting: ["subject", ...STAFF],
  rejectSighting: ["subject", ...STAFF],
  undoSighting: ["subject", ...STAFF],
  getSightingHistory: ["subject", ...READERS],
};

/** The same for what speaks other standards: files sent in parts, and the record's tiles. */
const PLAIN_TABLE: Readonly<Record<PlainRouteName, readonly Visitor[]>> = {
  beginUpload: [...STAFF, "key"],
  headUpload: [...STAFF, "key"],
  patchUpload: [...STAFF, "key"],
  deleteUpload: [...STAFF, "key"],
  getTile: EVERYBODY,
};

/** Answers that mean: this is not for you, or not there for you. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404]);

onSqlite("every route lets in whom the table names, and nobody else", async (database) => {
  const clock = fixedClock(Date.parse("2026-11-02T10:00:00Z"));
  await using tested = await openTestService(database, { instance: { clock } });
  const wrong: string[] = [];
  // Somebody owns the instance already: its first link opens nothing for anybody.
  await signInAs(tested, "owner");
  const untouched = await makeScene(tested);
  for (const [name, route] of ROUTE_LIST) {
    const allowed = TABLE[name];
    assert.ok(allowed !== undefined, `${name} is not in the table`);
    for (const visitor of VISITORS) {
      const inReach = allowed.includes("in reach") && visitor.endsWith("elsewhere");
      const expected = allowed.includes(visitor) || inReach;
      // What changes something of a scene needs one of its own.
      const changes = expected && route.method !== "GET" && route.path.includes("/:");
      const scene = changes ? await makeScene(tested) : untouched;
      const { status, text } = await askAs(tested, route, visitor, scene, clock);
      if (expected === !REFUSED.has(status)) continue;
      wrong.push(`${name}, ${visitor}: ${status} ${text.slice(0, 200)}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    Object.keys(TABLE).filter((name) => ROUTE_LIST.every(([route]) => route !== name)),
    [],
    "rows of routes that are gone",
  );
});

onSqlite("so does every route that speaks another standard", async (database) => {
  // What tus keeps until when is by the machine's own clock.
  const clock = fixedClock(Date.now());
  await using tested = await openTestService(database, { instance: { clock } });
  await signInAs(tested, "owner");
  const scene = await makeScene(tested);
  await tested.instance.app.ledger.sequence();
  const { origin } = tested.service;
  const uploads = `${origin}/api/v1/collections/${scene.collection.id}/uploads`;
  const begin = async (badge: Badge) =>
    fetch(uploads, {
      method: "POST",
      headers: {
        ...badge,
        "tus-resumable": "1.0.0",
        "upload-length": "4",
        "upload-metadata": `filename ${btoa("p.jpg")}`,
      },
    });
  const wrong: string[] = [];
  for (const [name, route] of PLAIN_ROUTE_LIST) {
    for (const visitor of VISITORS) {
      const badge = await badgeOf(tested, scene, visitor, clock);
      const expected = PLAIN_TABLE[name].includes(visitor);
      // An upload is their own of whoever may have one, and somebody's otherwise.
      const begun = expected ? badge : await badgeOf(tested, scene, "owner", clock);
      const own = name === "getTile" ? null : (await begin(begun)).headers.get("location");
      const tile = `${origin}/api/v1/ledger/tile/0/000.p/1`;
      const answer =
        name === "beginUpload"
          ? await begin(badge)
          : await fetch(own === null ? tile : new URL(own, origin), {
              method: route.method,
              headers: {
                ...badge,
                "tus-resumable": "1.0.0",
                ...(route.method === "PATCH"
                  ? { "upload-offset": "0", "content-type": "application/offset+octet-stream" }
                  : {}),
              },
              ...(route.method === "PATCH" ? { body: "ab" } : {}),
            });
      await answer.arrayBuffer();
      if (expected && answer.status !== route.status)
        wrong.push(`${name}, ${visitor}: ${answer.status}`);
      if (!expected && !REFUSED.has(answer.status)) wrong.push(`${name}, ${visitor}: let in`);
    }
  }
  assert.deepEqual(wrong, []);
});

onSqlite("lists show what is in reach, and nothing beyond", async (database) => {
  await using tested = await openTestService(database);
  const scene = await makeScene(tested);
  const { collection, elsewhere } = scene;
  const expected = {
    staff: [collection.id],
    "staff elsewhere": [elsewhere.id],
    key: [collection.id],
    "key elsewhere": [elsewhere.id],
    auditor: [collection.id, elsewhere.id].toSorted(),
    owner: [collection.id, elsewhere.id].toSorted(),
  } as const;
  for (const [visitor, ids] of Object.entries(expected)) {
    const headers = await badgeOf(tested, scene, visitor as Visitor, null);
    const shown = await fetch(`${tested.service.origin}/api/v1/collections`, { headers });
    const { items } = (await shown.json()) as { readonly items: readonly { id: string }[] };
    assert.deepEqual(items.map(({ id }) => id).toSorted(), ids, visitor);
    const queued = await fetch(`${tested.service.origin}/api/v1/jobs`, { headers });
    const jobs = (await queued.json()) as { readonly items: readonly { target: string }[] };
    assert.ok(jobs.items.length > 0, visitor);
    for (const { target } of jobs.items)
      assert.ok(
        ids.some((id) => id === target),
        visitor,
      );
  }
});

/** Two collections with people; in the first a sighting and a job. */
interface Scene {
  readonly number: number;
  readonly collection: Collection;
  readonly elsewhere: Collection;
  readonly subject: SubjectId;
  readonly other: SubjectId;
  readonly sighting: string;
  readonly job: string;
  /** Of a member of staff. */
  readonly account: AccountId;
  readonly apikey: string;
  /** A dead message to an endpoint, an alert, an entry of the record, a notice. */
  readonly webhook: string;
  readonly message: string;
  readonly alert: string;
  readonly entry: string;
  readonly search: string;
  readonly notice: string;
}

let scenes = 0;

async function makeScene({ instance }: TestService): Promise<Scene> {
  const { app } = instance;
  scenes += 1;
  const name = `scene ${scenes}`;
  const collection = await makeCollection(app, { name });
  const elsewhere = await makeCollection(app, { name: `${name} elsewhere` });
  const subject = await enrolPerson(app, collection, `anna${scenes}`);
  const other = await enrolPerson(app, elsewhere, `bert${scenes}`);
  await enrolPerson(app, collection, `bert${scenes}`);
  const photo = fakePhoto([`anna${scenes}`], name);
  await importPhotos(instance, collection, { "one.jpg": photo }, name);
  const sighting = await app.db.read
    .selectFrom("sightings")
    .select("id")
    .where("subject_id", "=", subject)
    .executeTakeFirstOrThrow();
  const job = await app.db.read
    .selectFrom("jobs")
    .select("id")
    .where("target", "=", (await findCollection(app.db, collection.id)).id)
    .executeTakeFirstOrThrow();
  const ids = { sighting: sighting.id, job: job.id, ...(await makeAccess(app, collection.id)) };
  const seen = await makeWatched(app, collection.id);
  return { number: scenes, collection, elsewhere, subject, other, ...ids, ...seen };
}

/** An account, and a key of a collection. */
async function makeAccess(
  app: App,
  collection: CollectionId,
): Promise<Pick<Scene, "account" | "apikey">> {
  const person = { name: "sam", email: `sam${scenes}@club.example` };
  const asked = { ...person, role: "staff", collections: [collection] } as const;
  const account = await app.db.write(async (tx) => createAccount(tx, app.recorder, asked));
  const request = { collection, label: "a program", scopes: ["read"], days: 1 };
  return { account, apikey: (await createApiKey(app.db, app.recorder, request)).id };
}

/** What only an owner or auditor sees, and ids of what anybody may. */
async function makeWatched(
  app: App,
  collection: CollectionId,
): Promise<Pick<Scene, "webhook" | "message" | "alert" | "entry" | "search" | "notice">> {
  const url = `https://receiver.example/${scenes}`;
  const asked = { collection, url, allowPrivate: false };
  const { id: webhook } = await addWebhook(app.db, app.recorder, asked);
  const message = await makeDeadMessage(app, collection);
  const alert = await makeAlert(app, collection);
  const entry = await app.db.read.selectFrom("entries").select("id").executeTakeFirstOrThrow();
  const { id: search } = await app.db.read
    .selectFrom("searches")
    .select("id")
    .where("collection_id", "=", collection)
    .executeTakeFirstOrThrow();
  const [notice] = await currentNotices(app.db, collection);
  return { webhook, message, alert, entry: entry.id, search, notice: notice?.id ?? "" };
}

/** Somebody who cosigns the record: a new one each time, for a key is taken once. */
async function makeWitness(app: App): Promise<string> {
  const { publicKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(String(publicKey.export({ format: "jwk" }).x), "base64url");
  const name = `witness.example/${raw.toString("hex").slice(0, 8)}`;
  const key = formatVerifierKey(verifierKeyOf(name, SIGNATURE_TYPE.cosignature, raw));
  const url = `https://${name}`;
  await app.db.write(async (tx) => addWitness(tx, app.recorder, { url, key }));
  const made = (await listWitnesses(app.db)).find((one) => one.url === url);
  return made?.id ?? "";
}

async function askAs(
  tested: TestService,
  route: Route,
  visitor: Visitor,
  scene: Scene,
  clock: ReturnType<typeof fixedClock>,
): Promise<{ readonly status: number; readonly text: string }> {
  const headers = await badgeOf(tested, scene, visitor, clock);
  const { app } = tested.instance;
  const values: Readonly<Record<string, string>> = {
    collection: scene.collection.id,
    subject: scene.subject,
    sighting: scene.sighting,
    job: scene.job,
    account: scene.account,
    apikey: scene.apikey,
    // Made now: a link does not outlast the clock's move that ends a session.
    link: await app.db.write(async (tx) => makeAccountLink(tx, app.clock, scene.account)),
    passkey: "AAAA",
    paper: "dpia",
    webhook: scene.webhook,
    message: scene.message,
    alert: scene.alert,
    entry: scene.entry,
    ...(route.path.includes(":witness") ? { witness: await makeWitness(app) } : {}),
    search: scene.search,
    notice: scene.notice,
    ...(await filesAsked(app, scene.collection.id, scene.subject)),
    ...(ASKED.test(`${route.path} ${JSON.stringify(route.example)}`)
      ? await askedOf(app, scene)
      : {}),
    ...(JSON.stringify(route.example).includes("video") ? await videoOf(app, scene) : {}),
    today: new Date(clock.now()).toISOString().slice(0, 10),
  };
  const params: Readonly<Record<string, string>> = route.example.params ?? {};
  // Where an example names something of its own kind, what stands for that.
  const valueOf = (name: string): string => {
    const named = params[name]?.slice(1) ?? name;
    return (VIDEO_NAMES.has(named) ? values[named] : values[name]) ?? "";
  };
  const path = route.path.replaceAll(/:([a-z_]+)/gu, (_, name: string) => valueOf(name));
  for (const name of paramNames(route.path)) assert.ok(values[name], `nothing stands for :${name}`);
  const url = `${tested.service.origin}${path}`;
  const answer = await fetch(url, {
    method: route.method,
    ...bodyOf(route, scene, headers, values),
  });
  if (route.produces !== "text/event-stream") {
    return { status: answer.status, text: await answer.text() };
  }
  await answer.body?.cancel();
  return { status: answer.status, text: "" };
}

const VIDEO_NAMES = new Set(["video", "videosighting", "videodelivery", "ownvideo"]);

/** A video in which the person of a scene is seen, and a copy of it that is not made yet. */
async function videoOf(app: App, scene: Scene): Promise<Readonly<Record<string, string>>> {
  const { collection, subject } = scene;
  const known = videos.get(scene) ?? (await addClip(app, collection.id, subject));
  videos.set(scene, known);
  const copy = await askForCopy(app, collection.id, { subject, video: known.video });
  return { ...known, videodelivery: copy, ownvideo: copy };
}

const videos = new Map<Scene, Awaited<ReturnType<typeof addClip>>>();

/** What an address or example names that is made for it alone. */
const ASKED = /:(?:invite|consent|objection|number)|\$(?:[a-z]*token|noticehash|ownsighting)/u;

/** What people were asked and have said: invites and their notice, a receipt, an objection. */
async function askedOf(app: App, scene: Scene): Promise<Readonly<Record<string, string>>> {
  const { collection, subject, sighting } = scene;
  const request = { collection: collection.id, language: "en", days: 2 };
  const contacts = ["dora@people.example", null, null, null];
  const sender = { origin: "http://localhost", operator: "The club" };
  const made = await createInvites(app.db, app.recorder, { ...request, contacts }, sender);
  const [mailed, open, refused] = made;
  const [receipt] = await receiptsOf(app.db, app.vault, subject);
  const [notice] = await currentNotices(app.db, collection.id);
  const target = { kind: "sighting", id: sighting as SightingId } as const;
  const asked = { target, subject, reason: null };
  return {
    invite: mailed?.id ?? "",
    invitetoken: open?.token ?? "",
    refusedtoken: refused?.token ?? "",
    consent: receipt?.consent ?? "",
    noticehash: notice?.hash ?? "",
    objection: await object(app.db, app.recorder, asked),
    ownsighting: sighting,
    number: "1",
    contacttoken: "A".repeat(43),
  };
}

function bodyOf(
  { example, files }: Route,
  { number }: Scene,
  headers: Badge,
  values: Readonly<Record<string, string>>,
): { readonly headers: Badge; readonly body?: string | FormData } {
  const text = JSON.stringify(example.body ?? {}).replaceAll(
    /\$([a-z]+)/gu,
    (_, name: string) => values[name] ?? name,
  );
  const body = JSON.parse(text) as Record<string, unknown>;
  // Each request makes something of its own.
  if (typeof body["name"] === "string") body["name"] = `${body["name"]} ${number}`;
  if (typeof body["email"] === "string") body["email"] = `${number}${body["email"]}`;
  if (files) {
    const whole = { body, files: example.files ?? {} };
    return { headers, body: formOf(whole, () => fakePhoto([`anna${number}`], "posted")) };
  }
  if (!example.body) return { headers };
  return {
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** One key of each kind for a scene: a collection has not room for more. It outlasts the clock. */
async function keyOnce(
  tested: TestService,
  collection: CollectionId,
  options: { readonly revoked?: boolean } = {},
): Promise<Badge> {
  const name = `${tested.service.origin} ${collection} ${options.revoked}`;
  const known = keys.get(name) ?? (await makeKey(tested, collection, { ...options, days: 366 }));
  keys.set(name, known);
  return known;
}

const keys = new Map<string, Badge>();

async function badgeOf(
  tested: TestService,
  scene: Scene,
  visitor: Visitor,
  clock: ReturnType<typeof fixedClock> | null,
): Promise<Badge> {
  const { collection, elsewhere } = scene;
  switch (visitor) {
    case "nobody":
      return {};
    case "subject":
      return signInPerson(tested, scene.subject);
    case "other subject":
      return signInPerson(tested, scene.other);
    case "staff":
      return signInAs(tested, "staff", [collection.id]);
    case "staff elsewhere":
      return signInAs(tested, "staff", [elsewhere.id]);
    case "auditor":
    case "owner":
      return signInAs(tested, visitor);
    case "key":
      return keyOnce(tested, collection.id);
    case "key elsewhere":
      return keyOnce(tested, elsewhere.id);
    case "revoked key":
      return keyOnce(tested, collection.id, { revoked: true });
    case "expired session": {
      const badge = await signInAs(tested, "owner");
      clock?.move(DAY_MS);
      return badge;
    }
    default:
      return unreachable(visitor);
  }
}

onSqlite(
  "a key without a route's scope, and one that nobody made, are refused",
  async (database) => {
    await using tested = await openTestService(database);
    const { collection } = await makeScene(tested);
    const url = `${tested.service.origin}/api/v1/collections/${collection.id}/people`;
    const reading = await makeKey(tested, collection.id, { scopes: ["read", "search"] });
    assert.equal((await fetch(url, { headers: reading })).status, 403);
    const made = `Bearer assent_${newId("aky")}_${"A".repeat(43)}`;
    for (const authorization of [made, "Bearer x", "Basic YTpi", "Bearer"]) {
      assert.equal((await fetch(url, { headers: { authorization } })).status, 401, authorization);
    }
  },
);
