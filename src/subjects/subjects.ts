import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import { newId, type SubjectId } from "../base/ids.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";
import type { Vault } from "../storage/vault.ts";

export type SubjectsCode =
  | "subject_unknown"
  | "subject_ambiguous"
  | "subject_erased"
  | "subject_name_invalid"
  | "subject_contact_invalid"
  | "subject_known";

/** A person can't be found or made. */
export class SubjectsError extends AppError<SubjectsCode> {}

/** Long enough for any real name or address, short enough for a caption. */
const NAME_LENGTH_MAX = 200;
const CONTACT_LENGTH_MAX = 320;

/** Who a subject is, opened. Never logged. */
export interface Subject {
  readonly id: SubjectId;
  readonly name: string;
  readonly contact: string;
}

/**
 * The subject of this name and contact, made if new, and locked against erasure until the
 * transaction ends. A contact alone is not a person: a family may share one.
 */
export async function findOrCreateSubject(
  tx: Tx,
  vault: Vault,
  clock: Clock,
  person: { readonly name: string; readonly contact: string },
): Promise<SubjectId> {
  return (await meetSubject(tx, vault, clock, person)).id;
}

/** As `findOrCreateSubject`, and whether they are new. */
export async function meetSubject(
  tx: Tx,
  vault: Vault,
  clock: Clock,
  person: { readonly name: string; readonly contact: string },
): Promise<{ readonly id: SubjectId; readonly made: boolean }> {
  const name = parseName(person.name);
  const contact = parseContact(person.contact);
  const keys = { name_index: indexName(vault, name), contact_index: indexContact(vault, contact) };
  const id = newId("sub");
  // The row first, unnamed for a moment: its key points at it, and its name is sealed by that key.
  const made = await tx.write
    .insertInto("subjects")
    .values({
      id,
      ...keys,
      sealed_name: new Uint8Array(),
      sealed_contact: null,
      created_at: clock.now(),
      erased_at: null,
    })
    .onConflict((conflict) => conflict.columns(["name_index", "contact_index"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (!made) {
    const known = await lockKnown(tx, keys);
    // Erased while this waited for the lock: whoever it is now is new.
    return known ? { id: known, made: false } : meetSubject(tx, vault, clock, person);
  }
  const owner = { kind: "subject", id } as const;
  await vault.createKey(tx, owner);
  await vault.createAuditKeys(tx, id);
  await tx.write
    .updateTable("subjects")
    .set({
      sealed_name: await vault.seal(tx, owner, Buffer.from(name), ["name"]),
      sealed_contact: await vault.seal(tx, owner, Buffer.from(contact), ["contact"]),
    })
    .where("id", "=", id)
    .execute();
  return { id, made: true };
}

/**
 * Finds a subject by id, exact name or contact (case and spaces at the ends don't matter). Throws
 * SubjectsError: subject_unknown, subject_ambiguous, subject_erased.
 */
export async function findSubject(db: Reader, vault: Vault, text: string): Promise<SubjectId> {
  const rows = await db.read
    .selectFrom("subjects")
    .select(["id", "erased_at"])
    .where((where) =>
      where.or([
        where("id", "=", text as SubjectId),
        where("name_index", "=", indexName(vault, text)),
        where("contact_index", "=", indexContact(vault, text)),
      ]),
    )
    .execute();
  const [row] = rows;
  if (!row) throw new SubjectsError("subject_unknown", "No person of this name, contact or id.");
  if (rows.length > 1) {
    const ids = rows.map(({ id }) => id).join(", ");
    throw new SubjectsError("subject_ambiguous", `Several people fit. Name one by its id: ${ids}`);
  }
  if (row.erased_at !== null) throw erasedAlready();
  return row.id;
}

/** Opens a subject's name and contact. Throws subject_unknown, subject_erased. */
export async function readSubject(db: Reader, vault: Vault, id: SubjectId): Promise<Subject> {
  const row = await db.read
    .selectFrom("subjects")
    .select(["sealed_name", "sealed_contact"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row) throw new SubjectsError("subject_unknown", "No person has this id.");
  if (!row.sealed_name || !row.sealed_contact) {
    throw erasedAlready();
  }
  const owner = { kind: "subject", id } as const;
  return {
    id,
    name: (await vault.unseal(db, owner, row.sealed_name, ["name"])).toString(),
    contact: (await vault.unseal(db, owner, row.sealed_contact, ["contact"])).toString(),
  };
}

/**
 * Gives a living subject another name or contact, and locks them until the transaction ends. Throws
 * SubjectsError: subject_unknown, subject_erased, subject_name_invalid, subject_contact_invalid;
 * subject_known where somebody else has this very name and contact.
 */
export async function correctSubject(
  tx: Tx,
  vault: Vault,
  id: SubjectId,
  to: { readonly name?: string | undefined; readonly contact?: string | undefined },
): Promise<void> {
  if (!(await lockSubject(tx, id))) throw erasedAlready();
  const known = await readSubject(tx, vault, id);
  const name = parseName(to.name ?? known.name);
  const contact = parseContact(to.contact ?? known.contact);
  const keys = { name_index: indexName(vault, name), contact_index: indexContact(vault, contact) };
  const other = await tx.read
    .selectFrom("subjects")
    .select("id")
    .where("name_index", "=", keys.name_index)
    .where("contact_index", "=", keys.contact_index)
    .where("id", "<>", id)
    .executeTakeFirst();
  if (other) {
    throw new SubjectsError("subject_known", "Somebody else has this very name and contact.");
  }
  const owner = { kind: "subject", id } as const;
  await tx.write
    .updateTable("subjects")
    .set({
      ...keys,
      sealed_name: await vault.seal(tx, owner, Buffer.from(name), ["name"]),
      sealed_contact: await vault.seal(tx, owner, Buffer.from(contact), ["contact"]),
    })
    .where("id", "=", id)
    .execute();
}

/**
 * Locks a subject for erasure: nobody gives a grant in their name until the transaction ends. False
 * when they are erased already. Throws subject_unknown.
 */
export async function lockSubject(tx: Tx, id: SubjectId): Promise<boolean> {
  const query = tx.write.selectFrom("subjects").select("erased_at").where("id", "=", id);
  const row = await locked(tx, query, "update").executeTakeFirst();
  if (!row) throw new SubjectsError("subject_unknown", "No person has this id.");
  return row.erased_at === null;
}

/** Takes name and contact away; the id stays, so that the record's events still point somewhere. */
export async function eraseSubject(
  tx: Tx,
  vault: Vault,
  clock: Clock,
  id: SubjectId,
): Promise<void> {
  await tx.write
    .updateTable("subjects")
    .set({
      name_index: null,
      contact_index: null,
      sealed_name: null,
      sealed_contact: null,
      erased_at: clock.now(),
    })
    .where("id", "=", id)
    .where("erased_at", "is", null)
    .execute();
  await vault.destroyKey(tx, { kind: "subject", id });
}

async function lockKnown(
  tx: Tx,
  keys: { readonly name_index: string; readonly contact_index: string },
): Promise<SubjectId | null> {
  const query = tx.write
    .selectFrom("subjects")
    .select("id")
    .where("name_index", "=", keys.name_index)
    .where("contact_index", "=", keys.contact_index);
  return (await locked(tx, query, "share").executeTakeFirst())?.id ?? null;
}

function erasedAlready(): SubjectsError {
  return new SubjectsError("subject_erased", "This person was erased.");
}

function parseName(text: string): string {
  const name = text.trim().normalize("NFC");
  if (name !== "" && name.length <= NAME_LENGTH_MAX) return name;
  throw new SubjectsError(
    "subject_name_invalid",
    `A name is needed, of at most ${NAME_LENGTH_MAX} characters.`,
  );
}

/** An e-mail address as people write one. Throws SubjectsError subject_contact_invalid. */
export function parseContact(text: string): string {
  const contact = text.trim();
  if (contact.length <= CONTACT_LENGTH_MAX && /^[^\s@]+@[^\s@]+$/u.test(contact)) return contact;
  throw new SubjectsError(
    "subject_contact_invalid",
    "The contact must be an e-mail address: it is how the person gets their receipt and link.",
  );
}

/** The keyed digest under which a name is found. */
export function indexName(vault: Vault, name: string): string {
  return vault.index("subject/name", name.trim().normalize("NFC").toLowerCase());
}

/** The keyed digest under which a contact is found. */
export function indexContact(vault: Vault, contact: string): string {
  return vault.index("subject/contact", contact.trim().toLowerCase());
}
