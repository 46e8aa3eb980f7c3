import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { SubjectId } from "../../src/base/ids.ts";
import { searchByPhoto } from "../../src/search/search.ts";
import { onSqlite } from "../databases.ts";
import { enrolPerson } from "../instance.ts";
import { signInPerson } from "../service.ts";
import { checkAccessible, openPage, tabTo, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { openScene, type Scene } from "./scene.ts";

const skip = whyNoBrowser();
if (skip !== false) test("pages of a person", { skip }, () => undefined);
else {
  onSqlite("photos appear, and the person has the word on them", async (database) => {
    await using scene = await openScene(database);
    const subject = await enrolAnna(scene);
    const { page, checkQuiet } = await openAs(scene, subject, "/me");
    const photos = page.locator(".photo");
    await photos.nth(1).waitFor();
    assert.equal(await photos.count(), 2);
    await page.waitForFunction(() =>
      [...document.querySelectorAll("img")].every((one) => one.complete && one.naturalWidth > 0),
    );
    await checkAccessible(page, "photos");
    await page
      .getByRole("button", { name: /^That.s me/u })
      .first()
      .click();
    await page.getByText("You said: that's me.").waitFor();
    await page
      .getByRole("button", { name: /^Not me/u })
      .first()
      .click();
    const disowned = photos.filter({ hasText: "You said: not me." });
    await disowned.waitFor();
    await disowned.getByRole("button", { name: /^Take back/u }).click();
    await page.getByText("Is this you?").waitFor();
    const saving = page.waitForEvent("download");
    await page
      .getByRole("link", { name: /^Download:/u })
      .first()
      .click();
    assert.match((await saving).suggestedFilename(), /\.jpg$/u);
    await page
      .getByRole("button", { name: /^Hold back/u })
      .first()
      .click();
    await page.getByLabel("Why? You need not say.").fill("I don't like this one.");
    await checkAccessible(page, "holding back");
    await page.getByRole("button", { name: "Hold it back" }).click();
    await page.getByText("Held back: nobody else is shown you here.").waitFor();
    const all = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download all" }).click();
    assert.match((await all).suggestedFilename(), /\.zip$/u);
    checkQuiet();
  });

  onSqlite(
    "R11 W5 each search is checked in the browser, and a tampered proof is refused",
    async (database) => {
      await using scene = await openScene(database);
      const subject = await enrolAnna(scene);
      await lookFor(scene, "one.jpg", "hand out the prints");
      await lookFor(scene, "two.jpg", "find the speakers");
      const { page, checkQuiet } = await openAs(scene, subject, "/me/searches");
      const cards = page.getByRole("article");
      await cards.nth(1).waitFor();
      const found = cards.filter({ hasText: "hand out the prints" });
      const missed = cards.filter({ hasText: "find the speakers" });
      assert.match((await found.textContent()) ?? "", /It found you\./u);
      assert.match((await missed.textContent()) ?? "", /It did not find you\./u);
      for (const card of [found, missed]) {
        await card.getByRole("button", { name: "Check this entry" }).click();
        await card.getByText("Checked in your browser").waitFor();
      }
      await checkAccessible(page, "searches");
      // The same answers with one letter of what the record says changed on the way.
      await page.route("**/proof", async (route) => {
        const answer = await route.fetch();
        const body = (await answer.text()).replace("hand out the prints", "hand out the prizes");
        await route.fulfill({ response: answer, body });
      });
      await page.reload();
      await found.getByRole("button", { name: "Check this entry" }).click();
      await found.getByText("does NOT fit the signed record").waitFor();
      await checkAccessible(page, "a tampered entry");
      checkQuiet();
    },
  );

  onSqlite("R9 pause, withdraw and erase by the keyboard, on one screen", async (database) => {
    await using scene = await openScene(database);
    const subject = await enrolAnna(scene);
    const { page, checkQuiet } = await openAs(scene, subject, "/me/consent", WIDTHS.phone);
    await page.getByText("In force").waitFor();
    await checkAccessible(page, "consent");
    await tabTo(page, "Pause");
    await page.keyboard.press("Enter");
    await page.getByText("Paused: nobody finds you").waitFor();
    await tabTo(page, "Go on");
    await page.keyboard.press("Enter");
    await page.getByText("In force").waitFor();
    await tabTo(page, "Withdraw");
    await page.keyboard.press("Enter");
    await page.getByText("no search finds you any more").waitFor();
    await checkAccessible(page, "withdrawing");
    await tabTo(page, "Yes, withdraw");
    await page.keyboard.press("Enter");
    await page.getByText("From now on no search finds you.").waitFor();
    assert.deepEqual(await lookFor(scene, "one.jpg", "look once more"), []);
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download everything" }).click();
    assert.match((await saving).suggestedFilename(), /\.zip$/u);
    await tabTo(page, "Erase me");
    await page.keyboard.press("Enter");
    await page.getByText("This will be gone").waitFor();
    await checkAccessible(page, "erasing");
    await tabTo(page, "Yes, erase me for good");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "You are erased" }).waitFor();
    await page.getByRole("link", { name: "Save the certificate" }).waitFor();
    await checkAccessible(page, "erased");
    checkQuiet();
    const left = await scene.served.instance.app.db.read
      .selectFrom("subjects")
      .select("sealed_name")
      .where("id", "=", subject)
      .where("erased_at", "is", null)
      .execute();
    assert.deepEqual(left, []);
  });
}

async function enrolAnna({ served, collection, portrait }: Scene): Promise<SubjectId> {
  const photo = { bytes: await readFile(portrait) };
  return enrolPerson(served.instance.app, collection, "anna", { photo });
}

/** Searches as staff do, and returns who was found. */
async function lookFor(
  { served, collection }: Scene,
  file: string,
  purpose: string,
): Promise<readonly string[]> {
  const { app, folder } = served.instance;
  const bytes = await readFile(join(folder, "incoming", file));
  const { faces } = await searchByPhoto(app, app.recorder, {
    collection: collection.id,
    photo: { bytes },
    purpose,
    pointed: null,
  });
  return faces.flatMap((face) => ("subject" in face ? [face.subject] : []));
}

async function openAs(scene: Scene, subject: SubjectId, path: string, width: number = WIDTHS.desk) {
  const { origin } = scene.served.service;
  const watched = await openPage(scene.browser, origin, { width });
  await signIn(scene, watched.page, subject);
  await watched.page.goto(path);
  return watched;
}

async function signIn({ served }: Scene, page: Page, subject: SubjectId): Promise<void> {
  const { cookie = "" } = await signInPerson(served, subject);
  const [name = "", value = ""] = cookie.split("=");
  await page.context().addCookies([{ name, value, url: served.service.origin }]);
}
