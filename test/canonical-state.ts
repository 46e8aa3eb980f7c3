import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesOf, sha256Hex } from "../src/base/bytes.ts";
import { unreachable } from "../src/base/errors.ts";
import type { GrantId, SubjectId, TemplateId } from "../src/base/ids.ts";
import type { Db } from "../src/storage/db.ts";
import type { Schema } from "../src/storage/schema.ts";
import { eventsOf } from "./ledger.ts";
import { COLUMN_RULES, type ColumnRule } from "./column-rules.ts";
import { openTemplates } from "../src/collections/templates.ts";
import { readSubject } from "../src/subjects/subjects.ts";
import type { Vault } from "../src/storage/vault.ts";

/** The parts of an instance that its state is read from. */
export interface Instance {
  readonly db: Db;
  readonly vault: Vault;
  readonly folder: string;
}

/** Lines of text, sorted: two states are equal when these are. */
export interface CanonicalState {
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** Every file below the folder of photos, with what is wrong with it, if anything is. */
  readonly photos: readonly string[];
  /** Every file below the folder of deliveries, by its content. */
  readonly deliveries: readonly string[];
}

type Value = string | number | Uint8Array | null;
type Row = Readonly<Record<string, Value>>;

/** An id that names no row there is: the sign of something half-written. */
export const DANGLING = "DANGLING";

/**
 * Everything an instance holds, without what differs between two runs of the same work: random
 * ids are replaced by what they name, ciphertexts by what they hold. Finished jobs are left out,
 * and repeated imports of a folder, which add nothing, are folded into the first.
 */
export async function canonicalState(instance: Instance): Promise<CanonicalState> {
  const { db } = instance;
  const rows = new Map<string, readonly Row[]>();
  for (const table of Object.keys(COLUMN_RULES)) rows.set(table, await allRows(db, table));
  const opened = await openSealed(instance, rows);
  const names = nameIds(rows, opened);
  const tables: Record<string, readonly string[]> = {};
  for (const [table, rules] of Object.entries(COLUMN_RULES)) {
    const kept = (rows.get(table) ?? []).filter((row) => table !== "jobs" || !isOver(row));
    const lines = kept.map((row) => lineOf(table, row, rules, { names, opened }));
    const folded = table === "imports" || table === "import_files" ? [...new Set(lines)] : lines;
    // Of a table whose every column is left out, how many rows there are is a matter of timing too.
    tables[table] = folded.filter((line) => line !== "").sort();
  }
  return { tables, ...(await filesOf(instance)) };
}

/** The files that an instance keeps, and what is wrong with them, if anything is. */
export async function filesOf({
  db,
  folder,
}: Pick<Instance, "db" | "folder">): Promise<Pick<CanonicalState, "photos" | "deliveries">> {
  const media = await db.read.selectFrom("media").select("sha256").execute();
  const made = await db.read
    .selectFrom("deliveries")
    .select("id")
    .where("made_at", "is not", null)
    .execute();
  const hashes = new Set(media.map(({ sha256 }) => sha256));
  return {
    photos: await listPhotos(join(folder, "photos"), hashes),
    deliveries: await listDeliveries(join(folder, "deliveries"), new Set(made.map(({ id }) => id))),
  };
}

/**
 * Every complaint that can be made of a state by itself, where each collection has a scene basis.
 * An undisturbed run has none.
 */
export function complaintsOf(state: CanonicalState): readonly string[] {
  const lines = Object.entries(state.tables).flatMap(([table, rows]) =>
    rows.map((row) => `${table}: ${row}`),
  );
  return [
    ...lines.filter((line) => line.includes(DANGLING)),
    ...lines.filter((line) => line.includes("scanned_version=behind")),
    ...(state.tables["jobs"] ?? []).map((job) => `unfinished job: ${job}`),
    ...state.photos.filter((line) => !line.endsWith(" whole")),
    ...state.deliveries.filter((line) => !line.endsWith(" made")),
  ];
}

