import { z } from "zod";
import { StorageError } from "./errors.ts";

/** What a column holds, in either database. */
export type Cell = string | number | null | Uint8Array;
/** A row of any table. */
export type Row = Readonly<Record<string, Cell>>;

const cellSchema = z.union([
  z.string(),
  z.number(),
  z.null(),
  z.strictObject({ base64: z.base64() }).transform(({ base64 }) => Buffer.from(base64, "base64")),
]);
/** A row as it is written: bytes as an object with their base64. */
export const rowSchema = z.record(z.string().max(100), cellSchema);

/** A row as JSON can say it. */
export function plainRow(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const cells = Object.entries(row).map(([column, value]) => [column, plainCell(value)]);
  return Object.fromEntries(cells) as Record<string, unknown>;
}

/** A row as one line. */
export function lineOf(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(plainRow(row));
}

/** The row a line says. Throws StorageError row_invalid. */
export function rowOf(line: string): Row {
  try {
    return rowSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new StorageError("row_invalid", "A line of a backup can't be read as a row.", { cause });
  }
}

function plainCell(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return { base64: Buffer.from(value).toString("base64") };
}
