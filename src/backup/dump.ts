import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import type { Reader } from "../storage/db.ts";
import { lineOf } from "../storage/row-text.ts";
import type { SettingName } from "../storage/settings.ts";
import { fileOf, type Manifest } from "./manifest.ts";
import { DUMPED, type DumpedTable } from "./tables.ts";

/** Rows read at a time: some megabytes at the most. */
const PAGE_ROWS = 1000;
/** What an instance remembers of its own files, and another must not. */
const OWN_SETTINGS: readonly SettingName[] = ["scrub", "restore"];

type Row = Readonly<Record<string, unknown>>;

/** Writes every table of a dump into a folder, one row a line. The reader sees one moment. */
export async function dumpTables(reader: Reader, folder: string): Promise<Manifest["tables"]> {
  const tables: Manifest["tables"] = [];
  for (const table of DUMPED) {
    const written = await writeRows(join(folder, fileOf(table.name)), rowsOf(reader, table));
    tables.push({ name: table.name, ...written });
  }
  return tables;
}

/** Every row of a table in pages, each read after the last row of the one before. */
async function* rowsOf(reader: Reader, table: DumpedTable): AsyncGenerator<readonly Row[]> {
  const key = sql.join(table.key.map((column) => sql.ref(column)));
  for (let last: Row | null = null; ;) {
    const after: Row | null = last;
    const page: readonly Row[] = await reader.read
      .selectFrom(table.name)
      .selectAll()
      .$if(after !== null, (query) => {
        const values = sql.join(table.key.map((column) => after?.[column] ?? null));
        return query.where(sql<boolean>`(${key}) > (${values})`);
      })
      .orderBy(key)
      .limit(PAGE_ROWS)
      .execute();
    last = page.at(-1) ?? null;
    if (!last) return;
    yield page.filter((row) => !isOwnSetting(table, row));
  }
}

function isOwnSetting({ name }: DumpedTable, row: Row): boolean {
  return name === "settings" && OWN_SETTINGS.some((setting) => setting === row["name"]);
}

async function writeRows(path: string, pages: AsyncIterable<readonly Row[]>) {
  const hash = createHash("sha256");
  let rows = 0;
  await using file = await open(path, "wx");
  for await (const page of pages) {
    const text = page.map((row) => `${lineOf(row)}\n`).join("");
    hash.update(text);
    await file.writeFile(text);
    rows += page.length;
  }
  await file.sync();
  return { rows, sha256: hash.digest("hex") };
}
