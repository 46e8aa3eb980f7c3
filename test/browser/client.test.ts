import assert from "node:assert/strict";
import { join } from "node:path";
import { build } from "vite";
import { onSqlite } from "../databases.ts";
import { fakePhoto } from "../fake-engine.ts";
import { openTestService, signInAs } from "../service.ts";
import { findChromium, openChromium } from "./chromium.ts";

onSqlite("the client works on a page of the service", async (database, t) => {
  if (findChromium() === null) return t.skip("there is no Chromium");
  await using tested = await openTestService(database);
  const { origin } = tested.service;
  const { cookie = "" } = await signInAs(tested, "owner");
  const [name = "", value = ""] = cookie.split("=");
  const browser = await openChromium();
  try {
    const context = await browser.newContext();
    await context.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: "Lax" }]);
    const page = await context.newPage();
    const content = await bundle();
    // A page of the service's own origin, with nothing on it but the client.
    await page.route(`${origin}/page`, async (route) =>
      route.fulfill({ contentType: "text/html", body: "<!doctype html><title>A page</title>" }),
    );
    await page.goto(`${origin}/page`);
    await page.addScriptTag({ content });
    const photos = {
      portrait: fakePhoto(["anna"], "portrait").toString(),
      probe: fakePhoto(["anna"], "probe").toString(),
      group: fakePhoto(["anna", "bert"], "x".repeat(100)).toString(),
    };
    const told: unknown = await page.evaluate(`tryClient(${JSON.stringify(photos)})`);
    const { parts, states, ...rest } = told as {
      readonly parts: number;
      readonly states: readonly string[];
    };
    assert.ok(parts > 2, String(parts));
    assert.ok(states.includes("done") && states.at(-1) === "done", states.join(" "));
    assert.deepEqual(rest, { verdict: "match", seen: 1, refused: "collection_unknown" });
  } finally {
    await browser.close();
  }
});

/** The client and what it imports, as one script. */
async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: false,
      rolldownOptions: {
        input: join(import.meta.dirname, "client-entry.ts"),
        output: { format: "iife" },
      },
    },
  });
  const [output] = [built].flat();
  assert.ok(output && "output" in output);
  const [chunk] = output.output;
  return chunk.code;
}
