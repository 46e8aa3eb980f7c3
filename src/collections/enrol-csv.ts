import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { AppError } from "../base/errors.ts";
import { inParallel } from "../base/parallel.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { PhotoSource } from "../media/source.ts";
import type { RowOutcome } from "../storage/service-schema.ts";
import type { Collection } from "./collections.ts";
import { enrol, type EnrolDeps, type Enrolment } from "./enrol.ts";
import { CollectionsError } from "./errors.ts";

/** A list of people, not a data set: larger ones come in parts. */
const ROWS_MAX = 100_000;
/** The line of the first row, as an editor shows it under the heading. */
export const FIRST_LINE = 2;
const BYTES_MAX = 64 * 1024 * 1024;

/** The columns a list of people has. Others are ignored. */
const rowSchema = z.object({
  subject: z.string(),
  contact: z.string(),
  photo: z.string().min(1),
  form: z.string(),
  signed_on: z.string(),
  witness: z.string(),
  keep_photo: z.enum(["yes", "no", ""]).default("no"),
  born: z.string().default(""),
  guardian: z.string().default(""),
  relation: z.string().default(""),
  language: z.string().default(""),
});
const COLUMNS = ["subject", "contact", "photo", "form", "signed_on", "witness"] as const;

const ROW_INVALID = {
  code: "row_invalid",
  advice: "A column is missing or empty, or keep_photo is neither yes nor no.",
};

/** What came of one row; `line` counts from 2, as an editor shows it under the heading. */
export interface RowResult {
  readonly line: number;
  readonly outcome: RowOutcome;
  /** Quality problems or an error's code and sentence; empty unless refused. */
  readonly reasons: readonly RowReason[];
}

/** Why a row was refused. Quality problems have their advice in `qualityAdvice`. */
export interface RowReason {
  readonly code: string;
  readonly advice?: string;
}

/**
 * Enrols a CSV of people, each row its own transaction and result. Rows that were done before (a
 * run that was killed) are recognised by their photo and skipped. Photos lie relative to the CSV.
 * Throws CollectionsError csv_invalid when the file as a whole can't be read.
 */
export async function enrolCsv(
  deps: EnrolDeps & { readonly parallel: number },
  recorder: Recorder,
  collection: Collection,
  file: string,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<readonly RowResult[]> {
  const rows = parseRows(await readList(file));
  const photoOf = (name: string): PhotoSource => ({ file: resolve(dirname(file), name) });
  // Models that can't be had are no fault of the rows.
  await deps.engines(collection.pack);
  const results: RowResult[] = [];
  let done = 0;
  onProgress(done, rows.length);
  await inParallel(rows.entries(), deps.parallel, async ([index, row]) => {
    results.push(
      await enrolRow(deps, recorder, collection, { line: index + FIRST_LINE, row, photoOf }),
    );
    done += 1;
    onProgress(done, rows.length);
  });
  return results.sort((a, b) => a.line - b.line);
}

/** One row of a list, and where its photo is by the name it has there. */
export interface ListedRow {
  readonly line: number;
  readonly row: unknown;
  /** Throws MediaError missing where there is none. */
  readonly photoOf: (name: string) => PhotoSource;
}

/** Enrols the person of one row. What can't be helped by another row (a full disk) is thrown. */
export async function enrolRow(
  deps: EnrolDeps,
  recorder: Recorder,
  collection: Collection,
  { line, row, photoOf }: ListedRow,
): Promise<RowResult> {
  const parsed = rowSchema.safeParse(row);
  if (!parsed.success) return { line, outcome: "refused", reasons: [ROW_INVALID] };
  try {
    const result = await enrol(deps, recorder, collection, toEnrolment(parsed.data, photoOf));
    if (result.kind !== "refused") return { line, outcome: result.kind, reasons: [] };
    return { line, outcome: "refused", reasons: result.problems.map((code) => ({ code })) };
  } catch (error) {
    if (!(error instanceof AppError) || error.name === "StorageError") throw error;
    return { line, outcome: "refused", reasons: [{ code: error.code, advice: error.message }] };
  }
}

function toEnrolment(row: z.infer<typeof rowSchema>, photoOf: ListedRow["photoOf"]): Enrolment {
  const { subject, contact, form, witness, born, relation } = row;
  const guardian = { name: row.guardian, relation };
  return {
    name: subject,
    contact,
    photo: photoOf(row.photo),
    evidence: { kind: "paper", form, signedOn: row.signed_on, witness, born, guardian },
    keepPhoto: row.keep_photo === "yes",
    language: row.language === "" ? undefined : row.language,
  };
}

async function readList(file: string): Promise<Uint8Array> {
  const info = await stat(file).catch((cause: unknown) => {
    throw invalid("The CSV file can't be read.", cause);
  });
  if (!info.isFile() || info.size > BYTES_MAX) throw invalid("The CSV file is too large.");
  return readFile(file);
}

function invalid(message: string, cause?: unknown): CollectionsError {
  return new CollectionsError("csv_invalid", message, { cause });
}

/** The rows of a CSV by their columns' names. Throws CollectionsError csv_invalid. */
export function parseRows(
  csv: Uint8Array,
  rowsMax: number = ROWS_MAX,
): readonly Readonly<Record<string, string>>[] {
  let rows: readonly Record<string, string>[];
  try {
    rows = parse(Buffer.from(csv), {
      columns: (names: readonly string[]) => names.map((name) => name.trim().toLowerCase()),
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      delimiter: [",", ";", "\t"],
      to: rowsMax + 1,
    });
  } catch (cause) {
    throw invalid("The CSV can't be parsed. Save it as comma-separated UTF-8 text.", cause);
  }
  if (rows.length > rowsMax) throw invalid(`The CSV has over ${rowsMax} rows. Split it.`);
  const missing = COLUMNS.filter((column) => rows[0] && !(column in rows[0]));
  if (rows.length === 0 || missing.length > 0) {
    throw invalid(`The CSV needs a heading with the columns ${COLUMNS.join(", ")}.`);
  }
  return rows;
}
