import assert from "node:assert/strict";
import { test } from "node:test";
import { firstOwnerLink } from "../../src/accounts/links.ts";
import { onSqlite } from "../databases.ts";
import { openTestService } from "../service.ts";
import {
  checkAccessible,
  openChromium,
  openPage,
  tabTo,
  WIDTHS,
  whyNoBrowser,
} from "./chromium.ts";

const skip = whyNoBrowser();
if (skip !== false) test("pages to sign in", { skip }, () => undefined);
else {
  onSqlite(
    "The first owner's link leads to an account, by the keyboard alone",
    async (database) => {
      await using served = await openTestService(database);
      const { app } = served.instance;
      const { origin } = served.service;
      const token = await firstOwnerLink(app.db, app.clock);
      const browser = await openChromium();
      try {
        const { page, checkQuiet } = await openPage(browser, origin, { width: WIDTHS.phone });
        await page.goto("/start");
        await page.getByText("opens with the link that the service printed").waitFor();
        await checkAccessible(page, "start without a link");
        await page.goto("about:blank");
        await page.goto(`/start#${token}`);
        await page.getByRole("heading", { name: "Set up this instance" }).waitFor();
        await checkAccessible(page, "start");
        await tabTo(page, "Your name");
        await page.keyboard.type("Olga");
        await tabTo(page, "Your e-mail address");
        await page.keyboard.type("olga@club.example");
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: "You are signed in" }).waitFor();
        assert.equal(new URL(page.url()).pathname, "/app");
        assert.ok(!page.url().includes(token ?? "?"));
        await checkAccessible(page, "operator");
        await tabTo(page, "Sign out");
        await page.keyboard.press("Enter");
        await page
          .getByRole("heading", { name: "Only people who said yes can be found" })
          .waitFor();
        await checkAccessible(page, "landing");
        checkQuiet();
      } finally {
        await browser.close();
      }
    },
  );
}
