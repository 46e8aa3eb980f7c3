import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { onSqlite } from "../databases.ts";
import { enrolPerson, makeCollection } from "../instance.ts";
import { openTestService } from "../service.ts";
import { addVideo, stripeVideo } from "../video-asked.ts";
import { checkAccessible, openChromium, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { openAsRole } from "./operator-page.ts";

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
        checkQuiet();
        await page.context().close();
      });
    } finally {
      await browser.close();
    }
  });
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
