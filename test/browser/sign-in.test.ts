import assert from "node:assert/strict";
import { test } from "node:test";
import { answerLinkRequests, firstOwnerLink } from "../../src/accounts/links.ts";
import { sendDueMail } from "../../src/accounts/mail.ts";
import { onSqlite } from "../databases.ts";
import { enrolPerson, makeCollection } from "../instance.ts";
import { openTestService, type TestService } from "../service.ts";
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
        await page.getByRole("heading", { name: "Collections" }).waitFor();
        assert.equal(new URL(page.url()).pathname, "/app");
        assert.ok(!page.url().includes(token ?? "?"));
        await checkAccessible(page, "operator");
        await tabTo(page, "Menu");
        await page.keyboard.press("Enter");
        await checkAccessible(page, "operator's menu");
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

  onSqlite("A person's link signs them in after a press, in Dutch too", async (database) => {
    await using served = await openTestService(database);
    const { app } = served.instance;
    const { origin } = served.service;
    await enrolPerson(app, await makeCollection(app), "anna");
    const browser = await openChromium();
    try {
      const { page, checkQuiet } = await openPage(browser, origin, { language: "nl-BE" });
      await page.goto("/me");
      await page.getByLabel("E-mailadres").fill("anna@people.example");
      await page.getByRole("button", { name: "Stuur mij een link" }).click();
      await page.getByRole("heading", { name: "Kijk in je mail" }).waitFor();
      await checkAccessible(page, "asked for a link");
      const token = await mailedToken(served);
      await page.goto("about:blank");
      await page.goto(`/me#${token}`);
      await page.getByRole("heading", { name: "Je link is er" }).waitFor();
      await checkAccessible(page, "a link");
      await page.getByRole("button", { name: "Meld mij aan" }).click();
      await page.getByRole("heading", { name: "Mijn foto's" }).waitFor();
      assert.equal(new URL(page.url()).hash, "");
      await page.getByRole("button", { name: "English" }).click();
      await page.getByRole("heading", { name: "My photos" }).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Only people who said yes can be found" }).waitFor();
      await page.goto("about:blank");
      await page.goto(`/me#${token}`);
      await page.getByRole("button", { name: "Sign me in" }).click();
      await page.getByText("This link or passkey opens nothing any more.").waitFor();
      await page.getByRole("heading", { name: "This link is over" }).waitFor();
      await checkAccessible(page, "a link that is over");
      assert.equal(await page.getByRole("button", { name: "Sign me in" }).count(), 0);
      await page.getByRole("button", { name: "Send me a new link" }).click();
      await page.getByLabel("E-mail address").waitFor();
      await page.goto("/signin");
      await page.getByRole("heading", { name: "There is no such page" }).waitFor();
      await checkAccessible(page, "no such page");
      await page.getByRole("link", { name: "To the first page" }).click();
      await page.getByRole("heading", { name: "Only people who said yes can be found" }).waitFor();
      checkQuiet();
    } finally {
      await browser.close();
    }
  });
}

/** The token in the one mail that is due. */
async function mailedToken({ instance: { app }, service }: TestService): Promise<string> {
  await answerLinkRequests({ ...app, origin: service.origin });
  const texts: string[] = [];
  await sendDueMail(app, {
    send: async (_, { text }) => {
      texts.push(text);
    },
  });
  assert.equal(texts.length, 1);
  const [, token = ""] = /\/me#([\w-]{43})/u.exec(texts[0] ?? "") ?? [];
  return token;
}
