import { generateKeyPairSync } from "node:crypto";
import { createAccount } from "../src/accounts/accounts.ts";
import { createApiKey } from "../src/accounts/api-keys.ts";
import { currentNotices } from "../src/consent/notices.ts";
import { addWebhook } from "../src/webhooks/webhooks.ts";
import type { App } from "../src/app.ts";
import { DAY_MS, type fixedClock } from "../src/base/clock.ts";
import { unreachable } from "../src/base/errors.ts";
import type { AccountId, CollectionId, SubjectId } from "../src/base/ids.ts";
import { type Collection, findCollection } from "../src/collections/collections.ts";
import { addWitness, listWitnesses } from "../src/ledger/witness.ts";
import { formatVerifierKey, SIGNATURE_TYPE, verifierKeyOf } from "../src/verify/note.ts";
import { makeAlert, makeDeadMessage } from "./watched.ts";
import { enrolPerson, importPhotos, makeCollection } from "./instance.ts";
import { fakePhoto } from "./fake-engine.ts";
import { type Badge, makeKey, signInAs, signInPerson, type TestService } from "./service.ts";

/** Everybody who may stand at the door. */
export const VISITORS = [
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
export type Visitor = (typeof VISITORS)[number];

/** Two collections with people; in the first a sighting and a job. */
export interface Scene {
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

export async function makeScene({ instance }: TestService): Promise<Scene> {
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
export async function makeWitness(app: App): Promise<string> {
  const { publicKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(String(publicKey.export({ format: "jwk" }).x), "base64url");
  const name = `witness.example/${raw.toString("hex").slice(0, 8)}`;
  const key = formatVerifierKey(verifierKeyOf(name, SIGNATURE_TYPE.cosignature, raw));
  const url = `https://${name}`;
  await app.db.write(async (tx) => addWitness(tx, app.recorder, { url, key }));
  const made = (await listWitnesses(app.db)).find((one) => one.url === url);
  return made?.id ?? "";
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

export async function badgeOf(
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
