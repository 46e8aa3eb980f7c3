import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { type Mail, sendDueMail } from "../src/accounts/mail.ts";
import { finishRegistration, startRegistration } from "../src/accounts/passkeys.ts";
import { firstOwnerLink, makeAccountLink } from "../src/accounts/links.ts";
import { findAccount } from "../src/accounts/accounts.ts";
import { exampleParams } from "../src/contract/openapi.ts";
import type { Route } from "../src/contract/contract.ts";
import { ROUTE_LIST, type RouteName } from "../src/contract/routes.ts";
import { unreachable } from "../src/base/errors.ts";
import type { CollectionId, DeliveryId, SubjectId } from "../src/base/ids.ts";
import { findCollection } from "../src/collections/collections.ts";
import { witnessKeyOf } from "../src/ledger/witnessing.ts";
import { formatVerifierKey } from "../src/verify/note.ts";
import { addClip, stripeVideo, waitForCopy } from "./video-asked.ts";
import { makeAlert, makeDeadMessage } from "./watched.ts";
import { Authenticator } from "./authenticator.ts";
import { onEachDatabase } from "./databases.ts";
import { fakePicture } from "./fake-engine.ts";
import { addPicture, beginUpload, makeDelivery } from "./files-asked.ts";
import { enrolPerson, importPhotos, today } from "./instance.ts";
import {
  type Badge,
  fill,
  formOf,
  makeKey,
  openTestService,
  signInAs,
  signInPerson,
  type TestService,
} from "./service.ts";

/** What the files named in examples show: Anna is p5 here, and strangers are beyond p9. */
const PICTURES: ReadonlyMap<string, Uint8Array> = new Map([
  ["anna.jpg", await fakePicture(["p5"])],
  [
    "people.csv",
    Buffer.from(
      "subject,contact,photo,form,signed_on,witness\nCleo,cleo@people.example,anna.jpg,,2026-01-01,Staff",
    ),
  ],
  ["group.jpg", await fakePicture(["p5", "p9"])],
  ["clip.mp4", await stripeVideo(["p5"])],
  ["gala.jpg", await fakePicture(["p5", "p40"])],
]);

function pictureOf(name: string): Uint8Array {
  return PICTURES.get(name) ?? new Uint8Array();
}

type Kept = Map<string, string>;

/** What is not asked over HTTP: links from the terminal and the mail, what browsers do. */
const BEFORE: Partial<
  Readonly<Record<RouteName, (tested: TestService, kept: Kept) => Promise<void>>>
