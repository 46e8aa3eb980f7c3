import { createHash } from "node:crypto";
import { unreachable } from "../base/errors.ts";
import type { Block, Document } from "./document.ts";
import { qrSvg } from "./qr-svg.ts";
import { shownText } from "./text.ts";

/** Text on ground and on panel reads at a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3). */
export const PALETTES = {
  light: {
    text: "#1c1c1c",
    quiet: "#555555",
    ground: "#ffffff",
    panel: "#f3f3f1",
    line: "#c9c9c4",
  },
  dark: { text: "#ebebe8", quiet: "#b4b4b0", ground: "#171717", panel: "#242424", line: "#4c4c49" },
} as const;

/**
 * The document as one page that needs nothing else: styles are inside, there is no script, and the
 * page's own policy forbids every request. The title is its first heading; headings of level 1
 * stand below it. Throws PrintError qr_too_long.
 */
export function renderHtml(document: Document): string {
  const title = escape(document.title);
  return [
    "<!doctype html>",
    `<html lang="${escape(document.language)}">`,
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    "<main>",
    `<h1>${title}</h1>`,
    ...document.blocks.map(renderBlock),
    "</main>",
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case "heading": {
      const tag = `h${block.level + 1}`;
      return `<${tag}>${escape(block.text)}</${tag}>`;
    }
    case "paragraph": {
      const look = block.look === undefined ? "" : ` class="${block.look}"`;
      return `<p${look}>${escape(block.text)}</p>`;
    }
    case "list":
      return `<ul>${block.items.map((item) => `<li>${escape(item)}</li>`).join("")}</ul>`;
    case "facts":
      return `<dl>${block.rows.map(renderFact).join("")}</dl>`;
    case "table":
      return renderTable(block);
    case "code":
      return `<pre><code>${escape(block.text)}</code></pre>`;
    case "qr":
      return renderQr(block);
    case "page_break":
      return '<hr class="page">';
    default:
      return unreachable(block);
  }
}

function renderFact([label, value]: readonly [string, string]): string {
  return `<div><dt>${escape(label)}</dt><dd>${escape(value)}</dd></div>`;
}

/**
 * A wide table scrolls in its own frame, which the keyboard reaches. On a narrow screen each row is
 * a block of labelled values; the roles say that it is a table still.
 */
function renderTable({ head, rows }: Extract<Block, { kind: "table" }>): string {
  const titles = head.map(escape);
  const header = titles.map((title) => `<th role="columnheader" scope="col">${title}</th>`);
  const body = rows.map((row) => {
    const cells = row.map(
      (cell, column) => `<td role="cell" data-label="${titles[column] ?? ""}">${escape(cell)}</td>`,
    );
    return `<tr role="row">${cells.join("")}</tr>`;
  });
  return (
    `<div class="table" role="region" tabindex="0" aria-label="${titles.join(", ")}">` +
    `<table role="table"><thead role="rowgroup"><tr role="row">${header.join("")}</tr></thead>\n` +
    `<tbody role="rowgroup">\n${body.join("\n")}\n</tbody></table></div>`
  );
}

function renderQr({ text, caption }: Extract<Block, { kind: "qr" }>): string {
  return `<figure>${qrSvg(text)}<figcaption>${escape(caption)}</figcaption></figure>`;
}

function escape(text: string): string {
  return shownText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function variables(palette: Readonly<Record<string, string>>): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(";");
}

const STYLE = `
:root{color-scheme:light dark;${variables(PALETTES.light)}}
@media (prefers-color-scheme:dark){:root{${variables(PALETTES.dark)}}}
*{box-sizing:border-box}
html{font:100%/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
  color:var(--text);background:var(--ground);-webkit-text-size-adjust:100%}
body{margin:0}
main{max-width:46rem;margin:0 auto;padding:2rem 1.25rem 4rem;overflow-wrap:break-word}
h1,h2,h3,h4{line-height:1.25;font-weight:600;margin:2.2em 0 .6em;text-wrap:balance}
h1{font-size:1.9rem;margin-top:0}
h2{font-size:1.35rem;border-top:1px solid var(--line);padding-top:1rem}
h3{font-size:1.1rem}
h4{font-size:1rem}
p,ul,dl,pre,figure,.table{margin:0 0 1rem}
p,li,dd,td{white-space:pre-line}
p.large{font-size:1.35rem;line-height:1.45}
p.small{font-size:.875rem;color:var(--quiet)}
ul{padding-left:1.3rem}
li{margin-bottom:.35rem}
dl>div{padding:.5rem 0;border-bottom:1px solid var(--line)}
dt{color:var(--quiet);font-size:.875rem}
dd{margin:0;overflow-wrap:anywhere}
.table{overflow-x:auto;border:1px solid var(--line);border-radius:.25rem}
.table:focus-visible{outline:3px solid currentColor;outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .6rem;min-width:4rem}
td{overflow-wrap:anywhere}
th{background:var(--panel);font-weight:600;overflow-wrap:normal}
td{border-top:1px solid var(--line)}
pre{padding:.75rem 1rem;background:var(--panel);border-radius:.25rem;font-size:.8125rem;
  white-space:pre-wrap;overflow-wrap:anywhere}
code{font-family:ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace}
figure svg{display:block;width:100%;max-width:16rem;height:auto}
figcaption{margin-top:.5rem;overflow-wrap:anywhere}
hr.page{border:0;border-top:1px dashed var(--line);margin:3rem 0}
@media (min-width:40rem){dl>div{display:grid;grid-template-columns:13rem 1fr;gap:1rem}
  dt{font-size:1rem}}
@media screen and (max-width:39.99rem){.table{border:0}
  thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
  table,tbody,tr,td{display:block}
  tr{padding:.6rem 0;border-top:1px solid var(--line)}
  td{border:0;padding:.1rem 0}
  td::before{content:attr(data-label);display:block;color:var(--quiet);font-size:.8125rem}}
@media print{@page{margin:20mm}
  :root{color-scheme:light;${variables(PALETTES.light)}}
  html{font-size:10.5pt}main{max-width:none;padding:0}
  h1,h2,h3,h4{break-after:avoid}tr,dl>div,figure{break-inside:avoid}
  thead{display:table-header-group}.table{overflow:visible;border-radius:0}
  hr.page{border:0;margin:0;break-after:page}}
`;

/** Only this very style, and nothing from anywhere. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256")
  .update(STYLE)
  .digest("base64")}'; base-uri 'none'; form-action 'none'`;
