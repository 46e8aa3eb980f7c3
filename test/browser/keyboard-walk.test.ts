import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { SCREENS } from "../../web/operator/screens/screens.ts";
import type { Screen } from "../../web/operator/screens/screen.ts";
import { onSqlite } from "../databases.ts";
import { openPage, tabTo, whyNoBrowser } from "./chromium.ts";
import { type FurnishedScene, openFurnished } from "./furnished.ts";
import { settle } from "./places.ts";
import { signInAnna, signInOwner } from "./scene.ts";

/** Stops on the longest page, and its navigation. */
const STOPS_MAX = 250;

const skip = whyNoBrowser();
if (skip !== false) test("a walk by the keyboard", { skip }, () => undefined);
else {
  onSqlite("W2 by Tab and Enter from the start page to every page", async (database, t) => {
    await using scene = await openFurnished(database);
    await t.test("whoever is not signed in", async () => walkUnknown(scene));
    await t.test("a person", async () => walkPerson(scene));
    await t.test("the operator", async () => walkOperator(scene));
  });
}

async function walkUnknown({ served, browser }: FurnishedScene): Promise<void> {
  const { page, checkQuiet } = await openPage(browser, served.service.origin);
  for (const [link, heading] of [
    ["I am in the photos", "Your photos and your consent"],
    ["I work here", "Sign in"],
  ] as const) {
    await page.goto("/");
    await page.getByRole("heading", { name: "Only people who said yes" }).waitFor();
    await tabTo(page, link);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: heading }).waitFor();
    await tabTo(page, "E-mail address");
    await page.keyboard.type("somebody@people.example");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  }
  checkQuiet();
  await page.context().close();
}

/** From page to page, and on each what it is for. */
async function walkPerson(scene: FurnishedScene): Promise<void> {
  const { page, checkQuiet } = await openPage(scene.browser, scene.served.service.origin);
  await signInAnna(scene, page.context(), scene.subject);
  await page.goto("/");
  await tabTo(page, "I am in the photos");
  await page.keyboard.press("Enter");
  await page.locator(".photo").first().waitFor();
  await tabBy(page, /^That.s me/u);
  await page.keyboard.press("Enter");
  await page.getByText("You said: that's me.").waitFor();
  await tabTo(page, "Who looked for me");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Who looked for me" }).waitFor();
  await page.getByRole("article").first().waitFor();
  await tabTo(page, "Check this entry");
  await page.keyboard.press("Enter");
  await page.getByText("Checked in your browser").waitFor();
  await tabTo(page, "My consent");
  await page.keyboard.press("Enter");
  await page.getByText("In force").waitFor();
  await tabTo(page, "Show it again");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Show your face" }).waitFor();
  await tabTo(page, "Open the camera");
  await page.keyboard.press("Enter");
  await page.getByText("Good. Take the picture.").waitFor();
  await tabTo(page, "Take the picture");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "All done" }).waitFor();
  await tabTo(page, "To my photos");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "My photos" }).waitFor();
  checkQuiet();
  await page.context().close();
}

/** Through the navigation, and by the links of those pages to the pages that it does not name. */
async function walkOperator(scene: FurnishedScene): Promise<void> {
  const { page, checkQuiet } = await openPage(scene.browser, scene.served.service.origin);
  await signInOwner(scene, page.context());
  await page.goto("/app");
  await settle(page, "app");
  await tabBy(page, new RegExp(`^${scene.collection.name}`, "u"));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: scene.collection.name, level: 1 }).waitFor();
  const unnamed = SCREENS.filter(({ name }) => !name);
  const reached = new Set<Screen>();
  for (const within of ["collection", "instance"] as const) {
    for (const screen of SCREENS.filter((one) => one.within === within && one.name)) {
      const name = screen.name?.("en") ?? "";
      // One walks there only from elsewhere.
      if (new URL(page.url()).pathname !== addressOf(screen, scene)) {
        await tabBy(page, new RegExp(`^${name}$`, "u"), "Shift+Tab");
        await page.keyboard.press("Enter");
        await arrive(page, name);
      }
      assert.equal(new URL(page.url()).pathname, addressOf(screen, scene), name);
      await pressFirst(page, name);
      for (const other of unnamed.filter((one) => !reached.has(one))) {
        if (await followTo(page, patternOf(other))) reached.add(other);
      }
    }
  }
  assert.deepEqual(
    unnamed.filter((one) => !reached.has(one)).map(({ path }) => path),
    [],
    "no page leads there",
  );
  checkQuiet();
  await page.context().close();
}

function addressOf({ within, path }: Screen, { collection }: FurnishedScene): string {
  const base = within === "collection" ? `/app/c/${collection.id}` : "/app";
  return path === "" ? base : `${base}/${path}`;
}

function patternOf({ within, path }: Screen): RegExp {
  const base = within === "collection" ? "/app/c/[^/]+" : "/app";
  return new RegExp(`^${base}/${path.replaceAll(/:[a-z]+/giu, "[^/?]+")}$`, "u");
}

/** Presses what a page is for, where there is such a button; what it asks then is seen to be asked. */
async function pressFirst(page: Page, name: string): Promise<void> {
  const first = page.locator("main button.first:enabled").first();
  if ((await first.count()) === 0) return;
  const words = (await first.textContent()) ?? "";
  await tabBy(page, new RegExp(`^${escaped(words)}$`, "u"));
  await page.keyboard.press("Enter");
  await page.locator("h1").first().waitFor();
  await page.keyboard.press("Escape");
  await settle(page, name);
}

/** A screen that has come takes the focus to its heading, for whoever does not see it come. */
async function arrive(page: Page, name: string): Promise<void> {
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await settle(page, name);
}

/** Follows a link of the page by the keyboard, and comes back; false where there is none. */
async function followTo(page: Page, pattern: RegExp): Promise<boolean> {
  const links = page.locator("main a[href]");
  const paths = await links.evaluateAll((all) =>
    all.map((one) => new URL((one as HTMLAnchorElement).href).pathname),
  );
  const path = paths.find((one) => pattern.test(one));
  if (path === undefined) return false;
  await tabUntil(page, `a link to ${path}`, "Tab", async () =>
    page.evaluate(
      (path) =>
        document.activeElement instanceof HTMLAnchorElement &&
        new URL(document.activeElement.href).pathname === path,
      path,
    ),
  );
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === path);
  await arrive(page, path);
  await page.goBack();
  await page.waitForURL((url) => url.pathname !== path);
  await settle(page, path);
  return true;
}

/** Presses Tab until something of this name has the focus. */
async function tabBy(page: Page, name: RegExp, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await tabUntil(page, String(name), key, async () => {
    const told = await page.evaluate(() => {
      const at = document.activeElement;
      return at?.getAttribute("aria-label") ?? at?.textContent ?? "";
    });
    return name.test(told.trim());
  });
}

async function tabUntil(
  page: Page,
  what: string,
  key: "Tab" | "Shift+Tab",
  isThere: () => Promise<boolean>,
): Promise<void> {
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    await page.keyboard.press(key);
    if (await isThere()) return;
  }
  assert.fail(`The keyboard does not reach: ${what} on ${page.url()}`);
}

function escaped(words: string): string {
  return words.trim().replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
}
