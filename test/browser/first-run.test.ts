import assert from "node:assert/strict";
import { test } from "node:test";
import { firstOwnerLink } from "../../src/accounts/links.ts";
import { findCollection } from "../../src/collections/collections.ts";
import { onSqlite } from "../databases.ts";
import { fakePicture } from "../fake-engine.ts";
import { importPhotos } from "../instance.ts";
import { openTestService } from "../service.ts";
import { checkAccessible, openChromium, openPage, whyNoBrowser } from "./chromium.ts";

const skip = whyNoBrowser();
if (skip !== false) test("the first run", { skip }, () => undefined);
else {
  onSqlite("the guide leads from the first link to a working collection", async (database) => {
    await using served = await openTestService(database);
    const { instance, service } = served;
    const { app } = instance;
    const token = await firstOwnerLink(app.db, app.clock);
    const browser = await openChromium();
    try {
      const { page, checkQuiet } = await openPage(browser, service.origin);
      await page.goto(`/start#${token}`);
      await page.getByLabel("Your name").fill("Olga");
      await page.getByLabel("Your e-mail address").fill("olga@club.example");
      await page.keyboard.press("Enter");
      await page.getByText("0 of 5 steps done").waitFor();
      await page.getByRole("link", { name: "Go on with the first steps" }).click();
      await page.getByLabel("Name", { exact: true }).fill("The Club");
      await checkAccessible(page, "the first step");
      await page.getByLabel("Postal address").fill("1 Long Street, Ghent");
      await page.getByLabel("E-mail address").fill("office@club.example");
      await page.getByLabel("Country").fill("BE");
      await page.getByLabel("Supervisory authority").fill("The authority");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("1 of 5 steps done").waitFor();

      await page.getByRole("link", { name: "Make a collection" }).click();
      await page.getByRole("textbox", { name: "Name", exact: true }).fill("the gala");
      await page.getByLabel("Purpose").fill("give the guests their pictures");
      await page.getByLabel("Contact for questions").fill("office@club.example");
      await page.getByLabel("Your own first lines").fill("We look for your face.");
      await page.getByText("No: only a face that somebody points at").click();
      await page.getByRole("button", { name: "Make it" }).click();
      await page.getByRole("heading", { name: "the gala", level: 1 }).waitFor();
      await page.getByRole("link", { name: "First steps" }).click();
      await page.getByText("“the gala” is there.").waitFor();
      const publish = page.getByRole("button", { name: "Publish in English" });
      const published = page.getByText("Published in: English.");
      await publish.or(published).first().waitFor();
      if (await publish.isVisible()) await publish.click();
      await published.waitFor();

      await page.getByRole("link", { name: "Invite people" }).click();
      await page.getByRole("button", { name: "Invite people" }).click();
      await page.getByLabel("E-mail addresses").fill("dora@people.example");
      await page.getByRole("button", { name: "Invite", exact: true }).click();
      await page.getByText("1 invite is made").waitFor();
      await page.getByRole("link", { name: "First steps" }).click();
      await page.getByText("4 of 5 steps done").waitFor();
      await page.getByRole("link", { name: "Import photos" }).click();
      await page.getByRole("heading", { level: 1 }).waitFor();

      const { id } = await app.db.read
        .selectFrom("collections")
        .select("id")
        .executeTakeFirstOrThrow();
      const picture = await fakePicture(["p7"]);
      await importPhotos(instance, await findCollection(app.db, id), { "one.png": picture });
      await page.goto("/app/first-steps");
      await page.getByRole("heading", { name: "Your collection works" }).waitFor();
      await checkAccessible(page, "the guide at its end");
      await page.goto("/app");
      await page.getByRole("link", { name: "the gala" }).waitFor();
      assert.equal(await page.getByText("steps done").count(), 0);
      checkQuiet();
    } finally {
      await browser.close();
    }
  });
}
