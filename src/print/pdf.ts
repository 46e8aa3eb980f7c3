import { fileURLToPath } from "node:url";
import type Pdfmake from "pdfmake";
import type { Content, TDocumentDefinitions, TFontDictionary } from "pdfmake/interfaces.js";
import { unreachable } from "../base/errors.ts";
import type { Block, Document } from "./document.ts";
import { makeQrCode, QUIET_ZONE } from "./qr.ts";
import { shownText } from "./text.ts";

/** A4 is 595 points wide; a point is 1/72 inch. */
const PAGE_WIDTH = 595;
const MARGIN = 57;
const CONTENT_WIDTH = PAGE_WIDTH - 2 * MARGIN;
const LABEL_WIDTH = 150;
/** Of a table's cell, on both sides together, and its line. */
const CELL_PADDING = 11;
/** About 6 cm: read from an arm's length, and from a door. */
const QR_WIDTH = 170;

/**
 * The document as a PDF on A4 with page numbers, set in Roboto, which has Latin, Greek and Cyrillic
 * letters; a sign it lacks shows as an empty box, and the HTML page has it. `date` is the creation date in the metadata (default: now): with one given, the same
 * document gives the same bytes. Throws PrintError qr_too_long.
 */
export async function renderPdf(
  document: Document,
  options: { readonly date?: Date } = {},
): Promise<Uint8Array> {
  const definition: TDocumentDefinitions = {
    pageSize: "A4",
    pageMargins: [MARGIN, MARGIN, MARGIN, MARGIN],
    language: document.language,
    displayTitle: true,
    info: {
      title: shownText(document.title),
      creator: "Assent",
      producer: "Assent",
      creationDate: options.date ?? new Date(),
    },
    defaultStyle: { font: "Roboto", fontSize: 10.5, lineHeight: 1.25, color: "#1c1c1c" },
    styles: STYLES,
    content: [
      { text: shownText(document.title), style: "title" },
      ...document.blocks.map(contentOf),
    ],
    footer: (page, pages) => ({ text: `${page} / ${pages}`, style: "footer" }),
    pageBreakBefore: (node, { getFollowingNodesOnPage }) =>
      // A heading does not stay behind at the foot of a page.
      typeof node.headlineLevel === "number" && getFollowingNodesOnPage().length === 0,
  };
  const pdfmake = await typesetter();
  return pdfmake.createPdf(definition).getBuffer();
}

function contentOf(block: Block): Content {
  switch (block.kind) {
    case "heading":
      return {
        text: shownText(block.text),
        style: `heading${block.level}`,
        headlineLevel: block.level,
      };
    case "paragraph":
      return { text: shownText(block.text), style: ["paragraph", block.look ?? "plain"] };
    case "list":
      return { ul: block.items.map(shownText), style: "list" };
    case "facts":
      return factsOf(block.rows);
    case "table":
      return tableOf(block);
    case "code":
      return { text: shownText(block.text), style: "code" };
    case "qr":
      return qrOf(block);
    case "page_break":
      return { text: "", pageBreak: "after" };
    default:
      return unreachable(block);
  }
}

function factsOf(rows: readonly (readonly [label: string, value: string])[]): Content {
  if (rows.length === 0) return "";
  return {
    table: {
      widths: [LABEL_WIDTH, CONTENT_WIDTH - LABEL_WIDTH - 2 * CELL_PADDING],
      dontBreakRows: true,
      body: rows.map(([label, value]) => [
        { text: shownText(label), style: "label" },
        shownText(value),
      ]),
    },
    layout: RULED,
    style: "block",
  };
}

function tableOf({ head, rows }: Extract<Block, { kind: "table" }>): Content {
  if (head.length === 0) return "";
  return {
    table: {
      headerRows: 1,
      widths: columnWidths(head, rows),
      dontBreakRows: true,
      body: [
        head.map((cell) => ({ text: shownText(cell), style: "head" })),
        ...rows.map((row) => head.map((_, column) => shownText(row[column] ?? ""))),
      ],
    },
    layout: RULED,
    style: ["block", "table"],
  };
}

