import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { findCollection } from "../../src/collections/collections.ts";
import { parseRows } from "../../src/collections/enrol-csv.ts";
import { changeLimits } from "../../src/collections/limits.ts";
import { onSqlite } from "../databases.ts";
import { fakePhoto } from "../fake-engine.ts";
import { enrolPerson, makeCollection, today } from "../instance.ts";
import { openTestService } from "../service.ts";
import { checkAccessible, openChromium, openPage, whyNoBrowser } from "./chromium.ts";
import { openAsRole } from "./operator-page.ts";
import { openScene } from "./scene.ts";

const skip = whyNoBrowser();
if (skip !== false) test("settings and lists", { skip }, () => undefined);
else {
  onSqlite("an owner changes a collection as far as a consent allows", async (database) => {
    await using served = await openTestService(database);
    const { app } = served.instance;
    const made = await makeCollection(app);
    await enrolPerson(app, made, "anna");
    const browser = await openChromium();
    try {
      const path = `/app/c/${made.id}`;
      const { page, checkQuiet } = await openAsRole(browser, served, "owner", { path });
      await page.getByRole("button", { name: "Change these" }).click();
      const name = page.getByRole("textbox", { name: "Name", exact: true });
      await name.fill("the ball");
      await page.getByLabel("Purpose").fill("sell pictures");
      await page.getByLabel("First lines of the notice (English)").waitFor();
      await checkAccessible(page, "settings");
      await page.getByRole("button", { name: "Change it" }).click();
      await page.getByText("People have said yes to this purpose").waitFor();
      await page.getByLabel("Purpose").fill(made.purpose);
      await page.getByLabel("Days that a consent holds").fill("0");
      await page.getByRole("button", { name: "Change it" }).click();
      await page.getByText("Value must be greater than or equal to 1.").waitFor();
      await page.getByLabel("Days that a consent holds").fill("30");
      await page.getByText("Everybody who said yes is held to it too").waitFor();
      await page.getByRole("button", { name: "Change it" }).click();
      await page.getByText("Changed.").waitFor();
      await page.getByRole("heading", { name: "the ball", level: 1 }).waitFor();
      const after = await findCollection(app.db, made.id);
      assert.deepEqual([after.name, after.retentionDays], ["the ball", 30]);

      await page.getByText("People may choose a photo of their face").click();
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved.").waitFor();
      assert.equal((await findCollection(app.db, made.id)).uploadPhoto, false);
      checkQuiet();
    } finally {
      await browser.close();
    }
  });

  onSqlite("staff hand in a list, and read why a row was refused", async (database) => {
    await using served = await openTestService(database);
    const { app, folder } = served.instance;
    const made = await makeCollection(app);
    const csv = join(folder, "people.csv");
    const row = (one: string): string =>
      `${one},${one}@people.example,${one}.jpg,form ${one},${today(app)},Staff`;
    const heading = "subject,contact,photo,form,signed_on,witness";
    await writeFile(csv, [heading, row("anna"), row("bert")].join("\n"));
    const photo = join(folder, "anna.jpg");
    await writeFile(photo, fakePhoto(["anna"]));
    const browser = await openChromium();
    try {
      const path = `/app/c/${made.id}/people`;
      const { page, checkQuiet } = await openAsRole(browser, served, "staff", {
        path,
        collections: [made.id],
      });
      await page.getByRole("link", { name: "Enrol a list" }).click();
      const example = page.waitForEvent("download");
      await page.getByRole("link", { name: "Download an example" }).click();
      const text = await readFile(await (await example).path());
      const [row] = parseRows(text, 1);
      assert.deepEqual([row?.["subject"], row?.["form"]], ["Ada Example", "binder 3, page 12"]);
      await page.getByRole("button", { name: "Enrol them" }).click();
      await page.getByText("Choose the table and the photos first.").waitFor();
      await page.locator('input[type="file"]').nth(0).setInputFiles(csv);
      await page.locator('input[type="file"]').nth(1).setInputFiles(photo);
      await checkAccessible(page, "enrol-list");
      await page.getByRole("button", { name: "Enrol them" }).click();
      await page.getByRole("heading", { name: /^2 people, /u }).waitFor();
      await app.runner.drain();
      await page.getByText("1 enrolled, 0 renewed, 0 enrolled before, 1 refused.").waitFor();
      await page.getByText("The refused row").click();
      await page.getByText("Line 3").waitFor();
      await checkAccessible(page, "enrol-list-refused");
      await page.goto(path);
      await page.getByLabel("Name or address").fill("ANN");
      await page.getByRole("link", { name: "anna" }).waitFor();
      await page.getByLabel("Name or address").fill("bert");
      await page.getByRole("heading", { name: "Nobody fits" }).waitFor();
      checkQuiet();
    } finally {
      await browser.close();
    }
  });

  onSqlite("where the camera is the way, no photo is asked for", async (database) => {
    await using scene = await openScene(database);
    const { app } = scene.served.instance;
    await changeLimits(app.db, app.recorder, scene.collection.id, { uploadPhoto: false });
    const { page, checkQuiet } = await openPage(scene.browser, scene.served.service.origin);
    await page.goto(await scene.invite());
    await page.getByLabel("Your name").fill("Drawn Visitor");
    await page.getByLabel("Your e-mail address").fill("visitor@people.example");
    await page.getByText("16 or older").click();
    await page.locator(".switch").first().click();
    await page.getByRole("button", { name: "Yes, find me" }).click();
    await page.getByRole("button", { name: "Go on to the camera" }).click();
    await page.getByText("Here the picture is taken with the camera").waitFor();
    assert.equal(await page.getByRole("button", { name: "Choose a photo instead" }).count(), 0);
    await page.getByRole("button", { name: "Open the camera" }).click();
    await page.getByText("Good. Take the picture.").waitFor();
    await page.getByRole("button", { name: "Take the picture" }).click();
    await page.getByRole("link", { name: /photos/iu }).waitFor();
    checkQuiet();
  });
}
