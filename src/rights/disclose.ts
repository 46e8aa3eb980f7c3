import { assert } from "../base/errors.ts";
import type { EventId, SubjectId } from "../base/ids.ts";
import { type LedgerEvent, type Recorder } from "../ledger/ledger.ts";
import type { Db } from "../storage/db.ts";
import { StorageError } from "../storage/errors.ts";
import type { Schema } from "../storage/schema.ts";
import type { KeyOwner, Vault } from "../storage/vault.ts";
import { SubjectsError } from "../subjects/subjects.ts";
import { noteRead, type RecordDeps } from "./record.ts";
import { rowsAbout } from "./rows-about.ts";

/** How the person stands: somebody's consent is in force or paused, or none is, or they are erased. */
export type Standing = "live" | "ended" | "erased";

/**
 * What the operator can make of one value: it is readable as it stands; it is sealed and their keys
 * open it (biometrics are never shown, only that they open); it is sealed and nothing opens it; it
 * is a key.
 */
export type Disclosed =
  | { readonly kind: "readable"; readonly value: string | number }
  | { readonly kind: "opens"; readonly value: string }
  | { readonly kind: "opens_hidden"; readonly bytes: number }
  | { readonly kind: "closed"; readonly bytes: number }
  | { readonly kind: "key" };

/** A row, by column; columns that hold nothing are left out. */
export type DisclosedRow = Readonly<Record<string, Disclosed>>;

/** Everything that the operator could hand over about a person, as it lies in the database. */
export interface Disclosure {
  readonly subject: SubjectId;
  readonly standing: Standing;
  readonly tables: readonly {
    readonly table: keyof Schema;
    readonly rows: readonly DisclosedRow[];
  }[];
  /** Entries of nobody that name this person by their id: that they were erased. */
  readonly named: readonly { readonly id: EventId; readonly kind: LedgerEvent["kind"] }[];
}

/**
 * Everything the operator could hand over about a person, to whoever may ask for it: what is
 * readable, what their keys open, and what nothing opens any more. Of somebody erased only bare
 * facts are left. The ledger notes it as a reading of the person's record. Throws SubjectsError
 * subject_unknown.
 */
export async function disclose(
  deps: RecordDeps,
  recorder: Recorder,
  subject: SubjectId,
): Promise<Disclosure> {
  const standing = await standingOf(deps.db, subject);
  if (standing !== "erased") await noteRead(deps, recorder, subject, "record.read");
  const tables = [];
  for (const { table, rows } of await rowsAbout(deps.db, subject)) {
    const disclosed: DisclosedRow[] = [];
    for (const row of rows) disclosed.push(await discloseRow(deps, table, row, subject));
    if (disclosed.length > 0) tables.push({ table, rows: disclosed });
  }
  const named = standing === "erased" ? await entriesNaming(deps, subject) : [];
  return { subject, standing, tables, named };
}

async function standingOf(db: Db, subject: SubjectId): Promise<Standing> {
  const person = await db.read
    .selectFrom("subjects")
    .select("erased_at")
    .where("id", "=", subject)
    .executeTakeFirst();
  if (!person) throw new SubjectsError("subject_unknown", "No person has this id.");
  if (person.erased_at !== null) return "erased";
  const alive = await db.read
    .selectFrom("grants")
    .select("id")
    .where("subject_id", "=", subject)
    .where("state", "in", ["granted", "paused"])
    .executeTakeFirst();
  return alive ? "live" : "ended";
}

type Row = Readonly<Record<string, unknown>>;

async function discloseRow(
  deps: RecordDeps,
  table: keyof Schema,
  row: Row,
  subject: SubjectId,
): Promise<DisclosedRow> {
  const found: Record<string, Disclosed> = {};
  for (const [column, value] of Object.entries(row)) {
    if (value === null) continue;
    if (value instanceof Uint8Array) {
      found[column] = await discloseBytes(deps, { table, column, row, subject }, value);
    } else {
      assert(typeof value === "string" || typeof value === "number", "A cell is text or a number.");
      found[column] = { kind: "readable", value };
    }
  }
  return found;
}

interface Cell {
  readonly table: keyof Schema;
  readonly column: string;
  readonly row: Row;
  readonly subject: SubjectId;
}

async function discloseBytes(
  { db, vault }: { readonly db: Db; readonly vault: Vault },
  cell: Cell,
  bytes: Uint8Array,
): Promise<Disclosed> {
  if (cell.column === "wrapped_key") return { kind: "key" };
  const seal = sealOf(cell);
  if (!seal) return { kind: "readable", value: Buffer.from(bytes).toString("hex") };
  try {
    const opened = await vault.unseal(db, seal.owner, bytes, seal.context);
    const { length } = opened;
    const value = seal.hidden ? "" : opened.toString();
    opened.fill(0);
    return seal.hidden ? { kind: "opens_hidden", bytes: length } : { kind: "opens", value };
  } catch (error) {
    if (error instanceof StorageError && error.code === "key_destroyed") {
      return { kind: "closed", bytes: bytes.length };
    }
    throw error;
  }
}

/** Under which key a sealed value lies, bound to what; null for what is not sealed (leaves). */
function sealOf({ table, column, row, subject }: Cell): {
  readonly owner: KeyOwner;
  readonly context: readonly string[];
  readonly hidden?: true;
} | null {
  const text = (name: string): string => String(row[name]);
  const ofSubject = { kind: "subject", id: subject } as const;
  const ofGrant = { kind: "grant", id: text("grant_id") as GrantOf } as const;
  switch (`${table}.${column}`) {
    case "subjects.sealed_name":
      return { owner: ofSubject, context: ["name"] };
    case "subjects.sealed_contact":
      return { owner: ofSubject, context: ["contact"] };
    case "consents.sealed_evidence":
      return { owner: ofSubject, context: ["evidence", text("id")] };
    case "consents.sealed_receipt":
      return { owner: ofSubject, context: ["receipt", text("id")] };
    case "objections.sealed_reason":
      return { owner: ofSubject, context: ["objection", text("id")] };
    case "templates.sealed_vector": {
      const context = ["template", "find", text("collection_id"), text("pack"), text("id")];
      return { owner: ofGrant, context, hidden: true };
    }
    case "enrolment_photos.sealed_photo":
      return { owner: ofGrant, context: ["photo", text("photo_index")], hidden: true };
    case "entries.subject_body":
      return {
        owner: { kind: "audit", id: subject, holder: "subject" },
        context: ["entry", text("id")],
      };
    case "entries.operator_body":
      return {
        owner: { kind: "audit", id: subject, holder: "operator" },
        context: ["entry", text("id")],
      };
    default:
      return null;
  }
}

type GrantOf = Extract<KeyOwner, { kind: "grant" }>["id"];

/** Entries looked through at a time. */
const PAGE = 1000;

async function entriesNaming(
  { ledger }: RecordDeps,
  subject: SubjectId,
): Promise<Disclosure["named"]> {
  const found: { id: EventId; kind: LedgerEvent["kind"] }[] = [];
  for (let before: number | undefined; ;) {
    const page = await ledger.operatorEntries({
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    for (const { id, opening } of page) {
      if (opening && Object.values(opening.event).includes(subject)) {
        found.push({ id, kind: opening.event["kind"] as LedgerEvent["kind"] });
      }
    }
    before = page.at(-1)?.leafIndex;
    if (before === undefined) return found;
  }
}
