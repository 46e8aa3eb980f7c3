import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { WIDTHS, whyNoBrowser } from "./chromium.ts";
import { openFurnished } from "./furnished.ts";
import { everyPlace, openPlace } from "./places.ts";

/**
 * What `npm run screenshots` makes: a picture of every page, as wide as a phone and as a desk, in
 * light and dark, of a club whose people are all drawn.
 */
const SCHEMES = ["light", "dark"] as const;

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
  let pictures = 0;
  try {
    await using scene = await openFurnished({ address: join(folder, "assent.sqlite") });
    const wanted = new RegExp(values.only ?? "", "u");
    for (const place of await everyPlace(scene)) {
      if (!wanted.test(place.name)) continue;
      for (const [device, width] of Object.entries(WIDTHS)) {
        for (const scheme of SCHEMES) {
          const { page } = await openPlace(scene, place, { width, scheme });
          const path = join(to, `${place.name}-${device}-${scheme}.png`);
          await page.screenshot({ path, fullPage: true });
          await page.context().close();
          pictures += 1;
        }
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(
    `${pictures} pictures are in ${to}. The people in them are drawn; they do not exist.`,
  );
  return 0;
}

process.exitCode = await main();
