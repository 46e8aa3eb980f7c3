import type { GrantId, SubjectId } from "../base/ids.ts";
import type { Instant } from "../base/clock.ts";
import type { KeyFile } from "../storage/key-file.ts";
import type { GrantState } from "../storage/schema.ts";
import type { Cell, Row } from "../storage/row-text.ts";

/** What people have said since a dump was made, as key files tell it. */
export interface Wishes {
  /** Erased, or without a key: nothing of theirs opens, and they are erased again. */
  isErased(subject: Cell | undefined): boolean;
  /** How a grant stands, whatever the dump says. */
  grantState(grant: Cell | undefined): { readonly state: GrantState; readonly endedAt: Cell };
  /** Whether there may be a template under this grant, or a photo of enrolment. */
  hasKey(grant: Cell | undefined): boolean;
  isAlive(grant: Cell | undefined): boolean;
}

const ENDED = { state: "erased", endedAt: null } as const;

/**
 * Reads the wishes out of the key file, and of others given to be sure. A grant that has ended by
 * one of them has ended. What the key file does not know of has no key, and is erased.
 */
export function wishesIn(keyFile: KeyFile, others: readonly KeyFile[]): Wishes {
  const files = [...others, keyFile].toSorted((one, other) => one.madeAt - other.madeAt);
  const erased = new Set<SubjectId>(files.flatMap((file) => file.erased.map(({ id }) => id)));
  const grants = new Map<GrantId, { state: GrantState; endedAt: Instant | null }>();
  for (const { id, state, endedAt } of files.flatMap((file) => file.grants)) {
    const known = grants.get(id);
    if (known && isEnd(known.state) && !isEnd(state)) continue;
    grants.set(id, { state, endedAt });
  }
  const keysOf = (table: "subject_keys" | "grant_keys", column: string) =>
    new Set(keyFile.tables[table].map((row) => row[column]));
  const people = keysOf("subject_keys", "subject_id");
  const grantKeys = keysOf("grant_keys", "grant_id");
  const stateOf = (grant: Cell | undefined) => {
    const known = grants.get(grant as GrantId);
    return known && (isEnd(known.state) || grantKeys.has(grant)) ? known : ENDED;
  };
  return {
    isErased: (subject) => erased.has(subject as SubjectId) || !people.has(subject),
    grantState: stateOf,
    hasKey: (grant) => grantKeys.has(grant) && stateOf(grant).state !== "erased",
    isAlive: (grant) => !isEnd(stateOf(grant).state),
  };
}

function isEnd(state: GrantState): boolean {
  return state === "withdrawn" || state === "expired" || state === "erased";
}

/** A row as it is put back, or null where it must not come back. */
export type Change = (row: Row) => Row | null;
