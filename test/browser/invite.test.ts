import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { NOTICE_ITEMS } from "../../src/consent/layered-notice.ts";
import { onSqlite } from "../databases.ts";
import { checkAccessible, openPage, tabTo, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { openScene, type Scene } from "./scene.ts";

/** What a phone on a slow line loads before it shows the notice, compressed. */
const SCRIPT_BYTES_MAX = 150 * 1024;

const skip = whyNoBrowser();
if (skip !== false) test("an invite's pages", { skip }, () => undefined);
else {
  onSqlite("An invite is read, chosen and answered", async (database, t) => {
    await using scene = await openScene(database);
    await t.test("W3 the first page is small", async () => firstPageIsSmall(scene));
    await t.test("R9 every item of 13(1) and (2) is on the page", async () => everyItem(scene));
    await t.test("R1 no is as near as yes", async () => noIsAsNear(scene));
    await t.test("R5 below the age floor a guardian says yes too", async () => guardian(scene));
    await t.test("an invite that is over says so", async () => over(scene));
  });
}

async function openInvite(scene: Scene, language = "en-GB") {
  const watched = await openPage(scene.browser, scene.served.service.origin, {
    width: WIDTHS.phone,
    language,
  });
  await watched.page.goto(await scene.invite());
  await watched.page.locator("h1", { hasText: "the gala" }).waitFor();
  return watched;
}

async function firstPageIsSmall(scene: Scene): Promise<void> {
  const { page, checkQuiet } = await openInvite(scene);
  const bytes = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter((one) => one instanceof PerformanceResourceTiming && one.name.endsWith(".js"))
      .reduce((sum, one) => sum + (one as PerformanceResourceTiming).encodedBodySize, 0),
  );
  assert.ok(bytes > 0 && bytes <= SCRIPT_BYTES_MAX, `${bytes} bytes of script`);
  checkQuiet();
  await page.context().close();
}

/** In the person's language, which is another one here; the first layer stands open above. */
async function everyItem(scene: Scene): Promise<void> {
  for (const language of ["en-GB", "nl-NL"]) {
    const { page, checkQuiet } = await openInvite(scene, language);
    const items = page.locator("details");
    assert.equal(await items.count(), Object.keys(NOTICE_ITEMS).length);
    const titles = new Set<string>();
    for (const item of await items.all()) {
      titles.add((await item.locator("summary").textContent()) ?? "");
      assert.equal(await item.locator("p").isVisible(), false);
      await item.locator("summary").press("Enter");
      assert.ok(((await item.locator("p").innerText()) ?? "").trim().length > 10);
    }
    assert.equal(titles.size, Object.keys(NOTICE_ITEMS).length);
    const lang = await page.locator("section.card").first().getAttribute("lang");
    assert.equal(lang, language.slice(0, 2));
    assert.match((await page.locator(".lines").textContent()) ?? "", /The Club/u);
    checkQuiet();
    await page.context().close();
  }
}

async function noIsAsNear(scene: Scene): Promise<void> {
  const { page, checkQuiet } = await openInvite(scene);
  for (const toggle of await page.getByRole("switch").all()) {
    assert.equal(await toggle.isChecked(), false);
  }
  assert.equal(await page.getByRole("switch").count(), 2);
  assert.equal(await page.locator("input[type=radio]:checked").count(), 0);
  const no = page.getByRole("button", { name: "No, don't" });
  const yes = page.getByRole("button", { name: "Yes, find me" });
  const [a, b] = [await no.boundingBox(), await yes.boundingBox()];
  assert.deepEqual([a?.width, a?.height], [b?.width, b?.height]);
  assert.deepEqual(await looksOf(no), await looksOf(yes));
  await checkAccessible(page, "invite");
  // No is the stop before yes: whoever comes to the one has the other beside it.
  await tabTo(page, "No, don't");
  await page.keyboard.press("Tab");
  assert.equal(await yes.evaluate((one) => one === document.activeElement), true);
  await page.keyboard.press("Shift+Tab");
  // And it needs nothing but the press, where yes needs a choice and a name.
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "You said no" }).waitFor();
  await checkAccessible(page, "said no");
  checkQuiet();
  await page.context().close();
  const { app } = scene.served.instance;
  assert.deepEqual(await app.db.read.selectFrom("subjects").select("id").execute(), []);
}

async function looksOf(button: Locator) {
  return button.evaluate((one) => {
    const { color, backgroundColor, borderColor, fontSize, fontWeight, opacity } =
      getComputedStyle(one);
    return { color, backgroundColor, borderColor, fontSize, fontWeight, opacity };
  });
}

/** In so many days the child is old enough to be asked themselves. */
const DAYS_LEFT = 100;

async function guardian(scene: Scene): Promise<void> {
  const { page, checkQuiet } = await openInvite(scene);
  await page.getByLabel("Your name").fill("Drawn Child");
  await page.getByLabel("Your e-mail address").fill("child@people.example");
  await page.getByText("Younger than 16").click();
  await checkAccessible(page, "a guardian's part");
  await page.locator(".switch").first().click();
  await page.getByRole("button", { name: "Yes, find me" }).click();
  assert.equal(await page.getByRole("heading", { name: "Your yes is recorded" }).count(), 0);
  const { floorDay, born } = birthday();
  await page.getByLabel("Date of birth").fill(born);
  await page.getByLabel("The parent's or guardian's name").fill("Drawn Parent");
  await page.getByLabel("What they are to you").fill("mother");
  // It ends when they are old enough, and the page says so before and after.
  const until = `Your yes holds until ${floorDay}`;
  await page.getByText(until).waitFor();
  await page.getByRole("button", { name: "Yes, find me" }).click();
  await page.getByRole("heading", { name: "Your yes is recorded" }).waitFor();
  await page.getByText(until).waitFor();
  checkQuiet();
  await page.context().close();
  const consents = await scene.served.instance.app.db.read
    .selectFrom("consents")
    .select("by_guardian")
    .execute();
  assert.deepEqual(
    consents.map((one) => one.by_guardian),
    [1],
  );
}

function birthday(): { readonly floorDay: string; readonly born: string } {
  const day = new Date();
  day.setUTCHours(12, 0, 0, 0);
  day.setUTCDate(day.getUTCDate() + DAYS_LEFT);
  const floorDay = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" }).format(day);
  day.setUTCFullYear(day.getUTCFullYear() - 16);
  return { floorDay, born: day.toISOString().slice(0, 10) };
}

async function over(scene: Scene): Promise<void> {
  const { page, checkQuiet } = await openPage(scene.browser, scene.served.service.origin);
  await page.goto("/invite");
  await page.getByText("opens with the link or QR code").waitFor();
  await page.goto("about:blank");
  await page.goto(`/invite#${"A".repeat(43)}`);
  await page.getByText("This invite is over").waitFor();
  await checkAccessible(page, "over");
  checkQuiet();
  await page.context().close();
}