async function allRows(db: Db, table: string): Promise<readonly Row[]> {
  return db.read
    .selectFrom(table as keyof Schema)
    .selectAll()
    .execute();
}

function isOver(row: Row): boolean {
  return row["state"] === "done";
}

/** The plain values of sealed columns, by `table.column/id`. */
type Opened = ReadonlyMap<string, string>;

async function openSealed(
  { db, vault }: Instance,
  rows: ReadonlyMap<string, readonly Row[]>,
): Promise<Opened> {
  const opened = new Map<string, string>();
  for (const row of rows.get("subjects") ?? []) {
    const id = row["id"] as SubjectId;
    if (row["erased_at"] !== null) continue;
    const { name, contact } = await readSubject(db, vault, id);
    opened.set(`subjects.name/${id}`, name);
    opened.set(`subjects.sealed_contact/${id}`, contact);
  }
  const grants = new Map((rows.get("grants") ?? []).map((row) => [row["id"], row]));
  for (const row of rows.get("consents") ?? []) {
    const sealed = row["sealed_evidence"] as Uint8Array | null;
    if (sealed === null) continue;
    const id = String(row["id"]);
    const subject = grants.get(row["grant_id"] ?? null)?.["subject_id"] as SubjectId;
    const evidence = await vault.unseal(db, { kind: "subject", id: subject }, sealed, [
      "evidence",
      id,
    ]);
    opened.set(`consents.sealed_evidence/${id}`, evidence.toString());
  }
  const issued = new Set((rows.get("certificates") ?? []).map(({ jws }) => sha256Hex(String(jws))));
  for (const { id, event } of await eventsOf({ db, vault })) {
    opened.set(`entries.operator_body/${id}`, sayEvent(event, issued));
  }
  const ids = (rows.get("templates") ?? []).map((row) => row["id"] as TemplateId);
  for (const { id, vector } of await openTemplates(db, vault, ids)) {
    opened.set(`templates.sealed_vector/${id}`, sha256Hex(bytesOf(vector)));
  }
  for (const row of rows.get("enrolment_photos") ?? []) {
    const owner = { kind: "grant", id: row["grant_id"] as GrantId } as const;
    const index = String(row["photo_index"]);
    const photo = await vault.unseal(db, owner, row["sealed_photo"] as Uint8Array, [
      "photo",
      index,
    ]);
    opened.set(`enrolment_photos.sealed_photo/${owner.id}${index}`, sha256Hex(photo));
  }
  for (const row of rows.get("media") ?? []) {
    const of = rows.get("collections")?.find(({ id }) => id === row["collection_id"]);
    const current = row["scanned_version"] === of?.["template_version"];
    opened.set(`media.scanned_version/${String(row["id"])}`, current ? "current" : "behind");
  }
  return opened;
}

/**
 * What an event says, without what differs between two runs: times, digests, its own id. Of a
 * certificate, whether there is one of this hash.
 */
function sayEvent(
  { certificate, ...event }: Readonly<Record<string, unknown>>,
  issued: ReadonlySet<string>,
): string {
  const left = new Set(["id", "at", "number", "startedAt", "receipt", "probe"]);
  const said = Object.entries(event).filter(([key]) => !left.has(key));
  if (certificate !== undefined) {
    said.push(["certificate", issued.has(certificate as string) ? "issued" : DANGLING]);
  }
  return JSON.stringify(Object.fromEntries(said));
}

type Names = ReadonlyMap<string, string>;

