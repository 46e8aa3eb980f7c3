import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { readPdf } from "../../test/pdf-text.ts";
import type { Block, Document } from "./document.ts";
import { PALETTES, renderHtml } from "./html.ts";
import { renderPdf } from "./pdf.ts";
import { makeQrCode } from "./qr.ts";

const EVIL = `</style><script>alert("1")</script><img src=x onerror='alert(2)'>&amp;`;
const NAMES = "Łukasz, Ελένη, Дарья, Zoë";

/** One block of each kind, all of the same text. */
function everyBlock(text: string): readonly Block[] {
  return [
    { kind: "heading", level: 1, text },
    { kind: "heading", level: 2, text },
    { kind: "heading", level: 3, text },
    { kind: "paragraph", text },
    { kind: "paragraph", text, look: "large" },
    { kind: "paragraph", text, look: "small" },
    { kind: "list", items: [text, text] },
    { kind: "facts", rows: [[text, text]] },
    { kind: "table", head: [text, text], rows: [[text, text]] },
    { kind: "code", text },
    { kind: "qr", text, caption: text },
    { kind: "page_break" },
  ];
}

/** Texts of every block of `everyBlock`, with its title. */
const TEXTS = 17;

function documentOf(text: string, blocks: readonly Block[] = everyBlock(text)): Document {
  return { title: text, language: "nl", blocks };
}

test("texts never become markup, wherever they stand", () => {
  const html = renderHtml({ ...documentOf(EVIL), language: `nl"><script>` });
  assert.equal(html.match(/<script/giu), null);
  assert.equal(html.match(/<img/giu), null);
  assert.equal(html.match(/<\/style>/gu)?.length, 1);
  assert.ok(html.includes("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"));
  assert.ok(html.includes("onerror=&#39;alert(2)&#39;&gt;&amp;amp;"));
});

test("every tag of a page is one of ours, whatever the texts are", () => {
  const plain = tagsOf(renderHtml(documentOf("x")));
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const blocks = everyBlock(text).map((block) =>
        block.kind === "qr" ? { ...block, text: "x" } : block,
      );
      assert.deepEqual(tagsOf(renderHtml(documentOf(text, blocks))), plain);
    }),
    { numRuns: 300 },
  );
});

test("a page shows every block's text, in its language", () => {
  const html = renderHtml(documentOf(NAMES));
  // The title stands in the head as well; the table's headings name it and its two cells.
  assert.equal(html.split(NAMES).length - 1, TEXTS + 5);
  assert.ok(html.startsWith('<!doctype html>\n<html lang="nl">'));
  for (const tag of ["h1", "h2", "h3", "h4", "ul", "dl", "table", "pre", "svg", "hr"]) {
    assert.ok(html.includes(`<${tag}`), tag);
  }
});

