import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { changeLimits } from "../../src/collections/limits.ts";
import { onSqlite } from "../databases.ts";
import { enrolPerson, makeCollection } from "../instance.ts";
import { checkAccessible, tabTo, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { openAsRole } from "./operator-page.ts";
import { openScene } from "./scene.ts";

const skip = whyNoBrowser();
if (skip !== false) test("the operator's search", { skip }, () => undefined);
else {
  onSqlite("search by photo and review, from empty to confirmed", async (database) => {
    await using scene = await openScene(database);
    const { served, collection, browser, portrait } = scene;
    const { app, folder } = served.instance;
    const empty = await makeCollection(app, { name: "the fair", pack: "bundled" });
    await enrolPerson(app, collection, "anna", { photo: { bytes: await readFile(portrait) } });
    const of = { collections: [collection.id, empty.id] };
    const { page, checkQuiet } = await openAsRole(browser, served, "staff", {
      path: `/app/c/${empty.id}/search`,
      ...of,
    });
    await page.getByRole("heading", { name: "Nobody here has agreed to be found" }).waitFor();
    await checkAccessible(page, "nobody to search");

    await page.goto(`/app/c/${collection.id}/search`);
    await page.getByText("200 of 200 searches left").waitFor();
    await checkAccessible(page, "search, before");
    await page.setInputFiles('input[type="file"]', join(folder, "incoming", "one.jpg"));
    await page.getByText("Which of the 2 faces?").waitFor();
    await checkAccessible(page, "search, faces");
    // Without a purpose nothing is sent; a face is chosen by a press on its box, or by the keyboard.
    const searches: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/searches")) {
        searches.push(request.url());
      }
    });
    await page.locator(".ask .face rect").nth(1).click();
    assert.equal(await page.getByRole("radio").nth(1).isChecked(), true);
    await page.getByRole("radio").nth(1).focus();
    await page.keyboard.press("ArrowUp");
    assert.equal(await page.getByRole("radio").nth(0).isChecked(), true);
    await page.getByRole("button", { name: "Search", exact: true }).click();
    assert.deepEqual(searches, []);
    await page.getByLabel("What is this search for?").fill("hand out the prints");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /Name of anna$/u }).waitFor();
    assert.equal(searches.length, 1);
    await page.getByText("Hits are candidates.").waitFor();
    await page
      .getByText(/Of 10,302 measured pairs of different people/u)
      .first()
      .waitFor();
    await checkAccessible(page, "search, answer");
    await page.getByText("199 of 200 searches left").waitFor();
    // Somebody who did not say yes: nobody is named.
    await page.getByRole("button", { name: "Another face of this photo" }).click();
    await page.getByText(/^Face 2,/u).click();
    await page.getByLabel("What is this search for?").fill("find the speaker");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Nobody who agreed to be found", level: 2 }).waitFor();
    await checkAccessible(page, "search, nobody");
    await page.getByRole("link", { name: "Earlier searches" }).click();
    await page.getByText("find the speaker").waitFor();
    await page.getByText("hand out the prints").waitFor();
    await checkAccessible(page, "searches");
    checkQuiet();
  });

  onSqlite(
    "sightings are reviewed by keys, one after the other, by two where set",
    async (database) => {
      await using scene = await openScene(database);
      const { served, collection, browser, portrait } = scene;
      const { app } = served.instance;
      const photo = { bytes: await readFile(portrait) };
      await enrolPerson(app, collection, "anna", { photo });
      await app.runner.drain();
      const path = `/app/c/${collection.id}/reviews`;
      const { page, checkQuiet } = await openAsRole(browser, served, "staff", {
        path,
        collections: [collection.id],
        width: WIDTHS.phone,
      });
      await page.getByRole("heading", { name: "Is this Name of anna?" }).waitFor();
      await checkAccessible(page, "a review");
      await page.keyboard.press("r");
      await page.getByText("Not Name of anna. It is remembered").waitFor();
      await page.keyboard.press("u");
      await page.getByText("It is remembered").waitFor({ state: "detached" });
      await page.getByText("What was said of it").click();
      await page.getByText(/taken back, by you$/u).waitFor();
      await page.keyboard.press("c");
      await page.getByText("Confirmed: Name of anna.").waitFor();
      await changeLimits(app.db, app.recorder, collection.id, { twoPerson: true });
      await tabTo(page, "It is them");
      await page.keyboard.press("Enter");
      await page.getByText("A second person must confirm it too.").waitFor();
      await page.getByRole("heading", { name: "Nothing to review" }).waitFor();
      await checkAccessible(page, "nothing to review");
      checkQuiet();

      const other = await openAsRole(browser, served, "auditor", { path });
      await other.page.getByText("One person has confirmed it.").waitFor();
      assert.equal(await other.page.getByRole("button", { name: "It is them" }).count(), 0);
      assert.equal(await other.page.getByText("Name of anna").count(), 0);
      other.checkQuiet();
    },
  );
}
