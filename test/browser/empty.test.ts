import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { closeCollection } from "../../src/rights/consent-changes.ts";
import { SCREENS } from "../../web/operator/screens/screens.ts";
import { onSqlite } from "../databases.ts";
import { makeCollection } from "../instance.ts";
import { openTestService } from "../service.ts";
import { checkAccessible, checkWidth, openChromium, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { openAsRole } from "./operator-page.ts";
import { settle } from "./places.ts";

const skip = whyNoBrowser();
if (skip !== false) test("an empty instance", { skip }, () => undefined);
else {
  onSqlite("an instance with nothing in it, in Dutch and on a phone", async (database) => {
    await using served = await openTestService(database);
    const browser = await openChromium();
    try {
      const { page, checkQuiet } = await openAsRole(browser, served, "owner", {
        path: "/app/papers",
        width: WIDTHS.phone,
        language: "nl-NL",
      });
      // What the papers lack is told in the reader's language, with the way to say it.
      await page.getByText("Wie voor deze installatie instaat.").waitFor();
      await page.getByText("Er is nog geen collectie.").waitFor();
      await page.getByText("Verwerkingsregister (AVG 30)", { exact: true }).waitFor();
      assert.equal(await page.getByText("in het Engels", { exact: true }).count(), IN_ENGLISH);
      await page.getByRole("link", { name: "Vul het in" }).first().click();
      await page.getByRole("heading", { name: "Organisatie", level: 1 }).waitFor();
      await checkScreens(page, "instance", "/app");

      const made = await makeCollection(served.instance.app);
      const base = `/app/c/${made.id}`;
      await checkScreens(page, "collection", base);
      await page.goto("/app/papers");
      const gap = page.locator("li", {
        hasText: "Wat mensen krijgen die nee zeggen tegen “gala”.",
      });
      await gap.getByRole("link", { name: "Vul het in" }).click();
      await page.getByRole("button", { name: "Dit wijzigen" }).click();
      await page.getByLabel("Wat mensen krijgen die nee zeggen").fill("vraag het aan de balie");
      await page.getByRole("button", { name: "Wijzigen", exact: true }).click();
      await page.getByText("Gewijzigd.").waitFor();
      await page.goto("/app/papers");
      await page.getByText("Wie voor deze installatie instaat.").waitFor();
      assert.equal(await gap.count(), 0);

      // What is not there says so, leads on, and does not ask to be tried again.
      await page.goto(`${base}/photos/med_AAAAAAAAAAAAAAAA`);
      await page.getByRole("alert").waitFor();
      assert.equal(await page.getByRole("button", { name: "Probeer opnieuw" }).count(), 0);
      await page.getByRole("link", { name: "Alle foto's" }).click();
      await page.getByRole("heading", { name: "Nog geen foto's" }).waitFor();

      // Once it is closed, its screens say so and offer nothing that would be refused.
      const { app } = served.instance;
      await closeCollection(app.db, app.recorder, made.id);
      for (const path of ["people", "people/new", "people/lists", "invites", "import"]) {
        await page.goto(`${base}/${path}`);
        await page.getByText("Deze collectie is gesloten").waitFor();
        assert.equal(await page.locator("main form, main a.button").count(), 0, path);
      }
      checkQuiet();
    } finally {
      await browser.close();
    }
  });
}

/** The papers that there are in one language only. */
const IN_ENGLISH = 3;

/** Every screen of the navigation is there, says what is missing, and is no wider than a phone. */
async function checkScreens(
  page: Page,
  within: "instance" | "collection",
  base: string,
): Promise<void> {
  for (const { path, name } of SCREENS.filter((one) => one.within === within)) {
    if (!name) continue;
    await page.goto(path === "" ? base : `${base}/${path}`);
    await settle(page, path);
    await checkAccessible(page, `${path}, empty`);
    await checkWidth(page, path);
    assert.equal(await page.getByRole("alert").count(), 0, path);
  }
}
