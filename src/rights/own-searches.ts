import type { AccountId, CollectionId, SearchId, SubjectId } from "../base/ids.ts";
import type { Ledger } from "../ledger/log.ts";
import type { Db } from "../storage/db.ts";
import type { SightingVerdict } from "../storage/schema.ts";
import type { Role } from "../storage/service-schema.ts";
import { readLedgerState } from "./record.ts";
import { searchesHeld } from "./record-searches.ts";

/** A search of a person's collections as they are shown it. */
export interface OwnSearch {
  readonly id: SearchId;
  readonly collection: { readonly id: CollectionId; readonly name: string };
  /** The account or key. */
  readonly by: string;
  /** What the account is now; `operator`: somebody at the machine itself. */
  readonly role: Role | "key" | "operator";
  readonly purpose: string;
  readonly startedAt: number;
  readonly recordedAt: number;
  readonly returned: SightingVerdict | null;
  /** The number of their own entry that says it returned them. */
  readonly entry: number | null;
  /** To when what it was made with was to be kept; null: it was deleted at once. */
  readonly keptUntil: number | null;
}

/** Who looked for a person, when, why, and whether it found them: a page, the newest first. */
export async function pageOfOwnSearches(
  deps: { readonly db: Db; readonly ledger: Ledger },
  page: {
    readonly subject: SubjectId;
    readonly after: { readonly recordedAt: number; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly OwnSearch[]> {
  const { subject, after, limit } = page;
  const { size, entries } = await readLedgerState(deps.ledger, subject);
  const { rows } = await searchesHeld(deps, { subject, entries, size });
  const told = rows.map((row) => ({ ...row, recordedAt: Date.parse(row.recordedAt) }));
  const behind = told.filter(
    ({ id, recordedAt }) =>
      after === null ||
      recordedAt < after.recordedAt ||
      (recordedAt === after.recordedAt && id > after.id),
  );
  const shown = behind.slice(0, limit);
  const roles = await rolesOf(deps.db, [...new Set(shown.map(({ account }) => account))]);
  return shown.map(({ id, collection, account, purpose, startedAt, recordedAt, ...row }) => ({
    id,
    collection,
    by: account,
    role: account.startsWith("aky_") ? "key" : (roles.get(account) ?? "operator"),
    purpose,
    startedAt: Date.parse(startedAt),
    recordedAt,
    returned: row.returned,
    entry: row.entry,
    keptUntil: row.keptUntil === null ? null : Date.parse(row.keptUntil),
  }));
}

async function rolesOf(db: Db, accounts: readonly string[]): Promise<ReadonlyMap<string, Role>> {
  if (accounts.length === 0) return new Map();
  const rows = await db.read
    .selectFrom("accounts")
    .select(["id", "role"])
    .where("id", "in", accounts as readonly AccountId[])
    .execute();
  return new Map(rows.map(({ id, role }) => [id, role]));
}