test("a page asks for nothing from elsewhere, and its policy allows only its own style", () => {
  const html = renderHtml(documentOf(NAMES));
  assert.equal(html.match(/\s(?:src|href|srcset|action)=|url\(|@import|<link/giu), null);
  const style = /<style>([^]*?)<\/style>/u.exec(html)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  assert.ok(html.includes(`content="default-src 'none'; style-src 'sha256-${hash}';`));
});

test("text reads on its ground in light and in dark (WCAG AA)", () => {
  for (const { text, quiet, ground, panel } of Object.values(PALETTES)) {
    for (const [front, back] of [
      [text, ground],
      [quiet, ground],
      [text, panel],
      [quiet, panel],
    ] as const) {
      assert.ok(contrast(front, back) >= 4.5, `${front} on ${back}`);
    }
  }
});

test("signs that steer a terminal or turn the writing are replaced", async () => {
  const document = documentOf("a\u0000b\u202Ec\u001Bd\uD800e", [
    { kind: "paragraph", text: "a\u0000b\u202Ec\u001Bd\uD800e" },
  ]);
  assert.ok(renderHtml(document).includes("a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e"));
  assert.ok(!readPdf(await renderPdf(document)).text.includes("\u202E"));
});

test("a PDF holds every block's text, in letters that its font has", async () => {
  const bytes = await renderPdf(documentOf(NAMES));
  const { text, missing } = readPdf(bytes);
  const words = text.replaceAll(/\s/gu, "");
  assert.equal(words.split(NAMES.replaceAll(" ", "")).length - 1, TEXTS);
  assert.equal(missing, 0);
});

test("a PDF takes texts as they are: none is markup, none reads a file", async () => {
  const { text } = readPdf(await renderPdf(documentOf(EVIL)));
  assert.ok(text.replaceAll(/\s/gu, "").includes(EVIL.replaceAll(" ", "")));
});

test("a PDF has its pages, their numbers, its title and language", async () => {
  const paragraph: Block = { kind: "paragraph", text: "word" };
  const one = readPdf(await renderPdf(documentOf("Title", [paragraph])));
  assert.equal(one.pages, 1);
  assert.ok(one.text.endsWith("1 / 1"));
  const blocks: Block[] = [paragraph, { kind: "page_break" }, paragraph, { kind: "page_break" }];
  const three = await renderPdf(documentOf("Title", [...blocks, paragraph]));
  assert.equal(readPdf(three).pages, 3);
  assert.ok(readPdf(three).text.includes("2 / 3"));
  const file = Buffer.from(three).toString("latin1");
  const title = /\/Title (\d+) 0 R/u.exec(file)?.[1] ?? "";
  assert.match(file, new RegExp(`^${title} 0 obj\n\\(.*Title\\)\n`, "mu"));
  assert.ok(file.includes("/Lang (nl)"));
});

test("a long table goes on, under its head again, and a long word stays on its page", async () => {
  const rows = Array.from({ length: 90 }, (_, row) => [`row${row}.`, "x".repeat(200)]);
  const document = documentOf("T", [{ kind: "table", head: ["Number", "Word"], rows }]);
  const { pages, text } = readPdf(await renderPdf(document));
  assert.ok(pages > 3);
  assert.equal(text.split("Number").length - 1, pages);
  for (const [number = ""] of rows) assert.ok(text.includes(number), number);
  assert.equal(text.split("x").length - 1, 90 * 200);
});

test("the same document at the same date is the same file", async () => {
  const date = new Date("2026-01-02T03:04:05Z");
  const [first, second] = [
    await renderPdf(documentOf(NAMES), { date }),
    await renderPdf(documentOf(NAMES), { date }),
  ];
  assert.deepEqual(first, second);
});

test("blocks with nothing in them are left out", async () => {
  const document = documentOf("T", [
    { kind: "facts", rows: [] },
    { kind: "list", items: [] },
    { kind: "table", head: [], rows: [] },
  ]);
  assert.equal(readPdf(await renderPdf(document)).pages, 1);
});

test("a QR code's runs cover exactly its dark modules", () => {
  const { size, runs } = makeQrCode("https://photos.x.example/i/abc");
  const dark = new Set(
    runs.flatMap(({ x, y, length }) => Array.from({ length }, (_, step) => `${x + step} ${y}`)),
  );
  // A finder pattern stands in three corners (ISO/IEC 18004, 6.3.3).
  for (const [left, top] of [
    [0, 0],
    [size - 7, 0],
    [0, size - 7],
  ] as const) {
    const pattern = Array.from({ length: 7 }, (_, y) =>
      Array.from({ length: 7 }, (__, x) => (dark.has(`${left + x} ${top + y}`) ? "#" : ".")).join(
        "",
      ),
    );
    assert.deepEqual(pattern, [
      "#######",
      "#.....#",
      "#.###.#",
      "#.###.#",
      "#.###.#",
      "#.....#",
      "#######",
    ]);
  }
});

test("a text that no QR code holds is refused", () => {
  assert.ok(makeQrCode("é".repeat(1165)).size > 100);
  assert.throws(() => makeQrCode("é".repeat(1166)), { code: "qr_too_long" });
});

function tagsOf(html: string): readonly string[] {
  return html.match(/<\/?[a-z!][\w]*/gu) ?? [];
}

/** WCAG 2.2, contrast ratio. */
function contrast(front: string, back: string): number {
  const [light = 0, dark = 0] = [luminance(front), luminance(back)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
