import type { z } from "zod";
import { HttpError } from "./errors.ts";

/**
 * A cursor is where the page before ended: its last key, as base64url of JSON. It is not signed: it
 * says where to begin in a list that its reader may read anyway, and is parsed like any other input.
 */
export function writeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** The key in a cursor, or null where there is none. Throws HttpError cursor_invalid. */
export function readCursor<Key>(cursor: string | undefined, schema: z.ZodType<Key>): Key | null {
  if (cursor === undefined) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new HttpError("cursor_invalid");
}

/** Of one row more than the page holds: the page, and the cursor of the next where there is one. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  of: { readonly key: (row: Row) => unknown; readonly item: (row: Row) => Item },
): { readonly items: Item[]; readonly next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? writeCursor(of.key(last)) : null;
  return { items: shown.map(of.item), next };
}
