import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";

/** What a reader of a PDF made by `renderPdf` finds in it. */
export interface PdfText {
  readonly pages: number;
  /** The words of all pages in the order they were set. */
  readonly text: string;
  /** Signs that the font does not have: they show as empty boxes. */
  readonly missing: number;
}

/** Reads pages and text through the fonts' own tables (ISO 32000-1, 9.10.3). */
export function readPdf(bytes: Uint8Array): PdfText {
  const file = Buffer.from(bytes).toString("latin1");
  assert.ok(file.startsWith("%PDF-"));
  const objects = new Map<string, string>();
  for (const [, id = "", body = ""] of file.matchAll(/^(\d+) 0 obj\n([^]*?)\nendobj$/gmu)) {
    objects.set(id, body);
  }
  const fonts = new Map(
    [...file.matchAll(/^\/(F\d+) (\d+) 0 R$/gmu)].map(([, name = "", id = ""]) => {
      const map = /\/ToUnicode (\d+) 0 R/u.exec(objects.get(id) ?? "")?.[1] ?? "";
      return [name, lettersOf(streamOf(objects.get(map) ?? ""))] as const;
    }),
  );
  let text = "";
  let missing = 0;
  const pages = [...objects.values()].filter((body) => body.includes("/Type /Page\n"));
  for (const page of pages) {
    const contents = /\/Contents (\d+) 0 R/u.exec(page)?.[1] ?? "";
    let font: readonly string[] = [];
    for (const [, name, shown] of streamOf(objects.get(contents) ?? "").matchAll(
      /^\/(F\d+) [\d.]+ Tf$|^\[(.*)\] TJ$/gmu,
    )) {
      if (name !== undefined) font = fonts.get(name) ?? [];
      for (const [, hex = ""] of (shown ?? "").matchAll(/<([\da-f]+)>/gu)) {
        for (const glyph of hex.match(/.{4}/gu) ?? []) {
          if (glyph === "0000") missing += 1;
          text += font[Number.parseInt(glyph, 16)] ?? "";
        }
      }
    }
  }
  return { pages: pages.length, text, missing };
}

function streamOf(body: string): string {
  const start = body.indexOf("\nstream\n") + "\nstream\n".length;
  const bytes = Buffer.from(body.slice(start, body.lastIndexOf("\nendstream")), "latin1");
  return (body.includes("/FlateDecode") ? inflateSync(bytes) : bytes).toString("latin1");
}

/** The letters of a font's glyphs by number. */
function lettersOf(map: string): readonly string[] {
  const letters: string[] = [];
  for (const [, from = "", list = ""] of map.matchAll(/<(\w+)> <\w+> \[(.*?)\]/gu)) {
    const codes = [...list.matchAll(/<([\w ]*)>/gu)].map(([, code = ""]) => code);
    codes.forEach((code, index) => {
      const units = (code.match(/\w{4}/gu) ?? []).map((unit) => Number.parseInt(unit, 16));
      letters[Number.parseInt(from, 16) + index] = String.fromCharCode(...units);
    });
  }
  return letters;
}
