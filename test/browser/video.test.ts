import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { onSqlite } from "../databases.ts";
import { enrolPerson, makeCollection } from "../instance.ts";
import { openTestService, signInPerson } from "../service.ts";
import { addVideo, stripeVideo } from "../video-asked.ts";
import { checkAccessible, openChromium, openPage, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { openAsRole } from "./operator-page.ts";
import { giveSession } from "./scene.ts";

const skip = whyNoBrowser();
if (skip !== false) test("videos on the screens", { skip }, () => undefined);
else {
  onSqlite("A video is searched with, and shown with its times", async (database, t) => {
    await using served = await openTestService(database);
    const { app, folder } = served.instance;
    const collection = await makeCollection(app, { name: "the gala" });
    const subject = await enrolPerson(app, collection, "p5");
    const bytes = await stripeVideo(["p5", "p20", "p5"]);
    const clip = join(folder, "clip.mp4");
    await writeFile(clip, await stripeVideo(["p5", "p5"]));
    await addVideo(app, collection.id, bytes, [
      { subject, from: 0, to: 1 },
      { subject, from: 2, to: 3 },
    ]);
    const browser = await openChromium();
    try {
      const base = `/app/c/${collection.id}`;
      await t.test("search by a clip", async () => {
        const of = { collections: [collection.id], path: `${base}/search` };
        const { page, checkQuiet } = await openAsRole(browser, served, "staff", of);
        await searchByClip(page, clip);
        await keepAndDelete(page, clip, base);
        checkQuiet();
        await page.context().close();
      });
      await t.test("a person's moments on one strip, and their copy", async () => {
        const fair = await makeCollection(app, { name: "the fair" });
        assert.equal(await enrolPerson(app, fair, "p5"), subject);
        const film = await stripeVideo(["p5", "p5", "p5", "p5", "p5"]);
        await addVideo(app, fair.id, film, [
          { subject, from: 0, to: 1 },
          { subject, from: 4, to: 5 },
        ]);
        const { origin } = served.service;
        const { page, checkQuiet } = await openPage(browser, origin, {});
        await giveSession(page.context(), origin, await signInPerson(served, subject));
        await page.goto("/me");
        await playMoments(page);
        checkQuiet();
        await page.context().close();
      });
    } finally {
      await browser.close();
    }
  });
}

/** Searched with once more, kept for some days, shown again under the searches, and deleted. */
async function keepAndDelete(page: Page, clip: string, base: string): Promise<void> {
  await page.getByRole("button", { name: "Another file" }).click();
  const input = page.locator('input[type="file"]').nth(1);
  await input.waitFor({ state: "attached" });
  await input.setInputFiles(clip);
  await page.getByLabel("What is this search for?").fill("hand over the film");
  await page.getByText("Keep it for some days").click();
  await page.getByText("the video, sealed, to the end of").waitFor();
  await checkAccessible(page, "a clip, to be kept");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByText("The service keeps the video, sealed").waitFor();
  await page.goto(`${base}/searches`);
  await page.getByRole("button", { name: "Show it: hand over the film" }).click();
  await page.waitForFunction(() => (document.querySelector("video")?.duration ?? 0) > 0);
  await checkAccessible(page, "a kept clip");
  await page.getByRole("button", { name: "Delete it now: hand over the film" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete it now" }).click();
  await page.getByText("The photo or video searched with is kept").waitFor({ state: "detached" });
}

/** Pressed, the copy is made, and it plays from that moment; "not me" leaves the other where it is. */
async function playMoments(page: Page): Promise<void> {
  const heading = page.getByRole("heading", { name: "the fair", level: 2 });
  const fair = page.locator("section", { has: heading });
  const strip = fair.getByRole("region", { name: "Video, without a date" });
  const moments = strip.getByRole("button", { name: /^Play this moment/u });
  await moments.nth(1).waitFor();
  assert.deepEqual(await moments.allTextContents(), ["0:00 – 0:01", "0:04 – 0:05"]);
  await checkAccessible(page, "a strip without a copy");
  await moments.nth(1).focus();
  await page.keyboard.press("Enter");
  // Before the second moment stand the first and its margins: a second and a half, and a half.
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) >= 2);
  await checkAccessible(page, "a strip with its copy");
  await strip.getByRole("button", { name: "Not me: 0:00 – 0:01" }).click();
  await strip.getByText("You said: not me.").waitFor();
  assert.deepEqual(await moments.allTextContents(), ["0:04 – 0:05"]);
  await strip.getByRole("button", { name: "Take back: 0:00 – 0:01" }).click();
  await moments.nth(1).waitFor();
  await fair.getByRole("button", { name: "Pack photos and videos" }).click();
  await fair.getByRole("link", { name: "Download the ZIP (1)" }).waitFor();
}

/** Dropped, asked for a purpose, sent, and answered with a row a person. */
async function searchByClip(page: Page, clip: string): Promise<void> {
  const input = page.locator('input[type="file"]').nth(1);
  await input.waitFor({ state: "attached" });
  await input.setInputFiles({ name: "no.mp4", mimeType: "video/mp4", buffer: Buffer.from("no") });
  await page.getByLabel("What is this search for?").fill("find the speaker");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Another file" }).click();
  await input.setInputFiles(clip);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  assert.equal(await page.getByText("Being looked at").count(), 0, "not without a purpose");
  await page.getByLabel("What is this search for?").fill("find the speaker");
  await checkAccessible(page, "a clip, before");
  const asked = page.waitForResponse((response) => response.url().endsWith("/video-searches"));
  await page.keyboard.press("Enter");
  assert.equal((await asked).status(), 200);
  await page.getByRole("heading", { name: "One candidate in this video" }).waitFor();
  await page.getByRole("heading", { name: "Perhaps Name of p5" }).waitFor();
  await page.getByText("Hits are candidates.").waitFor();
  await page.getByRole("link", { name: "All photos and videos of Name of p5" }).waitFor();
  const plays = page.getByRole("button", { name: /^Play Name of p5/u });
  assert.deepEqual(await plays.allTextContents(), ["0.0 – 2.0 s · match"]);
  await plays.first().focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0);
  await checkAccessible(page, "a clip, answered");
  await page.setViewportSize({ width: WIDTHS.phone, height: 844 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= WIDTHS.phone, `the answer is ${wide} wide on a phone`);
}
