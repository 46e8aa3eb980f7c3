import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { SubjectId } from "../../src/base/ids.ts";
import { onSqlite } from "../databases.ts";
import { checkAccessible, openPage, tabTo, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { emptyFrame, frameOf } from "./frames.ts";
import { facePage } from "../../web/subject/screens.ts";
import { enrolAnna, lookFor, openScene, type Scene, signInAnna } from "./scene.ts";

const skip = whyNoBrowser();
if (skip !== false) test("pages of a person", { skip }, () => undefined);
else {
  onSqlite("A person's own pages", async (database, t) => {
    await using scene = await openScene(database);
    const subject = await enrolAnna(scene);
    await t.test("photos appear, and the person has the word on them", async () =>
      photos(scene, subject),
    );
    await t.test("W5 a search is checked in the browser, a tampered proof is refused", async () =>
      searches(scene, subject),
    );
    await t.test("what can't be had is said in words", async () => refused(scene, subject));
    await t.test("the guide tells distance, light and turn", async () => guide(scene, subject));
    await t.test(
      "R3 R11 pause, go on and withdraw by the keyboard alone, with no camera",
      async () => consent(scene, subject),
    );
  });
}

async function photos(scene: Scene, subject: SubjectId): Promise<void> {
  const { page, checkQuiet } = await openAs(scene, subject, "/me");
  const photos = page.locator(".photo");
  await photos.nth(1).waitFor();
  assert.equal(await photos.count(), 2);
  await page.waitForFunction(() =>
    [...document.querySelectorAll("img")].every((one) => one.complete && one.naturalWidth > 0),
  );
  await page
    .getByRole("button", { name: /^Not me/u })
    .first()
    .click();
  const disowned = photos.filter({ hasText: "You said: not me." });
  await disowned.waitFor();
  await checkAccessible(page, "not me");
  await disowned.getByRole("button", { name: /^Take back/u }).click();
  await page.getByText("Is this you?").nth(1).waitFor();
  await page
    .getByRole("button", { name: /^Hold back/u })
    .first()
    .click();
  await page.getByLabel("Why? You need not say.").fill("I don't like this one.");
  await checkAccessible(page, "holding back");
  await page.getByRole("button", { name: "Hold it back" }).click();
  await page.getByText("Held back: nobody else is shown you here.").waitFor();
  const all = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download all" }).click();
  assert.match((await all).suggestedFilename(), /\.zip$/u);
  checkQuiet();
  await page.context().close();
}

async function searches(scene: Scene, subject: SubjectId): Promise<void> {
  await lookFor(scene, "one.jpg", "hand out the prints");
  await lookFor(scene, "two.jpg", "find the speakers");
  const { page, checkQuiet } = await openAs(scene, subject, "/me/searches");
  const cards = page.getByRole("article");
  await cards.nth(1).waitFor();
  const found = cards.filter({ hasText: "hand out the prints" });
  const missed = cards.filter({ hasText: "find the speakers" });
  assert.match((await found.textContent()) ?? "", /It found you\./u);
  assert.match((await missed.textContent()) ?? "", /It did not find you\./u);
  for (const card of [found, missed]) {
    await card.getByRole("button", { name: "Check this entry" }).click();
    await card.getByText("Checked in your browser").waitFor();
  }
  await checkAccessible(page, "checked entries");
  // The same answers, changed on the way: what the record says, where it lies, who signed it.
  for (const [what, tamper] of Object.entries(TAMPERED)) {
    await page.unroute("**/proof");
    await page.route("**/proof", async (route) => {
      const answer = await route.fetch();
      const body = await answer.text();
      const changed = tamper(body);
      assert.notEqual(changed, body, what);
      await route.fulfill({ response: answer, body: changed });
    });
    await page.reload();
    await found.getByRole("button", { name: "Check this entry" }).click();
    await found.getByText("does NOT fit the signed record").waitFor();
    assert.equal(await found.getByText("Checked in your browser").count(), 0, what);
  }
  await checkAccessible(page, "a tampered entry");
  await page.unroute("**/proof");
  // A list that tells of another purpose than the record is found out as well.
  await page.route("**/api/**/searches*", tellAnother);
  await page.reload();
  const lied = cards.filter({ hasText: "hand out the prizes" });
  await lied.getByRole("button", { name: "Check this entry" }).click();
  await lied.getByText("tells of another search").waitFor();
  checkQuiet();
  await page.context().close();
}

/** One letter, one hash, one signature. */
const TAMPERED: Readonly<Record<string, (body: string) => string>> = {
  event: (body) =>
    body.includes("hand out the prints")
      ? body.replace("hand out the prints", "hand out the prizes")
      : body.replace('"verdict":"match"', '"verdict":"uncertain"'),
  salt: (body) => changed(body, "opening", "salt"),
  place: (body) => {
    const proof = JSON.parse(body) as { proof: { hashes: string[] } };
    const [first = ""] = proof.proof.hashes;
    proof.proof.hashes[0] = otherLetter(first);
    return JSON.stringify(proof);
  },
  checkpoint: (body) => {
    const proof = JSON.parse(body) as { checkpoint: string };
    const lines = proof.checkpoint.split("\n");
    proof.checkpoint = [lines[0], String(Number(lines[1]) + 1), ...lines.slice(2)].join("\n");
    return JSON.stringify(proof);
  },
};

function changed(body: string, part: string, field: string): string {
  const proof = JSON.parse(body) as Record<string, Record<string, string>>;
  const inner = proof[part];
  assert.ok(inner);
  inner[field] = otherLetter(inner[field] ?? "");
  return JSON.stringify(proof);
}

function otherLetter(text: string): string {
  return (text.startsWith("A") ? "B" : "A") + text.slice(1);
}

async function tellAnother(route: Parameters<Parameters<Page["route"]>[1]>[0]): Promise<void> {
  const answer = await route.fetch();
  const body = (await answer.text()).replace("hand out the prints", "hand out the prizes");
  await route.fulfill({ response: answer, body });
}

/** Each failure has words and a way on; nothing is left blank. */
async function refused(scene: Scene, subject: SubjectId): Promise<void> {
  const { page } = await openAs(scene, subject, "/me");
  await page.locator(".photo").first().waitFor();
  const broken = ["**/api/**/photos?*", "**/api/**/searches*", "**/api/**/grants"];
  for (const pattern of broken) await page.route(pattern, async (route) => route.abort());
  for (const path of ["/me", "/me/searches", "/me/consent"]) {
    await page.goto(path);
    await page.getByText("There is no connection to the service.").first().waitFor();
    await page.getByRole("button", { name: "Try again" }).first().waitFor();
    await checkAccessible(page, `${path} without a connection`);
  }
  for (const pattern of broken) await page.unroute(pattern);
  await page.getByRole("button", { name: "Try again" }).first().click();
  await page.getByText("In force").waitFor();
  await page.goto(facePage("col_nothing"));
  await page.getByText("There is no consent in force for this any more.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Open the camera" }).count(), 0);
  await checkAccessible(page, "a face page without a consent");
  await page.context().close();
}