> = {
  claimInstance: async ({ instance: { app } }, kept) => {
    kept.set("firstlink", (await firstOwnerLink(app.db, app.clock)) ?? "");
  },
  signInWithLink: async ({ instance: { app } }, kept) => {
    const id = await findAccount(app.db, app.vault, "olga@club.example");
    kept.set("link", await app.db.write(async (tx) => makeAccountLink(tx, app.clock, id)));
  },
  listDeadMessages: async ({ instance: { app } }, kept) => {
    await makeDeadMessage(app, (kept.get("collection") ?? "") as CollectionId);
  },
  // The instance is its own witness here: somebody else's would do the same.
  addWitness: async ({ instance: { app }, service }, kept) => {
    kept.set("witnessurl", `${service.origin}/witness`);
    kept.set("witnesskey", formatVerifierKey(await witnessKeyOf(app.db, app.vault)));
  },
  watchLedger: async ({ instance: { app } }, kept) => {
    kept.set("ledgerkey", await app.ledger.verifierKey());
  },
  listAlerts: async ({ instance: { app } }, kept) => {
    await makeAlert(app, (kept.get("collection") ?? "") as CollectionId);
  },
  getThumbnail: async ({ instance: { app } }, kept) => {
    const collection = (kept.get("collection") ?? "") as CollectionId;
    kept.set("photo", await addPicture(app, collection, ["p7"]));
  },
  getUpload: async ({ instance: { app } }, kept) => {
    const collection = (kept.get("collection") ?? "") as CollectionId;
    kept.set("upload", await beginUpload(app, collection));
  },
  importPlace: async ({ instance: { config } }) => {
    await mkdir(config.importRoot ?? "", { recursive: true });
  },
  fetchDelivery: async ({ instance: { app } }, kept) => {
    const collection = await findCollection(app.db, kept.get("collection") ?? "");
    const subject = await enrolPerson(app, collection, "p9");
    kept.set("delivery", await makeDelivery(app, collection.id, [subject]));
  },
  getTimeline: async ({ instance: { app } }, kept) => {
    const collection = (kept.get("collection") ?? "") as CollectionId;
    const made = await addClip(app, collection, (kept.get("subject") ?? "") as SubjectId);
    kept.set("video", made.video);
    kept.set("videosighting", made.videosighting);
  },
  fetchOwnDelivery: async ({ instance: { app } }, kept) => {
    const collection = (kept.get("collection") ?? "") as CollectionId;
    await waitForCopy(app, collection, (kept.get("ownarchive") ?? "") as DeliveryId);
  },
  playOwnVideo: async ({ instance: { app } }, kept) => {
    const collection = (kept.get("collection") ?? "") as CollectionId;
    await waitForCopy(app, collection, (kept.get("ownvideo") ?? "") as DeliveryId);
  },
  playDelivery: async (_, kept) => {
    kept.set("videodelivery", kept.get("ownvideo") ?? "");
  },
  startReceiptSignature: async ({ instance: { app }, service }, kept) => {
    const owner = { kind: "subject", id: (kept.get("subject") ?? "") as SubjectId } as const;
    const site = { host: new URL(service.origin).hostname, origin: service.origin, name: "x" };
    const deps = { db: app.db, clock: app.clock, site };
    const made = new Authenticator(service.origin);
    const options = await startRegistration(deps, owner, "anna");
    await finishRegistration(deps, app.recorder, owner, made.register(options));
    receiptKeys.set(service.origin, made);
    kept.set("ownpasskey", made.id);
  },
  signReceipt: async ({ service }, kept) => {
    const challenge = kept.get("receiptchallenge") ?? "";
    keepResponse(kept, receiptKeys.get(service.origin)?.signIn({ challenge }));
  },
  confirmContactChange: async ({ instance: { app } }, kept) => {
    const posted: Mail[] = [];
    await sendDueMail(app, { send: async (_, mail) => void posted.push(mail) });
    const sent = posted.find(({ to }) => to === "anna@home.example");
    kept.set("contacttoken", /#([\w-]{43})$/mu.exec(sent?.text ?? "")?.[1] ?? "");
  },
  addPasskey: async ({ service }, kept) => {
    const made = new Authenticator(service.origin);
    authenticators.set(service.origin, made);
    const challenge = kept.get("newchallenge") ?? "";
    keepResponse(kept, made.register({ challenge }));
    kept.set("newpasskey", made.id);
  },
  signInWithPasskey: async ({ service }, kept) => {
    const challenge = kept.get("loginchallenge") ?? "";
    keepResponse(kept, authenticators.get(service.origin)?.signIn({ challenge }));
  },
};

/** The person's own, by the service they are for. */
const receiptKeys = new Map<string, Authenticator>();
/** By the service they are for. */
const authenticators = new Map<string, Authenticator>();

function keepResponse(kept: Kept, given: unknown): void {
  const { response } = given as { readonly response: Readonly<Record<string, string>> };
  kept.set("client", response["clientDataJSON"] ?? "");
  kept.set("attestation", response["attestationObject"] ?? "");
  kept.set("authenticator", response["authenticatorData"] ?? "");
  kept.set("signature", response["signature"] ?? "");
}

/** Every example of the documentation, in order, as a client would send it. */
const inOrder = ROUTE_LIST.toSorted(
  ([, a], [, b]) => (a.example.turn ?? 0) - (b.example.turn ?? 0),
);

onEachDatabase("every example of the contract is answered as it says", async (database) => {
  await using tested = await openTestService(database);
  const { app } = tested.instance;
  const kept = new Map([["today", today(app)]]);
  for (const [name, route] of inOrder) {
    await BEFORE[name]?.(tested, kept);
    const answer = await ask(tested, route, kept);
    const text = await answer.text();
    assert.equal(answer.status, route.status, `${name}: ${text}`);
    if (route.produces !== undefined) continue;
    const body: unknown = JSON.parse(text);
    const parsed = route.response.safeParse(body);
    assert.ok(parsed.success, `${name}: the answer is not of its schema`);
    assert.deepEqual(parsed.data, body, `${name}: the answer holds more than its schema`);
    for (const [key, path] of Object.entries(route.example.keeps ?? {})) {
      kept.set(key, valueAt(body, path));
    }
    if (name === "enrolPerson") await importGroup(tested, kept);
  }
});

/** Between the examples, what the command line does: photos come in and are compared. */
async function importGroup(tested: TestService, kept: ReadonlyMap<string, string>): Promise<void> {
  const { app } = tested.instance;
  const collection = await findCollection(app.db, kept.get("collection") ?? "");
  await importPhotos(tested.instance, collection, { "a.jpg": pictureOf("gala.jpg") });
  await app.runner.drain();
}

async function ask(
  tested: TestService,
  route: Route,
  kept: ReadonlyMap<string, string>,
): Promise<Response> {
  const { example, method } = route;
  const params = fill(exampleParams(route), kept);
  const path = route.path.replaceAll(/:([a-z_]+)/gu, (_, name: string) => params[name] ?? "");
  const query = new URLSearchParams(fill(example.query ?? {}, kept)).toString();
  const url = `${tested.service.origin}${path}${query === "" ? "" : `?${query}`}`;
  const headers = await badgeFor(tested, example.as, kept);
  const body = fill(example.body, kept);
  if (route.files) {
    const whole = { ...(body ? { body } : {}), files: example.files ?? {} };
    const form = formOf(whole, pictureOf);
    return fetch(url, { method, headers, body: form });
  }
  if (!body) return fetch(url, { method, headers });
  const json = { ...headers, "content-type": "application/json" };
  return fetch(url, { method, headers: json, body: JSON.stringify(body) });
}

async function badgeFor(
  tested: TestService,
  as: Route["example"]["as"],
  kept: ReadonlyMap<string, string>,
): Promise<Badge> {
  const collection = (kept.get("collection") ?? "") as Parameters<typeof makeKey>[1];
  switch (as) {
    case "nobody":
      return {};
    case "subject":
      return signInPerson(tested, (kept.get("subject") ?? "") as SubjectId);
    case "key":
      return makeKey(tested, collection);
    case "staff":
      return signInAs(tested, "staff", [collection]);
    case "owner":
      return signInAs(tested, as);
    case "auditor": {
      // One and the same: what the browser was asked to make a passkey for is what it is kept for.
      const known = auditors.get(tested) ?? signInAs(tested, as);
      auditors.set(tested, known);
      return known;
    }
    default:
      return unreachable(as);
  }
}

const auditors = new WeakMap<TestService, Promise<Badge>>();

/** The value at a dotted path, as text. */
function valueAt(value: unknown, path: string): string {
  const found = path
    .split(".")
    .reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>> | null)?.[key], value);
  assert.ok(typeof found === "string" || typeof found === "number", `Nothing at ${path}`);
  return String(found);
}
