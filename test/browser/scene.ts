import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { createInvites } from "../../src/accounts/invites.ts";
import { configFor } from "../../src/app.ts";
import type { CollectionId, SubjectId } from "../../src/base/ids.ts";
import { type Collection, findCollection } from "../../src/collections/collections.ts";
import { importFolder } from "../../src/collections/import.ts";
import { makeNotice, renderNotice } from "../../src/consent/layered-notice.ts";
import { publishNotice } from "../../src/consent/notices.ts";
import { writeOperator } from "../../src/consent/operator.ts";
import { openEngine } from "../../src/faces/faces.ts";
import { searchByPhoto, type SearchRequest } from "../../src/search/search.ts";
import type { TestDatabase } from "../databases.ts";
import type { Member } from "../../samples/cast.ts";
import { portraitOf } from "../../samples/samples.ts";
import { takePhoto } from "../../samples/scene.ts";
import { drawPortrait, drawRow, members } from "../drawn.ts";
import { enrolPerson, makeCollection } from "../instance.ts";
import {
  type Badge,
  openTestService,
  signInAs,
  signInPerson,
  type TestService,
} from "../service.ts";
import { openChromium } from "./chromium.ts";
import { filmPerson } from "./drawn-camera.ts";

/** A club with photos of drawn people, one of whom sits before the camera of the browser. */
export interface Scene extends AsyncDisposable {
  readonly served: TestService;
  readonly collection: Collection;
  readonly browser: Browser;
  /** A fresh invite's link, from the slash on. */
  readonly invite: (collection?: CollectionId) => Promise<string>;
  /** A portrait of the person before the camera, as a file. */
  readonly portrait: string;
}

/** Who stands in which photo, by their place in the cast; the first one sits before the camera. */
const ROWS = [
  [0, 1],
  [1, 2],
  [2, 0],
] as const;

/** Opens a service with the real `bundled` pack, three photos, and the browser. */
export async function openScene(database: TestDatabase): Promise<Scene> {
  // What fails half-way closes what is open, or its process would never end.
  await using stack = new AsyncDisposableStack();
  const served = stack.use(await openBundledService(database));
  const { app, folder } = served.instance;
  const [anna] = members;
  if (!anna) throw new Error("The cast is too small.");
  const made = await makeCollection(app, {
    name: "the gala",
    pack: "bundled",
    purpose: "give the guests their pictures",
    alternative: "ask at the desk: somebody looks for your photos by hand",
  });
  await describe(served);
  await publish(served, made);
  const incoming = join(folder, "incoming");
  for (const [index, row] of ROWS.entries()) {
    const path = join(incoming, `${PHOTO_NAMES[index] ?? index}.jpg`);
    await drawRow(
      path,
      row.map((place) => members[place] ?? anna),
      index + 1,
    );
  }
  await importFolder(app.importDeps, app.recorder, made, incoming);
  const film = join(folder, "camera.y4m");
  await filmPerson(film, anna);
  const portrait = join(folder, "anna.jpg");
  await drawPortrait(portrait, anna);
  const browser = stack.adopt(await openChromium(film), async (one) => one.close());
  const collection = await findCollection(app.db, made.id);
  const opened = stack.move();
  return {
    served,
    collection,
    browser,
    portrait,
    invite: async (collection = made.id) => {
      const request = { collection, language: "en", days: 7, contacts: [null] };
      const [invite] = await createInvites(app.db, app.recorder, request, null);
      return `/invite#${invite?.token ?? ""}`;
    },
    [Symbol.asyncDispose]: async () => opened.disposeAsync(),
  };
}

/** Opens a service that looks at photos with the real `bundled` pack. */
export async function openBundledService(database: TestDatabase): Promise<TestService> {
  return openTestService(database, {
    instance: {
      openEngine: async () =>
        openEngine({ pack: "bundled", folder: configFor(".").models, workers: 1 }),
    },
  });
}

const PHOTO_NAMES = ["one", "two", "three"] as const;

/** Enrols the person before the camera, by the form they signed. */
export async function enrolAnna({ served, collection, portrait }: Scene): Promise<SubjectId> {
  const photo = { bytes: await readFile(portrait) };
  const name = members[0]?.name ?? "";
  return enrolPerson(served.instance.app, collection, "anna", { name, photo });
}

/** Searches as staff do, and returns who was found. */
export async function lookFor(
  { served, collection }: Scene,
  file: string,
  purpose: string,
  keep: Pick<SearchRequest, "keepUntil"> = {},
): Promise<readonly string[]> {
  const { app, folder } = served.instance;
  const bytes = await readFile(join(folder, "incoming", file));
  const { faces } = await searchByPhoto(app, app.recorder, {
    collection: collection.id,
    photo: { bytes },
    purpose,
    pointed: null,
    ...keep,
  });
  return faces.flatMap((face) => ("subject" in face ? [face.subject] : []));
}

/** Gives a browser the session of somebody who signed in. */
export async function giveSession(
  context: BrowserContext,
  origin: string,
  { cookie = "" }: Badge,
): Promise<void> {
  const [name = "", value = ""] = cookie.split("=");
  await context.addCookies([{ name, value, url: origin }]);
}

/** Signs a person in, in a browser. */
export async function signInAnna(
  { served }: Scene,
  context: BrowserContext,
  subject: SubjectId,
): Promise<void> {
  await giveSession(context, served.service.origin, await signInPerson(served, subject));
}

/** Signs an owner in, in a browser. */
export async function signInOwner({ served }: Scene, context: BrowserContext): Promise<void> {
  await giveSession(context, served.service.origin, await signInAs(served, "owner"));
}

/** A drawn person's portrait. */
export async function portraitBytes(member: Member): Promise<Uint8Array> {
  return (await takePhoto(portraitOf(member))).jpeg;
}

/** Publishes a collection's notice in each language of the screens. */
export async function publish(
  { instance: { app } }: TestService,
  { id }: Collection,
): Promise<void> {
  for (const language of ["en", "nl"]) {
    const body = renderNotice(await makeNotice(app.db, id, { language, own: null }));
    await app.db.write(async (tx) =>
      publishNotice(tx, app.recorder, { collection: id, language, body }),
    );
  }
}

/** Says who the operator is. */
async function describe({ instance: { app } }: TestService): Promise<void> {
  await app.db.write(async (tx) => {
    await writeOperator(tx, app.recorder, {
      name: "The Club",
      address: "1 Long Street, Ghent",
      email: "office@club.example",
      country: "BE",
      authority: { name: "The authority" },
    });
  });
}
