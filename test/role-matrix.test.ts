import assert from "node:assert/strict";
import { currentNotices } from "../src/consent/notices.ts";
import { makeAccountLink } from "../src/accounts/links.ts";
import type { App } from "../src/app.ts";
import { fixedClock } from "../src/base/clock.ts";
import { newId, type SightingId } from "../src/base/ids.ts";
import { paramNames, type Route } from "../src/contract/contract.ts";
import { ROUTE_LIST, type RouteName } from "../src/contract/routes.ts";
import { onSqlite } from "./databases.ts";
import {
  badgeOf,
  makeScene,
  makeWitness,
  type Scene,
  VISITORS,
  type Visitor,
} from "./role-scene.ts";
import { filesAsked } from "./files-asked.ts";
import { addClip, askForCopy } from "./video-asked.ts";
import { fakePhoto } from "./fake-engine.ts";
import { sql } from "kysely";
import { searchByPhoto } from "../src/search/search.ts";
import { createInvites } from "../src/accounts/invites.ts";
import { receiptsOf } from "../src/consent/receipts.ts";
import { object } from "../src/rights/objections.ts";
import {
  type Badge,
  formOf,
  makeKey,
  openTestService,
  signInAs,
  type TestService,
} from "./service.ts";

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
  changeCollection: OWNER,
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
  enrolList: [...STAFF, "key"],
  listEnrolmentLists: [...READERS, "key"],
  listRefusedRows: [...READERS, "key"],
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
  searchByVideo: [...STAFF, "key"],
  // Staff are shown their own searches, and overseers everybody's.
  listSearches: READERS,
  // Of whoever searched; of anybody for overseers.
  getProbe: READERS,
  deleteProbe: STAFF,
  getSearchAllowance: STAFF,
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
  askForOwnDelivery: OWN,
  listOwnDeliveries: OWN,
  getOwnDelivery: OWN,
  fetchOwnDelivery: OWN,
  playOwnVideo: OWN,
  getOwnTimelineCsv: OWN,
  getOwnTimelineVtt: OWN,
  makeDelivery: [...STAFF, "key"],
  listDeliveries: [...READERS, "key"],
  getDelivery: [...READERS, "key"],
  fetchDelivery: [...STAFF, "key"],
  playDelivery: [...STAFF, "key"],
  listSightings: ["subject", ...READERS, "key"],
  listReviews: READERS,
  confirmSighting: ["subject", ...STAFF],
  rejectSighting: ["subject", ...STAFF],
  undoSighting: ["subject", ...STAFF],
  getSightingHistory: ["subject", ...READERS],
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
    ...(VIDEO_NAMED.test(JSON.stringify(route.example)) ? await videoOf(app, scene) : {}),
    ...(route.path.endsWith("/probe") ? await keptOf(app, scene) : {}),
    today: new Date(clock.now()).toISOString().slice(0, 10),
  };
  const params: Readonly<Record<string, string>> = route.example.params ?? {};
  // Where an example names something of its own kind, what stands for that.
  const valueOf = (name: string): string => {
    const named = params[name]?.slice(1) ?? name;
    return (MADE_NAMES.has(named) ? values[named] : values[name]) ?? "";
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

const VIDEO_NAMED = /\$(?:video|ownvideo|ownarchive)/u;
const MADE_NAMES = new Set([
  "video",
  "videosighting",
  "videodelivery",
  "ownvideo",
  "ownarchive",
  "keptsearch",
]);

/** A video in which the person of a scene is seen, and a copy of it that is not made yet. */
async function videoOf(app: App, scene: Scene): Promise<Readonly<Record<string, string>>> {
  const { collection, subject } = scene;
  const known = videos.get(scene) ?? (await addClip(app, collection.id, subject));
  videos.set(scene, known);
  const copy = await askForCopy(app, collection.id, { subject, video: known.video });
  const archive = await askForCopy(app, collection.id, { subject, video: null });
  return { ...known, videodelivery: copy, ownvideo: copy, ownarchive: archive };
}

const videos = new Map<Scene, Awaited<ReturnType<typeof addClip>>>();

/** A search whose probe is kept, made by whoever signed in last. */
async function keptOf(app: App, { collection, number }: Scene): Promise<{ keptsearch: string }> {
  const last = await app.db.read
    .selectFrom("accounts")
    .select("id")
    .orderBy(sql`rowid`, "desc")
    .executeTakeFirst();
  const recorder = { ...app.recorder, account: last?.id ?? "operator" };
  const answer = await searchByPhoto(app, recorder, {
    collection: collection.id,
    photo: { bytes: fakePhoto([`anna${number}`]) },
    purpose: "a test",
    pointed: null,
    keepUntil: new Date(app.clock.now()).toISOString().slice(0, 10),
  });
  return { keptsearch: answer.id };
}

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
