import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { onSqlite } from "../databases.ts";
import { checkAccessible, checkWidth, viewportOf, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { openFurnished } from "./furnished.ts";
import { everyPlace, placeOpener, settle } from "./places.ts";

/** More stops than any page has; whoever comes so far goes round in a circle. */
const STOPS_MAX = 400;

const skip = whyNoBrowser();
if (skip !== false) test("every page", { skip }, () => undefined);
else {
  onSqlite("W2 every page of the tables", async (database, t) => {
    await using scene = await openFurnished(database);
    const open = placeOpener(scene);
    for (const place of await everyPlace(scene)) {
      await t.test(place.name, async () => {
        const { page, checkQuiet } = await open(place);
        await checkAccessible(page, place.name);
        await checkKeyboard(page, place.name);
        await checkWidth(page, place.name);
        await page.setViewportSize(viewportOf({ width: WIDTHS.phone }));
        await settle(page, place.name);
        await checkWidth(page, place.name);
        await checkTargets(page, place.name);
        checkQuiet();
      });
    }
  });
}

/** What is pressed is large enough for a thumb (WCAG 2.2, 2.5.8); links in a sentence are let off. */
async function checkTargets(page: Page, name: string): Promise<void> {
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("button, input, select, summary, a.button, nav a")]
      // A box of a label's is as large as the label.
      .map((one) => (one instanceof HTMLInputElement ? (one.closest("label") ?? one) : one))
      .filter((one) => one.checkVisibility())
      .map((one) => ({ html: one.outerHTML.slice(0, 120), box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && (box.width < 24 || box.height < 24))
      .map(({ html }) => html),
  );
  assert.deepEqual(small, [], name);
}

/**
 * Goes round the page by Tab alone: whatever can be pressed or filled in is met, nothing holds the
 * focus, and where it is can be seen.
 */
async function checkKeyboard(page: Page, name: string): Promise<void> {
  await page.evaluate(() => {
    Object.assign(globalThis, { stops: new Set<Element>(), unseen: [] as string[] });
  });
  for (let stops = 0; ; stops += 1) {
    assert.ok(stops < STOPS_MAX, `${name}: the focus never comes round`);
    await page.keyboard.press("Tab");
    if (await page.evaluate(noteStop)) break;
  }
  const { missed, unseen } = await page.evaluate(readStops);
  assert.deepEqual(missed, [], `${name}: not reached by Tab`);
  assert.deepEqual(unseen, [], `${name}: the focus is not to be seen`);
}

interface Stops {
  readonly stops: Set<Element>;
  readonly unseen: string[];
}

/**
 * In the page: notes where the focus is; true once it comes back. Where it leaves the page, at its
 * end, it is on the body for once; in a date it stops at each part.
 */
function noteStop(): boolean {
  const { stops, unseen } = globalThis as unknown as Stops;
  const at = document.activeElement;
  if (!at) return true;
  if (stops.has(at)) return at !== [...stops].at(-1);
  stops.add(at);
  if (at === document.body) return false;
  const around = [at, ...(at instanceof HTMLInputElement ? [at.closest("label")] : [])];
  const shown = around.some((one) => {
    if (!one) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0;
  });
  if (!shown) unseen.push(at.outerHTML.slice(0, 160));
  return false;
}

/** In the page: what can be used and was not met. Of radios that belong together one is met. */
function readStops(): { readonly missed: string[]; readonly unseen: string[] } {
  const { stops, unseen } = globalThis as unknown as Stops;
  const groups = new Set(
    [...stops].flatMap((one) =>
      one instanceof HTMLInputElement && one.type === "radio" ? [one.name] : [],
    ),
  );
  const usable = "a[href], button, input, select, textarea, summary, [tabindex]";
  const missed = [...document.querySelectorAll<HTMLElement>(usable)].filter(
    (one) =>
      one.tabIndex >= 0 &&
      one.checkVisibility({ visibilityProperty: true }) &&
      !("disabled" in one && one.disabled === true) &&
      !(one instanceof HTMLInputElement && one.type === "radio" && groups.has(one.name)) &&
      !one.closest("[inert]") &&
      !stops.has(one),
  );
  return { missed: missed.map((one) => one.outerHTML.slice(0, 160)), unseen };
}
