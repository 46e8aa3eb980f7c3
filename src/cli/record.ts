import { resolve } from "node:path";
import type { Command } from "commander";
import type { App } from "../app.ts";
import { unreachable } from "../base/errors.ts";
import { writeFileDurably } from "../base/files.ts";
import type { SubjectId } from "../base/ids.ts";
import { renderHtml } from "../print/html.ts";
import { renderPdf } from "../print/pdf.ts";
import { correct } from "../rights/correct.ts";
import { type Disclosed, disclose, type Disclosure } from "../rights/disclose.ts";
import { exportRecord, type ExportSummary } from "../rights/export.ts";
import type { PersonRecord } from "../rights/person-record.ts";
import { readRecord } from "../rights/record.ts";
import { recordDocument } from "../rights/record-document.ts";
import { anySubjectOf, subjectOf, withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { count, progressBar, say, writeJson } from "./output.ts";

/** Papers about one person are for their eyes and the writer's. */
const PRIVATE = 0o600;

interface AccessOptions {
  readonly subject: string;
  readonly json?: string;
  readonly html?: string;
  readonly pdf?: string;
}

interface CorrectOptions {
  readonly subject: string;
  readonly name?: string;
  readonly contact?: string;
}

/** access, export, correct, disclose. They hang on no consent. */
export function recordCommands(assent: Command): void {
  assent
    .command("access")
    .description("Tell a person everything that is held about them, in plain words or as JSON.")
    .requiredOption("--subject <person>", "name, contact or id")
    .option("--json <file>", "write it as JSON (- for standard output)")
    .option("--html <file>", "write it as a page")
    .option("--pdf <file>", "write it as a PDF")
    .action(async (options: AccessOptions, command: Command) => access(options, command));
  assent
    .command("export")
    .description("Hand a person everything of theirs as a ZIP that assent verify can check.")
    .requiredOption("--subject <person>", "name, contact or id")
    .requiredOption("--to <file.zip>", "where to write it")
    .action(async (options: { subject: string; to: string }, command: Command) =>
      exportTo(options, command),
    );
  assent
    .command("correct")
    .description("Correct a person's name or contact.")
    .requiredOption("--subject <person>", "name, contact or id, as it is known now")
    .option("--name <name>", "the right name")
    .option("--contact <address>", "the right e-mail address")
    .action(async ({ subject, name, contact }: CorrectOptions, command: Command) =>
      withApp(command, async (app) => {
        const id = await subjectOf(app, subject);
        await correct(app.db, app.recorder, id, { name, contact });
        say(`Corrected ${id}. Receipts that were given stay as they were signed.`);
      }),
    );
  assent
    .command("disclose")
    .description("Show everything the operator could hand over about a person, erased ones too.")
    .requiredOption("--subject <person>", "name, contact or id")
    .option("--json <file>", "write it as JSON instead (- for standard output)")
    .action(async (options: { subject: string; json?: string }, command: Command) =>
      withApp(command, async (app) => {
        const subject: SubjectId = await anySubjectOf(app, options.subject);
        const disclosure = await disclose(app, app.recorder, subject);
        if (options.json === undefined) for (const line of disclosureLines(disclosure)) say(line);
        else await writeJson(options.json, disclosure, PRIVATE);
      }),
    );
}

async function access(options: AccessOptions, command: Command): Promise<void> {
  await withApp(command, async (app) => {
    const subject = await subjectOf(app, options.subject);
    const record = await readRecord(app, app.recorder, subject);
    const { json, html, pdf } = options;
    if (json !== undefined) await writeJson(json, record, PRIVATE);
    if (html !== undefined) await writePrivately(html, renderHtml(recordDocument(record)));
    if (pdf !== undefined) await writePrivately(pdf, await renderPdf(recordDocument(record)));
    if (json === undefined && html === undefined && pdf === undefined) {
      for (const line of summaryOf(record)) say(line);
    }
  });
}

async function exportTo(
  options: { readonly subject: string; readonly to: string },
  command: Command,
): Promise<void> {
  if (!options.to.toLowerCase().endsWith(".zip")) {
    throw new UsageError("Give --to the name of a file that ends in .zip.");
  }
  await withApp(command, async (app) => {
    const subject = await subjectOf(app, options.subject);
    const request = { subject, to: resolve(options.to) };
    const summary = await exportWithProgress(app, request);
    say(`Wrote ${count(summary.files, "file")}, ${count(summary.photos, "photo")} among them.`);
    say(`Anybody can check it: assent verify ${options.to}`);
  });
}

async function exportWithProgress(
  app: App,
  request: { readonly subject: SubjectId; readonly to: string },
): Promise<ExportSummary> {
  using bar = progressBar("Photos", "photos");
  return await exportRecord(app, app.recorder, request, {
    onProgress: (done, total) => bar.update(done, total),
  });
}

async function writePrivately(path: string, content: string | Uint8Array): Promise<void> {
  await writeFileDurably(path, content, PRIVATE);
}

function summaryOf(record: PersonRecord): readonly string[] {
  const { subject, grants, templates, sightings, searches, entries } = record;
  const returned = searches.rows.filter((search) => search.returned !== null).length;
  return [
    `${subject.name} (${subject.contact}), known as ${subject.id} since ${subject.knownSince}.`,
    ...grants.map(
      ({ collection, state, until }) => `  ${collection.name}: ${state}, until ${until}`,
    ),
    `${count(templates.length, "template")}; ` +
      `${count(record.enrolmentPhotos.length, "enrolment photo")} kept.`,
    `${count(sightings.rows.length, "sighting")}.`,
    `${count(searches.rows.length, "search", "searches")} of their collections, ` +
      `${returned} of which returned them.`,
    `${count(record.handedOut.length, "time")} photos of them were listed or handed out.`,
    `${count(record.objections.length, "objection")}.`,
    `${count(entries.length, "entry", "entries")} in the ledger.`,
    "--html, --pdf or --json FILE tells all of it.",
  ];
}

const STANDINGS = {
  live: "a consent is in force or paused",
  ended: "no consent is in force",
  erased: "erased",
} as const;

function disclosureLines({ subject, standing, tables, named }: Disclosure): readonly string[] {
  const lines = [`${subject}: ${STANDINGS[standing]}.`];
  for (const { table, rows } of tables) {
    lines.push("", `${table}: ${count(rows.length, "row")}`);
    for (const row of rows) {
      const cells = Object.entries(row).map(([column, value]) => `${column} ${told(value)}`);
      lines.push(...cells.map((cell, index) => (index === 0 ? `  - ${cell}` : `    ${cell}`)));
    }
  }
  if (named.length > 0) lines.push("", "Ledger entries that name this id:");
  lines.push(...named.map(({ id, kind }) => `  - ${id} ${kind}`));
  return [...lines, "", "Photos stay in their collections, and show whoever is in them."];
}

function told(value: Disclosed): string {
  switch (value.kind) {
    case "readable":
      return `= ${value.value}`;
    case "opens":
      return `(sealed, the operator's keys open it) = ${value.value}`;
    case "opens_hidden":
      return `(sealed, the operator's keys open it: ${value.bytes} bytes, not shown)`;
    case "closed":
      return `(sealed, nothing opens it: ${value.bytes} bytes)`;
    case "key":
      return "(a key, there)";
    default:
      return unreachable(value);
  }
}
