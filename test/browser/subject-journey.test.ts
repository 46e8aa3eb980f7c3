import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { sendDueMail, type Mail } from "../../src/accounts/mail.ts";
import { verifyPasskey } from "../../src/verify/passkey.ts";
import { consentsOf } from "../../src/consent/consents.ts";
import type { SubjectId } from "../../src/base/ids.ts";
import { onSqlite } from "../databases.ts";
import { checkAccessible, openPage, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { lookFor, openScene, type Scene } from "./scene.ts";

const skip = whyNoBrowser();
if (skip !== false) test("a person's journey", { skip }, () => undefined);
else {
  onSqlite("W1 from the invite to the first photo, and out again", async (database, t) => {
    await using scene = await openScene(database);
    for (const [device, width] of Object.entries(WIDTHS)) {
      await t.test(`R3 R4 ${device}`, async () => takeJourney(scene, width));
    }
  });
}

/** What the page did that only it can tell. */
interface Noted {
  /** For each time the camera was asked for: how many signed receipts there were. */
  readonly receiptsAtCamera: number[];
  /** Presses since they were last counted. */
  readonly presses: () => Promise<number>;
}

async function takeJourney(scene: Scene, width: number): Promise<void> {
  const { page, checkQuiet } = await openPage(scene.browser, scene.served.service.origin, {
    width,
  });
  await giveAuthenticator(page);
  const noted = await watch(scene, page);
  const link = await scene.invite();
  await page.goto(link);
  const sayingYes = await sayYes(page, noted);
  const subject = await keepReceipt(scene, page);
  await showFace(page, noted);
  await seePhotos(page);
  await readSearches(scene, page);
  const takingBack = await withdrawOnTheSameScreen(scene, page, noted);
  assert.ok(takingBack <= sayingYes, `${takingBack} presses to withdraw, ${sayingYes} to say yes`);
  await eraseAll(page);
  // The invite is used up: whoever finds the link learns nothing.
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByText("This invite is over").waitFor();
  checkQuiet();
  await page.context().close();
  const left = await scene.served.instance.app.db.read
    .selectFrom("subjects")
    .select("id")
    .where("id", "=", subject)
    .where("erased_at", "is", null)
    .execute();
  assert.deepEqual(left, []);
}

/** A passkey of the browser's own, which says yes to whatever it is asked. */
async function giveAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** Notes each use of the camera as it is asked for, before it opens, and counts presses. */
async function watch({ served }: Scene, page: Page): Promise<Noted> {
  const { db } = served.instance.app;
  const receiptsAtCamera: number[] = [];
  await page.exposeFunction("noteCamera", async () => {
    const rows = await db.read
      .selectFrom("consents")
      .select("id")
      .where("sealed_receipt", "is not", null)
      .execute();
    receiptsAtCamera.push(rows.length);
  });
  await page.addInitScript(() => {
    const { mediaDevices } = navigator as Partial<Navigator>;
    // A blank page has none.
    if (!mediaDevices) return;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    const { noteCamera } = globalThis as unknown as { noteCamera: () => Promise<void> };
    mediaDevices.getUserMedia = async (wanted) => {
      await noteCamera();
      return open(wanted);
    };
    addEventListener(
      "click",
      ({ detail, target }) => {
        // A label's press comes a second time, from the box that it is of.
        if (target instanceof HTMLInputElement && detail === 0) return;
        sessionStorage.setItem("presses", String(Number(sessionStorage.getItem("presses")) + 1));
      },
      true,
    );
  });
  const presses = async () =>
    page.evaluate(() => {
      const counted = Number(sessionStorage.getItem("presses"));
      sessionStorage.removeItem("presses");
      return counted;
    });
  return { receiptsAtCamera, presses };
}

/** Returns how many presses a yes took; typing a name and an address not counted. */
async function sayYes(page: Page, { presses }: Noted): Promise<number> {
  await page.getByLabel("Your name").fill("Drawn Person 01");
  await page.getByLabel("Your e-mail address").fill("anna@people.example");
  await presses();
  await page.getByText("16 or older").click();
  await page.getByRole("button", { name: "Yes, find me" }).click();
  await page.getByText("For a yes, switch on").waitFor();
  await presses();
  await page.locator(".switch").first().click();
  await page.getByRole("button", { name: "Yes, find me" }).click();
  await page.getByRole("heading", { name: "Your yes is recorded" }).waitFor();
  assert.equal(new URL(page.url()).hash, "");
  // The age was chosen before the refusal.
  return (await presses()) + 1;
}

/** Saves the receipt, has it mailed, and signs its hash by a passkey. */
async function keepReceipt({ served, collection }: Scene, page: Page): Promise<SubjectId> {
  const { app } = served.instance;
  await checkAccessible(page, "receipt");
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save the receipt" }).click();
  assert.equal((await saving).suggestedFilename(), "receipt.jws");
  await page.getByRole("button", { name: "Mail it to me" }).click();
  await page.getByText("On its way to your address.").waitFor();
  const sent: Mail[] = [];
  await sendDueMail(app, { send: async (_, mail) => void sent.push(mail) });
  assert.deepEqual(
    sent.map(({ to, files }) => [to, files?.map(({ name }) => name)]),
    [["anna@people.example", ["receipt.html", "receipt.jws"]]],
  );
  await page.getByRole("button", { name: "Sign it with a passkey" }).click();
  await page.getByText("Signed with your passkey").waitFor();
  const [row] = await app.db.read
    .selectFrom("grants")
    .innerJoin("consents", "consents.grant_id", "grants.id")
    .select(["subject_id", "receipt_hash"])
    .orderBy("given_at", "desc")
    .limit(1)
    .execute();
  assert.ok(row?.receipt_hash);
  const { subject_id: subject, receipt_hash: hash } = row;
  const [consent] = await consentsOf(app.db, app.vault, collection.id, subject);
  const signature = consent?.evidence?.passkey;
  assert.ok(signature);
  await verifyPasskey(hash, signature);
  return subject;
}

async function showFace(page: Page, { receiptsAtCamera }: Noted): Promise<void> {
  const before = receiptsAtCamera.length;
  await page.getByRole("button", { name: "Go on to the camera" }).click();
  await page.getByRole("button", { name: "Open the camera" }).waitFor();
  await checkAccessible(page, "before the camera");
  assert.equal(receiptsAtCamera.length, before, "the camera waits for a press");
  await page.getByRole("button", { name: "Open the camera" }).click();
  await page.getByText("Good. Take the picture.").waitFor();
  await checkAccessible(page, "camera");
  assert.deepEqual([receiptsAtCamera.length > before, receiptsAtCamera.includes(0)], [true, false]);
  await page.getByRole("button", { name: "Take the picture" }).click();
  await page.getByRole("heading", { name: "All done" }).waitFor();
  await checkAccessible(page, "done");
}

/** Photos appear by themselves, and the person has the word on each. */
async function seePhotos(page: Page): Promise<void> {
  await page.getByRole("link", { name: "To my photos" }).click();
  await page.getByRole("heading", { name: "My photos" }).waitFor();
  const photos = page.locator(".photo");
  await photos.nth(1).waitFor();
  await page
    .getByRole("button", { name: /^That.s me/u })
    .first()
    .click();
  await page.getByText("You said: that's me.").waitFor();
  const saving = page.waitForEvent("download");
  await page
    .getByRole("link", { name: /^Download:/u })
    .first()
    .click();
  assert.match((await saving).suggestedFilename(), /\.jpg$/u);
}

async function readSearches(scene: Scene, page: Page): Promise<void> {
  await lookFor(scene, "one.jpg", "hand out the prints");
  await page.getByRole("link", { name: "Who looked for me" }).click();
  const card = page.getByRole("article").filter({ hasText: "It found you." }).first();
  await card.getByRole("button", { name: "Check this entry" }).click();
  await card.getByText("Checked in your browser").waitFor();
}

/** Returns how many presses it took, from the screen that shows the consent. */
async function withdrawOnTheSameScreen(
  scene: Scene,
  page: Page,
  { presses }: Noted,
): Promise<number> {
  await page.getByRole("link", { name: "My consent" }).click();
  await page.getByText("In force").waitFor();
  await presses();
  await page.getByRole("button", { name: "Withdraw" }).click();
  await page.getByText("no search finds you any more").waitFor();
  await page.getByRole("button", { name: "Yes, withdraw" }).click();
  await page.getByText("From now on no search finds you.").waitFor();
  assert.deepEqual(await lookFor(scene, "one.jpg", "look once more"), []);
  return presses();
}

async function eraseAll(page: Page): Promise<void> {
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download everything" }).click();
  assert.match((await saving).suggestedFilename(), /\.zip$/u);
  await page.getByRole("button", { name: "Erase me" }).click();
  await page.getByText("This will be gone").waitFor();
  await checkAccessible(page, "erasing");
  await page.getByRole("button", { name: "Yes, erase me for good" }).click();
  await page.getByRole("heading", { name: "You are erased" }).waitFor();
  await page.getByRole("link", { name: "Save the certificate" }).waitFor();
  await checkAccessible(page, "erased");
}
