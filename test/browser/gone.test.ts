import assert from "node:assert/strict";
import { test } from "node:test";
import { onSqlite } from "../databases.ts";
import { openTestService } from "../service.ts";
import { checkAccessible, openChromium, openPage, whyNoBrowser } from "./chromium.ts";
import { openAsRole } from "./operator-page.ts";

const skip = whyNoBrowser();
if (skip !== false) test("a service that is gone", { skip }, () => undefined);
else {
  onSqlite("what is open stays, and says that the service is gone", async (database) => {
    await using served = await openTestService(database);
    const browser = await openChromium();
    try {
      const { page } = await openAsRole(browser, served, "owner", { path: "/app" });
      await page.getByRole("heading", { name: "Collections", level: 1 }).waitFor();
      await page.route("**/*", async (route) => route.abort("connectionrefused"));
      // A screen that was never loaded can't be: the others are still there.
      await page.getByRole("link", { name: "Health" }).click();
      await page.getByText("This page can't be shown").waitFor();
      await checkAccessible(page, "a screen that can't be loaded");
      await page.getByRole("link", { name: "Collections" }).click();
      await page.getByRole("heading", { name: "Collections", level: 1 }).waitFor();
      await page.getByRole("link", { name: "Health" }).click();
      await page.getByText("This page can't be shown").waitFor();
      await page.unroute("**/*");
      await page.getByRole("button", { name: "Load it anew" }).click();
      await page.getByRole("heading", { name: "Health", level: 1 }).waitFor();

      // What was typed is not lost, and is saved once the service is back.
      await page.getByRole("link", { name: "Organisation" }).click();
      await page.getByLabel("Name", { exact: true }).fill("The Club");
      await page.getByLabel("Postal address").fill("1 Long Street, Ghent");
      await page.getByLabel("E-mail address").fill("office@club.example");
      await page.getByLabel("Country").fill("BE");
      await page.getByLabel("Supervisory authority").fill("The authority");
      await page.route("**/api/**", async (route) => route.abort("connectionrefused"));
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("There is no connection to the service.").waitFor();
      assert.equal(await page.getByLabel("Postal address").inputValue(), "1 Long Street, Ghent");
      await page.unroute("**/api/**");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved.").waitFor();
      await page.context().close();

      const { page: own } = await openPage(browser, served.service.origin);
      await own.goto("/");
      await own.getByRole("link", { name: "I am in the photos" }).waitFor();
      await own.route("**/*", async (route) => route.abort("connectionrefused"));
      await own.getByRole("link", { name: "I am in the photos" }).click();
      await own.getByText("This page can't be shown").waitFor();
    } finally {
      await browser.close();
    }
  });
}
