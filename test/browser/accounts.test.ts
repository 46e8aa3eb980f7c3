import assert from "node:assert/strict";
import { test } from "node:test";
import { addWebhook } from "../../src/webhooks/webhooks.ts";
import { onSqlite } from "../databases.ts";
import { enrolPerson, makeCollection } from "../instance.ts";
import { openTestService } from "../service.ts";
import { makeDeadMessage } from "../watched.ts";
import { checkAccessible, openChromium, openPage, tabTo, whyNoBrowser } from "./chromium.ts";
import { signInOperator } from "./operator.ts";

const skip = whyNoBrowser();
if (skip !== false) test("accounts, keys, webhooks, jobs", { skip }, () => undefined);
else {
  onSqlite("an owner gives access and takes it away", async (database) => {
    await using served = await openTestService(database);
    const { app } = served.instance;
    const made = await makeCollection(app, { name: "the gala" });
    const browser = await openChromium();
    try {
      const { page, checkQuiet } = await openPage(browser, served.service.origin);
      await signInOperator(page.context(), served, "owner");
      await page.goto("/app/accounts");
      await page.getByRole("button", { name: "Invite somebody" }).click();
      await tabTo(page, "Name");
      await page.keyboard.type("Sam");
      await tabTo(page, "E-mail address");
      await page.keyboard.type("sam@club.example");
      await page.locator("label.tick", { hasText: "the gala" }).click();
      await checkAccessible(page, "invite an account");
      await page.getByRole("button", { name: "Invite", exact: true }).click();
      await page.getByText("a link is on its way to sam@club.example").waitFor();
      await page.getByText("Sam", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Disable: Sam" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
      await page.getByRole("button", { name: "Enable: Sam" }).click();
      await page.getByRole("button", { name: "Send a link: Sam" }).click();
      await page.getByText("A link is on its way to their address.").waitFor();
      await checkAccessible(page, "accounts");
      await page.getByRole("button", { name: "Remove: Sam" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
      await page.getByText("Sam", { exact: true }).waitFor({ state: "detached" });

      await page.goto(`/app/c/${made.id}/keys`);
      await page.getByRole("heading", { name: "No key yet" }).waitFor();
      await page.getByRole("button", { name: "Make a key" }).click();
      await page.getByLabel("For which program").fill("the web site");
      await page.getByRole("button", { name: "Make the key" }).click();
      const text = await page.locator("code.secret").textContent();
      assert.match(text ?? "", /^\S{20,}$/u);
      await checkAccessible(page, "a key, shown once");
      await page.getByRole("button", { name: "I have kept it" }).click();
      assert.equal(await page.getByText(text ?? "?").count(), 0);
      const asKey = { headers: { authorization: `Bearer ${text}` } };
      const listed = `${served.service.origin}/api/v1/collections`;
      assert.equal((await fetch(listed, asKey)).status, 200);
      await page.getByRole("button", { name: "Revoke: the web site" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
      await page.getByText("revoked", { exact: true }).waitFor();
      assert.equal((await fetch(listed, asKey)).status, 401);

      await page.goto("/app/me");
      await page.getByText("You have none yet.").waitFor();
      const session = await page.context().newCDPSession(page);
      await session.send("WebAuthn.enable");
      await session.send("WebAuthn.addVirtualAuthenticator", {
        options: {
          protocol: "ctap2",
          transport: "internal",
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
        },
      });
      await page.getByRole("button", { name: "Add a passkey" }).click();
      await page.getByRole("button", { name: /^Remove: Made on/u }).waitFor();
      await checkAccessible(page, "my access");

      // The record knows accounts by ids; who sees accounts reads what they are called.
      await served.instance.app.ledger.sequence();
      await page.goto("/app/ledger");
      const revoked = page.locator(".entries li").filter({ hasText: "An API key was revoked" });
      await revoked.getByText(/ · owner$/u).waitFor();
      checkQuiet();
    } finally {
      await browser.close();
    }
  });

  onSqlite(
    "webhooks are replayed, jobs listed, the organisation named, retention shown",
    async (database) => {
      await using served = await openTestService(database);
      const { app } = served.instance;
      const made = await makeCollection(app, { name: "the gala" });
      await enrolPerson(app, made, "anna");
      const receiver = { url: "https://elsewhere.example/", allowPrivate: false };
      await addWebhook(app.db, app.recorder, { ...receiver, collection: made.id });
      await makeDeadMessage(app, made.id);
      const browser = await openChromium();
      try {
        const { page, checkQuiet } = await openPage(browser, served.service.origin);
        await signInOperator(page.context(), served, "owner");
        await page.goto(`/app/c/${made.id}/webhooks`);
        await page.getByRole("heading", { name: "Given up" }).waitFor();
        await page
          .getByRole("button", { name: /^Send again: /u })
          .first()
          .click();
        await page.getByText("1 message is sent once more.").waitFor();
        await page.getByRole("button", { name: "Add an endpoint" }).click();
        await page.getByLabel("Its address").fill("http://nobody.example/");
        await page.getByRole("button", { name: "Add", exact: true }).click();
        await page.getByRole("alert").waitFor();
        await page.getByLabel("Its address").fill("https://receiver.example/assent");
        await page.getByRole("button", { name: "Add", exact: true }).click();
        assert.match((await page.locator("code.secret").textContent()) ?? "", /^whsec_/u);
        await page
          .getByRole("button", { name: /^Messages: /u })
          .first()
          .click();
        await checkAccessible(page, "webhooks");

        await page.goto("/app/jobs");
        await page.getByText("Looking through photos for new people: the gala").first().waitFor();
        await checkAccessible(page, "jobs");

        await page.goto("/app/organisation");
        await page.getByText("Nobody has said yet.").waitFor();
        await page.getByLabel("Name", { exact: true }).fill("The Club");
        await page.getByLabel("Postal address").fill("1 Long Street, Ghent");
        await page.getByLabel("E-mail address").fill("office@club.example");
        await page.getByLabel("Country").fill("be");
        await page.getByLabel("Supervisory authority").fill("The authority");
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByText("Saved.").waitFor();
        await checkAccessible(page, "organisation");

        await page.goto("/app/retention");
        await page.getByRole("heading", { name: "Nothing is due" }).waitFor();
        await checkAccessible(page, "retention");
        await page.goto("/app/mail");
        await page.getByRole("heading", { name: "Mail", level: 1 }).waitFor();
        await checkAccessible(page, "mail");

        await page.goto("/app");
        await page.getByText("3 of 5 steps done").waitFor();
        await page.getByRole("link", { name: "Go on with the first steps" }).click();
        await page.getByText("The Club answers for this instance.").waitFor();
        await checkAccessible(page, "first steps");
        await page.getByRole("button", { name: "Read it first" }).click();
        await page.locator(".notice-text").waitFor();
        await page.getByRole("button", { name: "Publish in English" }).click();
        await page.getByText("Published in: English.").waitFor();
        checkQuiet();
      } finally {
        await browser.close();
      }
    },
  );
}
