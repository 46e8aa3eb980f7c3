import assert from "node:assert/strict";
import { test } from "node:test";
import { onSqlite } from "../databases.ts";
import { enrolPerson, makeCollection } from "../instance.ts";
import { openTestService, signInAs, signInPerson } from "../service.ts";
import { openChromium, openPage, whyNoBrowser } from "./chromium.ts";
import { giveSession } from "./scene.ts";

const skip = whyNoBrowser();
if (skip !== false) test("a page's first part", { skip }, () => undefined);
else {
  onSqlite("a page's part is fetched while it is still asked who is there", async (database) => {
    await using served = await openTestService(database);
    const { app } = served.instance;
    const subject = await enrolPerson(app, await makeCollection(app), "anna");
    const { origin } = served.service;
    const browser = await openChromium();
    try {
      for (const [path, part, cookies] of [
        ["/app/retention", /\/assets\/retention-[^/]*\.js$/u, await signInAs(served, "owner")],
        ["/me/consent", /\/assets\/my-consent-[^/]*\.js$/u, await signInPerson(served, subject)],
      ] as const) {
        const { page, checkQuiet } = await openPage(browser, origin);
        await giveSession(page.context(), origin, cookies);
        // Who is there is answered once the part was asked for, and else never.
        const asked = page.waitForRequest(part);
        await page.route("**/api/v1/session", async (route) => {
          await asked;
          await route.continue();
        });
        await page.goto(path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        assert.match((await asked).url(), part);
        checkQuiet();
        await page.context().close();
      }
    } finally {
      await browser.close();
    }
  });
}