/**
 * Widths in points by what the columns hold. They are fixed, so that a long word is broken and
 * never pushes a column off the page.
 */
function columnWidths(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly number[] & number[] {
  const weights = head.map((title, column) => {
    const texts = [title, ...rows.map((row) => row[column] ?? "")];
    const word = longest(texts.flatMap((text) => text.split(/\s/u)));
    return Math.min(Math.max(longest(texts), 8, Math.min(word, 20) * 1.3), 44);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const room = CONTENT_WIDTH - head.length * CELL_PADDING;
  return weights.map((weight) => (weight / total) * room);
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

function qrOf({ text, caption }: Extract<Block, { kind: "qr" }>): Content {
  const { size, runs } = makeQrCode(text);
  const module = QR_WIDTH / (size + 2 * QUIET_ZONE);
  return {
    stack: [
      {
        canvas: [
          // The quiet zone takes its room though the paper is white.
          { type: "rect", x: 0, y: 0, w: QR_WIDTH, h: QR_WIDTH, color: "#ffffff" },
          ...runs.map(({ x, y, length }) => ({
            type: "rect" as const,
            x: (x + QUIET_ZONE) * module,
            y: (y + QUIET_ZONE) * module,
            w: length * module,
            h: module,
            color: "#000000",
          })),
        ],
      },
      { text: shownText(caption), style: "caption" },
    ],
    unbreakable: true,
    style: "block",
  };
}

const RULED = {
  hLineWidth: (line: number) => (line === 0 ? 0 : 0.5),
  vLineWidth: () => 0,
  hLineColor: () => "#b5b5b0",
  paddingLeft: (column: number) => (column === 0 ? 0 : 5),
  paddingRight: () => 5,
  paddingTop: () => 4,
  paddingBottom: () => 3,
};

/** Room is left above a block and none below: what ends a page pushes nothing on to the next. */
const STYLES: NonNullable<TDocumentDefinitions["styles"]> = {
  title: { fontSize: 21, bold: true, lineHeight: 1.15, margin: [0, 0, 0, 8] },
  heading1: { fontSize: 14.5, bold: true, margin: [0, 20, 0, 0] },
  heading2: { fontSize: 12, bold: true, margin: [0, 14, 0, 0] },
  heading3: { fontSize: 10.5, bold: true, margin: [0, 12, 0, 0] },
  paragraph: { margin: [0, 6, 0, 0] },
  plain: {},
  large: { fontSize: 15 },
  small: { fontSize: 9, color: "#555555" },
  list: { margin: [0, 6, 0, 0] },
  block: { margin: [0, 8, 0, 0] },
  table: { fontSize: 9 },
  label: { color: "#555555" },
  head: { bold: true },
  code: { fontSize: 8, background: "#f3f3f1", margin: [0, 8, 0, 0] },
  caption: { margin: [0, 5, 0, 0] },
  footer: { fontSize: 8.5, color: "#555555", alignment: "center", margin: [0, 20, 0, 0] },
};

function fontFile(name: string): string {
  return fileURLToPath(import.meta.resolve(`pdfmake/fonts/Roboto/Roboto-${name}.ttf`));
}

const FONT = {
  normal: fontFile("Regular"),
  bold: fontFile("Medium"),
  italics: fontFile("Italic"),
  bolditalics: fontFile("MediumItalic"),
} as const;
const FONTS: TFontDictionary = { Roboto: FONT };

/** Loaded when the first page is set: most processes set none. */
async function typesetter(): Promise<typeof Pdfmake> {
  const { default: pdfmake } = await import("pdfmake");
  pdfmake.setFonts(FONTS);
  // A document brings everything with it: nothing is fetched, and no file but a font is read.
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => Object.values<string>(FONT).includes(path));
  return pdfmake;
}
