import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { onSqlite } from "../databases.ts";
import { enrolPerson, makeCollection } from "../instance.ts";
import { openTestService } from "../service.ts";
import { checkAccessible, openChromium, whyNoBrowser } from "./chromium.ts";
import { openAsRole } from "./operator-page.ts";

const skip = whyNoBrowser();
if (skip !== false) test("the record's screen", { skip }, () => undefined);
else {
  onSqlite(
    "W5 the record is checked in the browser, and a tampered one is refused",
    async (database) => {
      await using served = await openTestService(database);
      const { app } = served.instance;
      const collection = await makeCollection(app);
      await enrolPerson(app, collection, "anna");
      await app.ledger.sequence();
      const folder = await mkdtemp(join(tmpdir(), "assent-kept-"));
      const browser = await openChromium();
      try {
        const { page, checkQuiet } = await openAsRole(browser, served, "auditor", {
          path: "/app/ledger",
        });
        await page.getByText("This browser keeps this state").waitFor();
        await page.getByText("UNWITNESSED").waitFor();
        const given = page.locator(".entries li").filter({ hasText: "A consent was given" });
        await given.getByRole("button", { name: /^Check/u }).click();
        await given.getByText("Checked here").waitFor();
        await checkAccessible(page, "the record");

        // What was kept fits after the record has grown, and this browser says so by itself.
        const saving = page.waitForEvent("download");
        await page.getByRole("link", { name: "Keep this state" }).click();
        const kept = join(folder, "kept.txt");
        await (await saving).saveAs(kept);
        await enrolPerson(app, collection, "bert");
        await app.ledger.sequence();
        await page.reload();
        await page.getByText("it has only grown since this browser last looked").waitFor();
        await page.setInputFiles('input[type="file"]', kept);
        await page.getByText("It fits: the record of").waitFor();
        const forged = join(folder, "forged.txt");
        const lines = (await readFile(kept, "utf8")).split("\n");
        await writeFile(forged, lines.with(1, String(Number(lines[1]) + 1)).join("\n"));
        await page.setInputFiles('input[type="file"]', forged);
        await page.getByText("This is no checkpoint of this record").waitFor();

        // One word of an entry, and one hash of a proof, changed on the way.
        await page.route("**/ledger/entries?**", async (route) => {
          const answer = await route.fetch();
          const body = (await answer.text()).replace('"paper"', '"papier"');
          await route.fulfill({ response: answer, body });
        });
        await page.reload();
        await given
          .first()
          .getByRole("button", { name: /^Check/u })
          .click();
        await given
          .last()
          .getByRole("button", { name: /^Check/u })
          .click();
        await page.getByText("This entry does NOT fit the signed record").waitFor();
        await checkAccessible(page, "a tampered entry");
        await page.route("**/ledger/consistency?**", async (route) => {
          const answer = await route.fetch();
          const told = (await answer.json()) as { readonly hashes: readonly string[] };
          const hashes = told.hashes.map(() => "A".repeat(43) + "=");
          await route.fulfill({ response: answer, json: { ...told, hashes } });
        });
        await page.setInputFiles('input[type="file"]', kept);
        await page.getByText("The record does NOT follow from the earlier state").waitFor();
        checkQuiet();
      } finally {
        await browser.close();
        await rm(folder, { recursive: true });
      }
    },
  );
}