async function consent(scene: Scene, subject: SubjectId): Promise<void> {
  const { page, checkQuiet } = await openAs(scene, subject, "/me/consent", WIDTHS.phone);
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      document.title = "A camera was asked for";
      throw new Error("A camera was asked for.");
    };
  });
  for (const path of ["/me", "/me/searches", "/me/consent"]) {
    await page.goto(path);
    await page.locator("h1").waitFor();
    assert.equal(await mayOpenCamera(page), false, path);
  }
  await page.getByText("In force").waitFor();
  await tabTo(page, "Pause");
  await page.keyboard.press("Enter");
  await page.getByText("Paused: nobody finds you").waitFor();
  await tabTo(page, "Go on");
  await page.keyboard.press("Enter");
  await page.getByText("In force").waitFor();
  await tabTo(page, "Withdraw");
  await page.keyboard.press("Enter");
  await page.getByText("no search finds you any more").waitFor();
  await checkAccessible(page, "withdrawing");
  await tabTo(page, "Yes, withdraw");
  await page.keyboard.press("Enter");
  await page.getByText("From now on no search finds you.").waitFor();
  assert.deepEqual(await lookFor(scene, "one.jpg", "look once more"), []);
  assert.notEqual(await page.title(), "A camera was asked for");
  checkQuiet();
  await page.context().close();
}

/** What a camera may see, and what the person is told then. */
const GUIDED: readonly (readonly [picture: () => Promise<Buffer>, told: string])[] = [
  [async () => frameOf({ share: 0.6 }), "Good. Take the picture."],
  [async () => frameOf({ share: 0.26 }), "Come closer."],
  [async () => frameOf({ share: 0.6, yaw: 40 }), "Look straight into the camera"],
  [async () => frameOf({ share: 0.5, x: 0.2 }), "Move into the middle."],
  [async () => frameOf({ share: 0.6, light: 0.15 }), "It is dark."],
  [async () => emptyFrame(), "No face is seen yet."],
];

async function guide(scene: Scene, subject: SubjectId): Promise<void> {
  const { page, checkQuiet } = await openAs(scene, subject, "/me");
  await page.addInitScript(pretendCamera);
  await page.goto(facePage(scene.collection.id));
  await page.getByRole("button", { name: "Open the camera" }).click();
  for (const [picture, told] of GUIDED) {
    await page.evaluate(showCamera, (await picture()).toString("base64"));
    await page.locator(".advice", { hasText: told }).waitFor();
  }
  checkQuiet();
  await page.context().close();
}

/** In the page: a canvas in the place of the camera. */
function pretendCamera(): void {
  // A blank page has none.
  const { mediaDevices } = navigator as Partial<Navigator>;
  if (!mediaDevices) return;
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 480;
  Object.assign(globalThis, { canvas });
  mediaDevices.getUserMedia = async () => canvas.captureStream(10);
}

async function showCamera(jpeg: string): Promise<void> {
  const camera = globalThis as unknown as {
    readonly canvas: HTMLCanvasElement;
    shown?: ReturnType<typeof setInterval>;
  };
  const bytes = Uint8Array.from(atob(jpeg), (letter) => letter.codePointAt(0) ?? 0);
  const picture = await createImageBitmap(new Blob([bytes]));
  // A stream of a canvas has a frame for each time that it is drawn.
  clearInterval(camera.shown);
  camera.shown = setInterval(() => camera.canvas.getContext("2d")?.drawImage(picture, 0, 0), 100);
}

/** Whether the browser would let this page ask for a camera at all. */
async function mayOpenCamera(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { featurePolicy } = document as unknown as {
      readonly featurePolicy: { readonly allowsFeature: (name: string) => boolean };
    };
    return featurePolicy.allowsFeature("camera");
  });
}

async function openAs(scene: Scene, subject: SubjectId, path: string, width: number = WIDTHS.desk) {
  const watched = await openPage(scene.browser, scene.served.service.origin, { width });
  await signInAnna(scene, watched.page.context(), subject);
  await watched.page.goto(path);
  return watched;
}
