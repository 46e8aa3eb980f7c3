import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { firstOwnerLink } from "../../src/accounts/links.ts";
import { SCREENS } from "../../web/operator/screens/screens.ts";
import { onSqlite } from "../databases.ts";
import { drawPortrait, drawRow, members } from "../drawn.ts";
import type { TestService } from "../service.ts";
import { openChromium, openPage, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { filmPerson } from "./drawn-camera.ts";
import { openBundledService } from "./scene.ts";

/** What is worked on: photos of two drawn people, of whom the first will say yes. */
interface Desk {
  readonly served: TestService;
  readonly browser: Browser;
  readonly photos: readonly string[];
  readonly probe: string;
}

const skip = whyNoBrowser();
if (skip !== false) test("the operator's journey", { skip }, () => undefined);
else {
  for (const [device, width] of Object.entries(WIDTHS)) {
    onSqlite(`W1 from the first run to a delivery, ${device}`, async (database) => {
      await using served = await openBundledService(database);
      const { folder } = served.instance;
      const [anna, bert] = members;
      assert.ok(anna && bert);
      const photos = ["one.jpg", "two.jpg"].map((name) => join(folder, name));
      for (const [index, path] of photos.entries()) {
        await drawRow(path, index === 0 ? [anna, bert] : [bert, anna], index + 1);
      }
      const probe = join(folder, "probe.jpg");
      await drawPortrait(probe, anna);
      const film = join(folder, "camera.y4m");
      await filmPerson(film, anna);
      const browser = await openChromium(film);
      try {
        await takeJourney({ served, browser, photos, probe }, width);
      } finally {
        await browser.close();
      }
    });
  }
}

async function takeJourney(desk: Desk, width: number): Promise<void> {
  const { served, browser } = desk;
  const { page, checkQuiet } = await openPage(browser, served.service.origin, { width });
  await becomeOwner(served, page);
  await sayWhoYouAre(page);
  await makeCollection(page);
  const link = await invite(page);
  await answerYes(desk, link);
  await importPhotos(desk, page);
  await confirmByKey(page);
  if (SCREENS.some(({ path }) => path === "search")) await search(desk, page);
  await deliver(page);
  checkQuiet();
}

async function becomeOwner({ instance: { app } }: TestService, page: Page): Promise<void> {
  const token = await firstOwnerLink(app.db, app.clock);
  await page.goto(`/start#${token}`);
  await page.getByLabel("Your name").fill("Olga");
  await page.getByLabel("Your e-mail address").fill("olga@club.example");
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.getByRole("heading", { name: "No collection yet" }).waitFor();
}

async function sayWhoYouAre(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Go on with the first steps" }).click();
  await page.getByText("0 of 5 steps done").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("The Club");
  await page.getByLabel("Postal address").fill("1 Long Street, Ghent");
  await page.getByLabel("E-mail address").fill("office@club.example");
  await page.getByLabel("Country").fill("BE");
  await page.getByLabel("Supervisory authority").fill("The authority");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The Club answers for this instance.").waitFor();
}

async function makeCollection(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Make a collection" }).click();
  await page.getByLabel("Name", { exact: true }).fill("the gala");
  await page.getByLabel("Purpose").fill("give the guests their pictures");
  await page.getByLabel("Contact for questions").fill("office@club.example");
  await page.getByLabel("Your own first lines").fill("We look for your face in our photos.");
  await page.getByLabel("What people get who say no").fill("Their pictures by hand, at the desk.");
  await page.getByText("Yes, and the reason is written down").click();
  await page
    .getByLabel("Why everyone pictured may be compared")
    .fill("ticket terms and signs at the door");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("heading", { name: "the gala", level: 1 }).waitFor();
}

/** Makes a link to hand over, as a QR code, and returns what it opens. */
async function invite(page: Page): Promise<string> {
  await goTo(page, "Invites");
  await page.getByRole("button", { name: "Invite people" }).click();
  await page.getByText("Links to hand over").click();
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await page.getByRole("img", { name: "QR code of invite 1" }).waitFor();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as PDF" }).click();
  assert.match((await saving).suggestedFilename(), /\.pdf$/u);
  const link = (await page.locator(".poster code").textContent()) ?? "";
  await page.getByRole("button", { name: "I have kept them" }).click();
  return link;
}

/** The person, on their own phone, says yes and shows their face. */
async function answerYes({ served, browser }: Desk, link: string): Promise<void> {
  const { page, checkQuiet } = await openPage(browser, served.service.origin, {
    width: WIDTHS.phone,
  });
  await page.goto(link);
  await page.getByLabel("Your name").fill("Drawn Person 01");
  await page.getByLabel("Your e-mail address").fill("anna@people.example");
  await page.getByText("16 or older").click();
  await page.locator(".switch").first().click();
  await page.getByRole("button", { name: "Yes, find me" }).click();
  await page.getByRole("button", { name: "Go on to the camera" }).click();
  await page.getByRole("button", { name: "Open the camera" }).click();
  await page.getByText("Good. Take the picture.").waitFor();
  await page.getByRole("button", { name: "Take the picture" }).click();
  await page.getByRole("heading", { name: "All done" }).waitFor();
  checkQuiet();
  await page.context().close();
}

async function importPhotos({ photos }: Desk, page: Page): Promise<void> {
  await goTo(page, "Add photos");
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles([...photos]);
  await page.getByText(/^Sent:/u).waitFor();
  await goTo(page, "Photos");
  await page
    .locator(".tile canvas[data-drawn]")
    .nth(photos.length - 1)
    .waitFor();
}

/** Opens the first photo and says by a key that it is them. */
async function confirmByKey(page: Page): Promise<void> {
  await page.locator(".tile a").first().click();
  await page.getByText("Proposed: nobody has confirmed it yet.").waitFor();
  await page.keyboard.press("c");
  await page.getByText("Confirmed.", { exact: true }).waitFor();
}

async function search({ probe }: Desk, page: Page): Promise<void> {
  await goTo(page, "Search");
  await page.locator('input[type="file"]').first().setInputFiles(probe);
  await page.getByLabel("What is this search for?").fill("hand out the prints");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("heading", { name: "One candidate" }).waitFor();
  await page.getByText("Perhaps Drawn Person 01").waitFor();
}

async function deliver(page: Page): Promise<void> {
  await goTo(page, "Deliveries");
  await page.getByText("Drawn Person 01").click();
  await page.getByRole("button", { name: "Pack photos and videos" }).click();
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download the ZIP" }).click();
  assert.match((await saving).suggestedFilename(), /\.zip$/u);
}

/** Through the navigation, which is behind a button on a phone. */
async function goTo(page: Page, name: string): Promise<void> {
  const menu = page.getByRole("button", { name: "Menu" });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}
