import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { object } from "../../src/rights/objections.ts";
import { onSqlite } from "../databases.ts";
import { fakePhoto, fakePicture } from "../fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection } from "../instance.ts";
import { openTestService } from "../service.ts";
import { checkAccessible, openChromium, openPage, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { signInOperator } from "./operator.ts";

const skip = whyNoBrowser();
if (skip !== false) test("people of a collection", { skip }, () => undefined);
else {
  onSqlite("staff enrol, invite, decide, renew, withdraw; owners erase", async (database) => {
    await using served = await openTestService(database);
    const { instance, service } = served;
    const { app, folder } = instance;
    const made = await makeCollection(app, { name: "the gala", ageFloor: 16 });
    const anna = await enrolPerson(app, made, "p5");
    await importPhotos(instance, made, { "one.png": await fakePicture(["p5", "p40"]) });
    const { id: photo } = await app.db.read
      .selectFrom("media")
      .select("id")
      .executeTakeFirstOrThrow();
    const portrait = join(folder, "carl.jpg");
    await writeFile(portrait, fakePhoto(["carl"], "portrait"));
    const browser = await openChromium();
    try {
      const { page, checkQuiet } = await openPage(browser, service.origin);
      await signInOperator(page.context(), served, "owner");
      const base = `/app/c/${made.id}`;

      await page.goto(`${base}/people`);
      await page.getByRole("link", { name: "p5" }).waitFor();
      await checkAccessible(page, "people");
      await page.getByLabel("Consent").selectOption("withdrawn");
      await page.getByRole("heading", { name: "Nobody fits" }).waitFor();

      await page.getByRole("link", { name: "Enrol by form" }).click();
      await page.getByRole("textbox", { name: "Name", exact: true }).fill("carl");
      await page.getByLabel("E-mail address").fill("carl@people.example");
      await page.getByLabel("Where the signed form is kept").fill("binder 9");
      await page.getByLabel("Who of you saw it signed").fill("Bert");
      await page.getByRole("button", { name: "Enrol", exact: true }).click();
      await page.getByText("Choose a photo first.").waitFor();
      await page.locator('input[type="file"]').setInputFiles(portrait);
      await checkAccessible(page, "enrol");
      await page.getByRole("button", { name: "Enrol", exact: true }).click();
      await page.getByText("They are enrolled.").waitFor();
      await page.getByRole("link", { name: "To their page" }).click();
      await page.getByRole("heading", { name: "carl", level: 1 }).waitFor();
      await page.getByText("Shown: they can be found").waitFor();
      await checkAccessible(page, "person");

      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("button", { name: "End the pause" }).click();
      await page.getByRole("button", { name: "Pause" }).waitFor();
      await page.getByRole("button", { name: "Renew" }).click();
      await page.getByLabel("Where the signed form is kept").fill("binder 10");
      await page.getByLabel("Who of you saw it signed").fill("Bert");
      await page.getByRole("button", { name: "Renew" }).click();
      await page.getByText("Renewed: it holds until").waitFor();
      const receipts = page.getByRole("link", { name: /^Read: Receipt of/u });
      await receipts.nth(1).waitFor();
      const receipt = await page.request.get((await receipts.first().getAttribute("href")) ?? "");
      assert.equal(receipt.status(), 200);

      await page.getByRole("button", { name: "Withdraw" }).click();
      await page.getByText("the template made from their face").waitFor();
      await checkAccessible(page, "withdraw");
      await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Erase" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Erase" }).click();
      await page.getByRole("heading", { name: "They are erased" }).waitFor();
      const [certificate] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Save the certificate" }).click(),
      ]);
      const saved = await readFile(await certificate.path(), "utf8");
      assert.equal(saved.split(".").length, 3);

      await page.goto(`${base}/people/${anna}`);
      await page.getByRole("button", { name: "Show the photos" }).click();
      await page.getByRole("img", { name: /Photo of/u }).waitFor();

      await object(app.db, app.recorder, {
        target: { kind: "photo", id: photo },
        subject: anna,
        reason: "not in this one",
      });
      await page.goto(`${base}/requests`);
      await page.getByText("not in this one").waitFor();
      await page.getByText(/\d+ days left/u).waitFor();
      await page.getByRole("button", { name: "Look at it" }).click();
      const picture = page.getByRole("img", { name: "The photo that somebody objects to" });
      await picture.waitFor();
      assert.ok(
        await picture.evaluate(async (one) => {
          const image = one as HTMLImageElement;
          await image.decode();
          return image.naturalWidth > 0;
        }),
      );
      await checkAccessible(page, "requests");
      await page.getByRole("button", { name: "Uphold" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Uphold" }).click();
      await page.getByRole("heading", { name: "Nobody waits for you" }).waitFor();
      checkQuiet();
    } finally {
      await browser.close();
    }
  });

  onSqlite(
    "invites are mailed, printed, sent again and ended; an auditor only reads",
    async (database) => {
      await using served = await openTestService(database);
      const { instance, service } = served;
      const { app } = instance;
      const made = await makeCollection(app, { name: "the gala" });
      await enrolPerson(app, made, "anna");
      const elsewhere = await makeCollection(app, { name: "elsewhere" });
      const browser = await openChromium();
      try {
        const { page, checkQuiet } = await openPage(browser, service.origin, {
          width: WIDTHS.phone,
        });
        await signInOperator(page.context(), served, "staff", [made.id]);
        await page.goto(`/app/c/${made.id}/invites`);
        await page.getByRole("heading", { name: "Nobody invited yet" }).waitFor();
        await page.getByRole("button", { name: "Invite people" }).click();
        await page
          .getByLabel("E-mail addresses")
          .fill("dora@people.example, emma@people.example, x");
        await page.getByText("2 addresses").waitFor();
        await page.getByText("Not an address: x").waitFor();
        await checkAccessible(page, "invite form");
        await page.getByRole("button", { name: "Invite", exact: true }).click();
        await page.getByText("2 invites are made").waitFor();
        await page.getByRole("button", { name: "Invite others" }).click();
        await page.getByText("Links to hand over").click();
        await page.getByLabel("How many links").fill("2");
        await page.getByRole("button", { name: "Invite", exact: true }).click();
        await page.getByRole("img", { name: "QR code of invite 2" }).waitFor();
        await checkAccessible(page, "invites to hand over");
        const [pdf] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("button", { name: "Save as PDF" }).click(),
        ]);
        assert.equal((await readFile(await pdf.path())).subarray(0, 5).toString(), "%PDF-");
        await page.getByRole("button", { name: "I have kept them" }).click();
        await page
          .getByRole("button", { name: /^Send again/u })
          .first()
          .click();
        await page.getByText("It is sent once more").waitFor();
        await page
          .getByRole("button", { name: /^End: /u })
          .first()
          .click();
        await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
        await page.getByText("ended", { exact: true }).waitFor();
        await checkAccessible(page, "invites");
        await page.goto(`/app/c/${elsewhere.id}/people`);
        await page.getByRole("heading", { name: "This collection is not here" }).waitFor();

        await page.context().clearCookies();
        await signInOperator(page.context(), served, "auditor");
        await page.goto(`/app/c/${made.id}/people`);
        await page.getByText("Their names are not for your role").waitFor();
        await page.getByRole("link", { name: /^sub_/u }).click();
        await page.getByText("Shown: they can be found").waitFor();
        assert.equal(await page.getByRole("button", { name: "Withdraw" }).count(), 0);
        await page.goto(`/app/c/${made.id}/people/new`);
        await page.getByRole("heading", { name: "This screen is not for your role" }).waitFor();
        checkQuiet();
      } finally {
        await browser.close();
      }
    },
  );
}
