import assert from "node:assert/strict";
import { test } from "node:test";
import { onSqlite } from "../databases.ts";
import { checkAccessible, openPage, tabTo, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { openScene } from "./scene.ts";

/** What a phone on a slow line loads before it shows the notice, compressed. */
const SCRIPT_BYTES_MAX = 150 * 1024;

const skip = whyNoBrowser();
if (skip !== false) test("pages of an invite", { skip }, () => undefined);
else {
  onSqlite("R1 R3 no is as near as yes, and nothing is chosen for anybody", async (database) => {
    await using scene = await openScene(database);
    const { origin } = scene.served.service;
    const { page, checkQuiet } = await openPage(scene.browser, origin, { width: WIDTHS.phone });
    await page.goto(await scene.invite());
    await page
      .getByRole("heading", { name: "May you be found in the photos of the gala?" })
      .waitFor();
    const bytes = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .filter((one) => one instanceof PerformanceResourceTiming && one.name.endsWith(".js"))
        .reduce((sum, one) => sum + (one as PerformanceResourceTiming).encodedBodySize, 0),
    );
    assert.ok(bytes > 0 && bytes <= SCRIPT_BYTES_MAX, `${bytes} bytes of script`);
    const toggles = page.getByRole("switch");
    assert.equal(await toggles.count(), 2);
    for (const toggle of await toggles.all()) assert.equal(await toggle.isChecked(), false);
    const no = page.getByRole("button", { name: "No, don't" });
    const yes = page.getByRole("button", { name: "Yes, find me" });
    const [a, b] = [await no.boundingBox(), await yes.boundingBox()];
    assert.deepEqual([a?.width, a?.height], [b?.width, b?.height]);
    const looks = async (of: typeof no) =>
      of.evaluate((one) => {
        const { color, backgroundColor, borderColor, fontSize, fontWeight } = getComputedStyle(one);
        return { color, backgroundColor, borderColor, fontSize, fontWeight };
      });
    assert.deepEqual(await looks(no), await looks(yes));
    await checkAccessible(page, "invite");
    // Yes without the choice it needs is refused in words; no needs nothing but the press.
    await tabTo(page, "No, don't");
    await page.keyboard.press("Tab");
    assert.equal(await yes.evaluate((one) => one === document.activeElement), true);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "You said no" }).waitFor();
    await checkAccessible(page, "said no");
    checkQuiet();
    const { app } = scene.served.instance;
    const people = await app.db.read.selectFrom("subjects").select("id").execute();
    assert.equal(people.length, 0);
  });

  onSqlite("R4 the camera opens after the receipt, and photos appear", async (database) => {
    await using scene = await openScene(database);
    const { origin } = scene.served.service;
    const { page, checkQuiet } = await openPage(scene.browser, origin, { width: WIDTHS.phone });
    await page.addInitScript(() => {
      const { mediaDevices } = navigator;
      const ask = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (wanted) => {
        sessionStorage.setItem("camera", document.querySelector("h1")?.textContent ?? "");
        return ask(wanted);
      };
    });
    const link = await scene.invite();
    await page.goto(link);
    await page.getByLabel("Your name").fill("Anna");
    await page.getByLabel("Your e-mail address").fill("anna@people.example");
    await page.getByText("16 or older").click();
    await page.getByRole("button", { name: "Yes, find me" }).click();
    await page.getByText("For a yes, switch on").waitFor();
    await page.locator(".switch").first().click();
    await page.getByRole("button", { name: "Yes, find me" }).click();
    await page.getByRole("heading", { name: "Your yes is recorded" }).waitFor();
    assert.equal(new URL(page.url()).hash, "");
    await checkAccessible(page, "receipt");
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Save the receipt" }).click();
    assert.equal((await saving).suggestedFilename(), "receipt.jws");
    await page.getByRole("button", { name: "Go on to the camera" }).click();
    await page.getByRole("button", { name: "Open the camera" }).waitFor();
    await checkAccessible(page, "before the camera");
    assert.equal(await page.evaluate(() => sessionStorage.getItem("camera")), null);
    await page.getByRole("button", { name: "Open the camera" }).click();
    await page.getByText("Good. Take the picture.").waitFor();
    await checkAccessible(page, "camera");
    await page.getByRole("button", { name: "Take the picture" }).click();
    await page.getByRole("heading", { name: "All done" }).waitFor();
    await checkAccessible(page, "done");
    checkQuiet();
    // The invite is used up: whoever finds the link learns nothing.
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByText("This invite is over").waitFor();
    await checkAccessible(page, "over");
  });
}
