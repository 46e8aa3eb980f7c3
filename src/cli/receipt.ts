import type { Command } from "commander";
import { writeFileDurably } from "../base/files.ts";
import { receiptPage } from "../consent/receipt-page.ts";
import { receiptsOf } from "../consent/receipts.ts";
import { ConsentError } from "../consent/errors.ts";
import { keySetOf } from "../ledger/signing.ts";
import type { Document } from "../print/document.ts";
import { renderHtml } from "../print/html.ts";
import { renderPdf } from "../print/pdf.ts";
import { verifyReceipt } from "../verify/receipt.ts";
import { collectionOf, subjectOf, withApp } from "./context.ts";
import { say, table } from "./output.ts";

interface ReceiptOptions {
  readonly subject: string;
  readonly collection: string;
  readonly language?: string;
  readonly html?: string;
  readonly pdf?: string;
  readonly jws?: string;
}

/** receipt: what a person agreed to, for them to keep. */
export function receiptCommands(assent: Command): void {
  assent
    .command("receipt")
    .description("Show the newest receipt of a person's consent, or write it for them to keep.")
    .requiredOption("--subject <person>", "name, contact or id")
    .requiredOption("--collection <name>", "where they said yes")
    .option("--language <code>", "en or nl (default: that of the notice they were given)")
    .option("--html <file>", "a page to read")
    .option("--pdf <file>", "a page to print")
    .option("--jws <file>", "the signed receipt itself")
    .action(async (options: ReceiptOptions, command: Command) =>
      withApp(command, async (app) => {
        const { id } = await collectionOf(app, options.collection);
        const subject = await subjectOf(app, options.subject);
        const all = await receiptsOf(app.db, app.vault, subject);
        const newest = all.findLast(({ collection }) => collection === id);
        if (!newest) {
          const advice =
            "There is no receipt: they never said yes here, or before receipts were made. A new " +
            'form gives one ("assent renew").';
          throw new ConsentError("receipt_missing", advice);
        }
        const receipt = await verifyReceipt(newest.jws, await keySetOf(app.db, "receipts"));
        const { "dpv:hasNotice": notice } = receipt["dpv:hasRecordOfActivity"];
        const language = options.language ?? notice["dct:language"];
        await write(options, newest.jws, receiptPage(receipt, newest.jws, language));
      }),
    );
}

async function write(options: ReceiptOptions, jws: string, page: Document): Promise<void> {
  const { html, pdf, jws: file } = options;
  if (html !== undefined) await writeFileDurably(html, renderHtml(page));
  if (pdf !== undefined) await writeFileDurably(pdf, await renderPdf(page));
  if (file !== undefined) await writeFileDurably(file, jws);
  if (html !== undefined || pdf !== undefined || file !== undefined) {
    say(`Written: ${[html, pdf, file].filter((path) => path !== undefined).join(", ")}`);
    return;
  }
  for (const block of page.blocks) {
    if (block.kind === "heading") say(`\n${block.text}`);
    if (block.kind === "facts") for (const row of table(block.rows)) say(row);
  }
}
