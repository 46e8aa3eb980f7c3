import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { onSqlite } from "../databases.ts";
import { fakePicture } from "../fake-engine.ts";
import { enrolPerson, makeCollection } from "../instance.ts";
import { openTestService, signInAs } from "../service.ts";
import { openChromium, openPage, whyNoBrowser } from "./chromium.ts";

const PHOTOS = 12;

const skip = whyNoBrowser();
if (skip !== false) test("the library's screens", { skip }, () => undefined);
else {
  onSqlite(
    "Photos are imported over a reload, looked at by keyboard, and delivered",
    async (database) => {
      await using served = await openTestService(database);
      const { app, folder } = served.instance;
      const collection = await makeCollection(app, { name: "the gala" });
      await enrolPerson(app, collection, "p5");
      const files = await writePhotos(join(folder, "card"));
      const browser = await openChromium();
      try {
        const { origin } = served.service;
        const { page, checkQuiet } = await openPage(browser, origin);
        const { cookie = "" } = await signInAs(served, "staff", [collection.id]);
        const [name = "", value = ""] = cookie.split("=");
        await page.context().addCookies([{ name, value, url: origin }]);
        const base = `/app/c/${collection.id}`;
        await importOverReload(page, `${base}/import`, files);
        await page.getByText(`There are ${PHOTOS} photos.`).waitFor();
        await page.getByText("broken.jpg").waitFor();
        await page.getByText("This is not a picture, whatever its name says.").waitFor();
        await page.getByText("empty.jpg").waitFor();
        await dropOne(page);
        await lookByKeyboard(page);
        await deliver(page);
        checkQuiet();
      } finally {
        await browser.close();
      }
    },
  );
}

/** Each shows the person beside somebody else, and no two are the same. */
async function writePhotos(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  const write = async (name: string, bytes: Uint8Array): Promise<void> => {
    paths.push(join(folder, name));
    await writeFile(join(folder, name), bytes);
  };
  for (let index = 0; index < PHOTOS; index++) {
    await write(`photo-${index}.png`, await fakePicture(["p5", `p${20 + index}`]));
  }
  await write("broken.jpg", Buffer.from("no picture"));
  await write("empty.jpg", Buffer.alloc(0));
  return paths;
}

/** The page is loaded anew when a third is sent; of what is there nothing is sent once more. */
async function importOverReload(page: Page, path: string, files: readonly string[]): Promise<void> {
  let sent = 0;
  let held = true;
  const third = Promise.withResolvers<void>();
  await page.route("**/uploads", async (route) => {
    if (route.request().method() === "POST") sent += 1;
    if (!held || sent <= 4) return route.continue();
    third.resolve();
    // What is on its way when the page goes never comes to the service.
    return undefined;
  });
  page.on("dialog", (dialog) => void dialog.accept());
  await page.goto(path);
  const chooser = page.locator('input[type="file"]').first();
  // What the page says it takes can be chosen by its button: videos, too.
  assert.match((await chooser.getAttribute("accept")) ?? "", /video\/\*/u);
  await chooser.setInputFiles([...files]);
  await third.promise;
  await page.getByText(/^Sending/u).waitFor();
  // So long it takes until the browser has noted what the service has.
  await page.waitForTimeout(500);
  await page.reload();
  await page.getByText(/An import was cut short here/u).waitFor();
  held = false;
  sent = 0;
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles([...files]);
  await page.getByText(/^Sent: 13 of 13 files/u).waitFor();
  assert.equal(sent, 13 - 4, "the four that were there are not sent again");
}

/** Somebody drops what is there already: it is sent, and known. */
async function dropOne(page: Page): Promise<void> {
  const bytes = await fakePicture(["p5", "p20"]);
  const data = await page.evaluateHandle((text) => {
    const dropped = new DataTransfer();
    const content = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    dropped.items.add(new File([content], "dropped.png", { type: "image/png" }));
    return dropped;
  }, bytes.toString("base64"));
  await page.dispatchEvent(".drop", "drop", { dataTransfer: data });
  await page.getByText(/^Sent: 1 of 1 files/u).waitFor();
}

/** From the grid into a photo, a word on who is in it, and that word taken back: keys alone. */
async function lookByKeyboard(page: Page): Promise<void> {
  // One picture does not come the first time: it is asked for again.
  const busy = { status: 503, body: "" };
  await page.route("**/thumbnail*", async (route) => route.fulfill(busy), { times: 1 });
  await page.getByRole("link", { name: "See them" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Photos", exact: true }).waitFor();
  await page
    .locator(".tile canvas[data-drawn]")
    .nth(PHOTOS - 1)
    .waitFor();
  await page.locator('[data-place="0"]').focus();
  await page.keyboard.press("ArrowRight");
  await page.locator('[data-place="1"]:focus').waitFor();
  await page.keyboard.press("End");
  await page.locator(`[data-place="${PHOTOS - 1}"]:focus`).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText(`${PHOTOS} of ${PHOTOS}`).waitFor();
  await page.keyboard.press("k");
  await page.getByText(`${PHOTOS - 1} of ${PHOTOS}`).waitFor();
  await page.getByText("Proposed: nobody has confirmed it yet.").waitFor();
  await page.keyboard.press("c");
  await page.getByText("Confirmed: Name of p5.").waitFor();
  await page.keyboard.press("u");
  await page.getByText("Proposed: nobody has confirmed it yet.").waitFor();
  await page.keyboard.press("r");
  await page.getByText("Not Name of p5. It is remembered").waitFor();
  await page.getByText("None of the faces is taken").waitFor();
  await page.keyboard.press("u");
  await page.getByText("Proposed: nobody has confirmed it yet.").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(`[data-place="${PHOTOS - 2}"]:focus`).waitFor();
}

async function deliver(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Deliveries" }).click();
  await page.getByText("Name of p5", { exact: true }).click();
  await page.getByRole("button", { name: "Pack photos and videos" }).click();
  await page.getByText(`${PHOTOS} photos and videos.`).waitFor();
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download the ZIP" }).click();
  const download = await downloading;
  assert.equal(await download.failure(), null);
  assert.match(download.suggestedFilename(), /\.zip$/u);
}
