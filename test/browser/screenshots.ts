import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { openPage, type PageLook, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { type FurnishedScene, openFurnished } from "./furnished.ts";
import { everyPlace, openPlace } from "./places.ts";

/**
 * What `npm run screenshots` makes: a picture of every page, as wide as a phone and as a desk, in
 * light and dark, of a club whose people are all drawn; and of the steps behind an invite's page.
 */
const LOOKS: readonly (readonly [name: string, look: PageLook])[] = Object.entries(WIDTHS).flatMap(
  ([device, width]) =>
    (["light", "dark"] as const).map(
      (scheme) => [`${device}-${scheme}`, { width, scheme }] as const,
    ),
);

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { to: { type: "string" }, only: { type: "string" } } });
  const reason = whyNoBrowser();
  if (reason !== false) {
    console.error(`No pictures: ${reason}.`);
    return 1;
  }
  const to = values.to ?? "out/screenshots";
  await mkdir(to, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "assent-screens-"));
  const pictures: string[] = [];
  const wanted = new RegExp(values.only ?? "", "u");
  const take = async (page: Page, name: string): Promise<void> => {
    await page.evaluate(async () => {
      // The whole page is in the picture, so what is below the window is, too.
      for (const one of document.images) {
        one.loading = "eager";
        await one.decode().catch(() => undefined);
      }
    });
    await page.screenshot({ path: join(to, `${name}.png`), fullPage: true });
    pictures.push(name);
  };
  try {
    await using scene = await openFurnished({ address: join(folder, "assent.sqlite") });
    for (const place of await everyPlace(scene)) {
      if (!wanted.test(place.name)) continue;
      for (const [name, look] of LOOKS) {
        const { page } = await openPlace(scene, place, look);
        await take(page, `${place.name}-${name}`);
        await page.context().close();
      }
    }
    // Last, for each look leaves one person more behind.
    if (wanted.test("invite-steps")) await takeSteps(scene, take);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`${pictures.length} pictures are in ${to}. The people in them are drawn.`);
  return 0;
}

/** The receipt, and the camera with its guide: steps of a page, which have no address of their own. */
async function takeSteps(
  scene: FurnishedScene,
  take: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  for (const [name, look] of LOOKS) {
    const { page } = await openPage(scene.browser, scene.served.service.origin, look);
    await page.goto(await scene.invite());
    await page.getByLabel("Your name").fill(`Drawn Visitor, ${name}`);
    await page.getByLabel("Your e-mail address").fill(`${name}@people.example`);
    await page.getByText("16 or older").click();
    await page.locator(".switch").first().click();
    await page.getByRole("button", { name: "Yes, find me" }).click();
    await page.getByRole("heading", { name: "Your yes is recorded" }).waitFor();
    await take(page, `invite-receipt-${name}`);
    await page.getByRole("button", { name: "Go on to the camera" }).click();
    await page.getByRole("button", { name: "Open the camera" }).click();
    await page.getByText("Good. Take the picture.").waitFor();
    await take(page, `invite-camera-${name}`);
    await page.context().close();
  }
}

process.exitCode = await main();
