import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { en } from "../../web/texts/en.ts";
import { nl } from "../../web/texts/nl.ts";
import { openPage, type PageLook, WIDTHS, whyNoBrowser } from "./chromium.ts";
import { type FurnishedScene, openFurnished } from "./furnished.ts";
import { everyPlace, placeOpener } from "./places.ts";

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

const IDLE_MS_MAX = 3_000;

const OPTIONS = {
  to: { type: "string" },
  /** Pages whose names this matches, and of each the looks whose names `look` matches. */
  only: { type: "string" },
  look: { type: "string" },
  /** The browser's language: en-GB, nl-NL. */
  language: { type: "string" },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
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
  const { language } = values;
  const ofLook = new RegExp(values.look ?? "", "u");
  const looks = LOOKS.filter(([name]) => ofLook.test(name)).map(
    ([name, look]) => [name, { ...look, ...(language === undefined ? {} : { language }) }] as const,
  );
  const take = async (page: Page, name: string): Promise<void> => {
    // Pictures come after what names them; a page that listens for news is never idle.
    await page.waitForLoadState("networkidle", { timeout: IDLE_MS_MAX }).catch(() => undefined);
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
    const places = (await everyPlace(scene)).filter(({ name }) => wanted.test(name));
    for (const [name, look] of looks) {
      const open = placeOpener(scene, look);
      for (const place of places) {
        const { page } = await open(place);
        await take(page, `${place.name}-${name}`);
      }
    }
    // Last, for each look leaves one person more behind.
    if (wanted.test("invite-steps")) await takeSteps(scene, looks, take);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`${pictures.length} pictures are in ${to}. The people in them are drawn.`);
  return 0;
}

/** The receipt, and the camera with its guide: steps of a page, which have no address of their own. */
async function takeSteps(
  scene: FurnishedScene,
  looks: readonly (readonly [name: string, look: PageLook])[],
  take: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  for (const [name, look] of looks) {
    const { invite, receipt, camera } = look.language?.startsWith("nl") === true ? nl : en;
    const { page } = await openPage(scene.browser, scene.served.service.origin, look);
    await page.goto(await scene.invite());
    await page.getByLabel(invite.name).fill(`Drawn Visitor, ${name}`);
    await page.getByLabel(invite.contact).fill(`${name}@people.example`);
    await page.getByText(invite.older(16)).click();
    await page.locator(".switch").first().click();
    await page.getByRole("button", { name: invite.yes }).click();
    await page.getByRole("heading", { name: receipt.title }).waitFor();
    await take(page, `invite-receipt-${name}`);
    await page.getByRole("button", { name: receipt.go }).click();
    await page.getByRole("button", { name: camera.open }).click();
    await page.getByText(camera.guide.good).waitFor();
    await take(page, `invite-camera-${name}`);
    await page.context().close();
  }
}

process.exitCode = await main();