/** In an order in which every name is made of names there are already. */
function nameIds(rows: ReadonlyMap<string, readonly Row[]>, opened: Opened): Names {
  const names = new Map<string, string>();
  const name = (table: string, of: (row: Row) => string) => {
    for (const row of rows.get(table) ?? []) names.set(String(row["id"]), of(row));
  };
  const named = (row: Row, column: string) => nameOf(names, row[column]);
  for (const { name, value } of rows.get("settings") ?? []) {
    if (name === "instance") names.set(String(value), "instance");
  }
  name("epoch_keys", () => "epoch");
  name("collections", (row) => `collection ${String(row["name"])}`);
  name("notices", (row) => `notice ${String(row["version"])} of ${named(row, "collection_id")}`);
  name("subjects", ({ id }) => opened.get(`subjects.name/${String(id)}`) ?? "erased person");
  name("grants", (row) => `grant of ${named(row, "subject_id")}, ${named(row, "collection_id")}`);
  name("consents", (row) => `consent for ${named(row, "grant_id")}`);
  name("templates", (row) => `template of ${named(row, "grant_id")}`);
  name("media", (row) => `photo ${String(row["sha256"]).slice(0, 12)}`);
  name("faces", (row) => `face ${String(row["position"])} of ${named(row, "media_id")}`);
  name("sightings", (row) => `${named(row, "subject_id")} at ${named(row, "face_id")}`);
  name("imports", (row) => `import of ${String(row["folder"])}`);
  name("searches", (row) => `search for ${String(row["purpose"])}`);
  return names;
}

function nameOf(names: Names, id: Value | undefined): string {
  if (id === null) return "null";
  return (typeof id === "string" ? names.get(id) : undefined) ?? DANGLING;
}

const ID =
  /\b(?:ins|col|not|sub|gra|tem|med|fac|sig|imp|bac|job|sea|epo|eve|con|obj|web|wit|acc|inv|ale)_[\w-]{16}/gu;

function lineOf(
  table: string,
  row: Row,
  rules: Readonly<Record<string, ColumnRule>>,
  { names, opened }: { readonly names: Names; readonly opened: Opened },
): string {
  const say = (column: string, rule: ColumnRule): string => {
    const value = row[column] ?? null;
    switch (rule) {
      case "same":
        return JSON.stringify(value);
      case "id":
        return nameOf(names, value);
      case "text":
        return String(value).replaceAll(ID, (id) => nameOf(names, id));
      case "set":
        return value === null ? "null" : "set";
      case "opened": {
        if (value === null) return "null";
        const key = row["id"] ?? `${String(row["grant_id"])}${String(row["photo_index"])}`;
        const plain = opened.get(`${table}.${column}/${key.toString()}`) ?? DANGLING;
        return plain.replaceAll(ID, (id) => nameOf(names, id));
      }
      case "left":
        return "";
      default:
        return unreachable(rule);
    }
  };
  return Object.entries(rules)
    .filter(([, rule]) => rule !== "left")
    .map(([column, rule]) => `${column}=${say(column, rule)}`)
    .join(" ");
}

async function listPhotos(folder: string, known: ReadonlySet<string>): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const lines: string[] = [];
  const found = new Set<string>();
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    const name = path.slice(folder.length).replaceAll(/[\\/]/gu, "");
    found.add(name);
    const hash = sha256Hex(await readFile(path));
    if (!known.has(name)) lines.push(`${name} belongs to no photo`);
    else lines.push(hash === name ? `${name} whole` : `${name} changed`);
  }
  for (const name of known) if (!found.has(name)) lines.push(`${name} missing`);
  return lines.sort();
}

/** Copies of the same photos and videos are alike to the byte. */
async function listDeliveries(
  folder: string,
  made: ReadonlySet<string>,
): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.map(async (name) => {
    if (name.endsWith(".part")) return "half a delivery";
    const [id = ""] = name.split(".");
    const hash = sha256Hex(await readFile(join(folder, name)));
    return `${hash} ${made.has(id) ? "made" : "of a delivery that is not made"}`;
  });
  const missing = [...made].filter((id) => !names.some((name) => name.startsWith(id)));
  return [...(await Promise.all(files)), ...missing.map(() => "a delivery is missing")].sort();
}
