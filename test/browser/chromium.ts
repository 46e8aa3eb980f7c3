import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/**
 * The Chromium of this machine: ASSENT_CHROMIUM, or one that stands in PATH; null: there is none.
 * ASSENT_CHROMIUM set to nothing is none, too.
 */
export function findChromium(): string | null {
  const given = process.env["ASSENT_CHROMIUM"];
  if (given !== undefined) return existsSync(given) ? given : null;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** The pages as they are served, and the browser to look at them: why that can't be; false: it can. */
export function whyNoBrowser(): string | false {
  if (findChromium() === null) {
    return "there is no Chromium: install one (apt install chromium), or name it in ASSENT_CHROMIUM";
  }
  if (!existsSync(join(import.meta.dirname, "../../web/dist/subject.html"))) {
    return "the pages are not built: npm run web";
  }
  return false;
}

/** Opens the browser; `video` is a y4m file that plays the camera. */
export async function openChromium(video: string | null = null): Promise<Browser> {
  const path = findChromium();
  assert.ok(path !== null);
  return chromium.launch({
    executablePath: path,
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      ...(video === null
        ? []
        : [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            `--use-file-for-fake-video-capture=${video}`,
          ]),
    ],
  });
}

/** A page that is watched: what it complains of, and what it asks of whom. */
export interface Watched {
  readonly page: Page;
  /** Fails unless nothing was complained of and nobody else was asked. */
  readonly checkQuiet: () => void;
}

/** How somebody looks at a page. */
export interface PageLook {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  readonly language?: string;
}

/** How wide a phone and a desk are, in CSS pixels. */
export const WIDTHS = { phone: 390, desk: 1280 } as const;

/** The window that a page is looked at in, in CSS pixels. */
export function viewportOf({ width = WIDTHS.desk }: PageLook) {
  return { width, height: 844 } as const;
}

/**
 * How long anything is waited for. What looks at photos is of the lowest priority: where other files'
 * tests keep the cores busy, it waits for them.
 */
const WAIT_MS_MAX = 180_000;

/** Opens a page of a service in a browser of its own cookies. */
export async function openPage(
  browser: Browser,
  origin: string,
  look: PageLook = {},
): Promise<Watched> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: viewportOf(look),
    colorScheme: look.scheme ?? "light",
    locale: look.language ?? "en-GB",
    acceptDownloads: true,
  });
  context.setDefaultTimeout(WAIT_MS_MAX);
  const page = await context.newPage();
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on("console", (message) => {
    // A refusal that the page shows to the person is told to the console by the browser itself.
    if (message.text().startsWith("Failed to load resource")) return;
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const listen = (url: string): void => {
    const { protocol, host } = new URL(url);
    const local = ["blob:", "data:", "about:"].includes(protocol);
    if (!local && host !== new URL(origin).host) strangers.push(url);
  };
  // Of the whole context: a worker's and a new window's requests are among them.
  context.on("request", (request) => listen(request.url()));
  page.on("websocket", (socket) => listen(socket.url()));
  return {
    page,
    checkQuiet: () => {
      assert.deepEqual(complaints, []);
      assert.deepEqual(strangers, []);
    },
  };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** The other scheme changes colours and nothing else. */
const RULES_OF_COLOUR = ["cat.color"];

/** Fails where axe-core finds what is serious or critical by WCAG 2.2 A and AA, in either scheme. */
export async function checkAccessible(page: Page, where: string): Promise<void> {
  // Through the protocol, which the page's policy does not bind.
  await page.evaluate(AXE);
  for (const [colorScheme, rules] of [
    ["light", RULES],
    ["dark", RULES_OF_COLOUR],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(
      async (runOnly) =>
        // oxlint-disable-next-line typescript/no-unsafe-return
        (
          await (
            globalThis as unknown as {
              axe: { run: (...of: unknown[]) => Promise<{ violations: Finding[] }> };
            }
          ).axe.run(document, { runOnly, resultTypes: ["violations"] })
        ).violations,
      [...rules],
    );
    const serious = found.filter(({ impact }) => impact === "serious" || impact === "critical");
    const told = serious.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`).join("; ")}`,
    );
    assert.deepEqual(told, [], `${where}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Nothing is wider than the window: nobody scrolls to the side to read. */
export async function checkWidth(page: Page, name: string): Promise<void> {
  const [whole, shown] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok((whole ?? 0) <= (shown ?? 0), `${name} is ${whole} wide in ${shown}`);
}

/** Presses Tab until the control of this name has the focus, as whoever has no mouse does. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const wanted = page
    .getByLabel(name, { exact: true })
    .or(page.getByRole("button", { name, exact: true }))
    .or(page.getByRole("link", { name, exact: true }));
  for (let presses = 0; presses < TABS_MAX; presses++) {
    await page.keyboard.press("Tab");
    if (await wanted.first().evaluate((one) => one === document.activeElement)) return;
  }
  assert.fail(`The keyboard does not reach: ${name}`);
}

/** No page has more controls than this before the one that is looked for. */
const TABS_MAX = 60;
