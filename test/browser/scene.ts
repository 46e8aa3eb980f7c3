import { join } from "node:path";
import type { Browser } from "playwright-core";
import { createInvites } from "../../src/accounts/invites.ts";
import { configFor } from "../../src/app.ts";
import { type Collection, findCollection } from "../../src/collections/collections.ts";
import { importFolder } from "../../src/collections/import.ts";
import { makeNotice, renderNotice } from "../../src/consent/layered-notice.ts";
import { publishNotice } from "../../src/consent/notices.ts";
import { writeOperator } from "../../src/consent/operator.ts";
import { openEngine } from "../../src/faces/faces.ts";
import type { TestDatabase } from "../databases.ts";
import { drawPortrait, drawRow, members } from "../drawn.ts";
import { makeCollection } from "../instance.ts";
import { openTestService, type TestService } from "../service.ts";
import { openChromium } from "./chromium.ts";
import { filmPerson } from "./drawn-camera.ts";

/** A club with photos of drawn people, one of whom sits before the camera of the browser. */
export interface Scene extends AsyncDisposable {
  readonly served: TestService;
  readonly collection: Collection;
  readonly browser: Browser;
  /** A fresh invite's link, from the slash on. */
  readonly invite: () => Promise<string>;
  /** A portrait of the person as a file. */
  readonly portrait: string;
}

/** Opens a service with the real `bundled` pack, three photos, and the browser. */
export async function openScene(database: TestDatabase): Promise<Scene> {
  const served = await openTestService(database, {
    instance: {
      openEngine: async () =>
        openEngine({ pack: "bundled", folder: configFor(".").models, workers: 1 }),
    },
  });
  const { app, folder } = served.instance;
  const [anna, bert, carl] = members;
  if (!anna || !bert || !carl) throw new Error("The cast is too small.");
  const made = await makeCollection(app, { name: "the gala", pack: "bundled" });
  await describe(served, made);
  const incoming = join(folder, "incoming");
  await drawRow(join(incoming, "one.jpg"), [anna, bert], 1);
  await drawRow(join(incoming, "two.jpg"), [bert, carl], 2);
  await drawRow(join(incoming, "three.jpg"), [carl, anna], 3);
  await importFolder(app.importDeps, app.recorder, made, incoming);
  const film = join(folder, "camera.y4m");
  await filmPerson(film, anna);
  const portrait = join(folder, "anna.jpg");
  await drawPortrait(portrait, anna);
  const browser = await openChromium(film);
  return {
    served,
    collection: await findCollection(app.db, made.id),
    browser,
    portrait,
    invite: async () => {
      const request = { collection: made.id, language: "en", days: 7, contacts: [null] };
      const [invite] = await createInvites(app.db, app.recorder, request, null);
      return `/invite#${invite?.token ?? ""}`;
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await served[Symbol.asyncDispose]();
    },
  };
}

/** Says who the operator is, and publishes a notice in each language of the screens. */
async function describe({ instance: { app } }: TestService, { id }: Collection): Promise<void> {
  await app.db.write(async (tx) => {
    await writeOperator(tx, app.recorder, {
      name: "The Club",
      address: "1 Long Street, Ghent",
      email: "office@club.example",
      country: "BE",
      authority: { name: "The authority" },
    });
  });
  for (const language of ["en", "nl"]) {
    const body = renderNotice(await makeNotice(app.db, id, { language, own: null }));
    await app.db.write(async (tx) =>
      publishNotice(tx, app.recorder, { collection: id, language, body }),
    );
  }
}
