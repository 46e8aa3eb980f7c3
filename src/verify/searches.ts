import { z } from "zod";
import type { Json } from "./canonical.ts";
import type { SignedCheckpoint } from "./checkpoint.ts";
import type { Opening } from "./commitment.ts";
import { type EntryProof, verifyEntryIn } from "./entry.ts";
import { VerifyError } from "./errors.ts";

/** The entry that records a search, and what proves that the ledger holds it. */
export interface ProvenSearch {
  readonly search: string;
  readonly id: string;
  readonly leafIndex: number;
  readonly opening: Opening;
  readonly proof: EntryProof;
}

const count = z.int().nonnegative();

/** `ledger/searches.json`: for each search of the person's record the entry that records it. */
export const searchesSchema = z.array(
  z.strictObject({
    search: z.string(),
    id: z.string(),
    leafIndex: count,
    opening: z.strictObject({ salt: z.string(), event: z.record(z.string(), z.json()) }),
    proof: z.strictObject({ leafIndex: count, treeSize: count, hashes: z.array(z.string()) }),
  }),
);

/** A search as a person's record tells of it; there is more in a record. */
export const toldSearchSchema = z.looseObject({
  id: z.string(),
  collection: z.looseObject({ id: z.string() }),
  account: z.string(),
  purpose: z.string(),
  startedAt: z.iso.datetime(),
  returned: z.enum(["match", "uncertain"]).nullable(),
  /** The number of the person's own entry that says it returned them. */
  entry: count.nullable(),
  /** To when what it was made with was to be kept; exports of earlier versions say nothing of it. */
  keptUntil: z.iso.datetime().nullable().optional(),
  recordedAs: z.strictObject({ id: z.string(), leafIndex: count }).nullable(),
});

export type ToldSearch = z.infer<typeof toldSearchSchema>;

/**
 * Checks that every search that a record tells of is in the ledger as it is told: by whom, when,
 * why, in which collection; and, where it returned the person, that their own entry says so. Returns
 * how many were proved. Throws VerifyError incomplete, commitment_mismatch, proof_invalid,
 * format_invalid.
 */
export function checkSearches(
  told: readonly ToldSearch[],
  proven: readonly ProvenSearch[],
  checkpoint: SignedCheckpoint,
  own: readonly Opening[],
): number {
  const recorded = told.filter(({ recordedAs }) => recordedAs !== null);
  if (recorded.length !== proven.length) {
    throw new VerifyError("incomplete", "Not every search of the record has its proof.");
  }
  for (const [index, search] of recorded.entries()) {
    const entry = proven[index];
    if (!entry || !isToldBy(search, entry)) {
      throw new VerifyError(
        "commitment_mismatch",
        `The search ${search.id} is not what the record says it is.`,
      );
    }
    verifyEntryIn(checkpoint, entry);
  }
  for (const search of told) checkReturn(search, own);
  return proven.length;
}

function isToldBy(told: ToldSearch, { search, id, leafIndex, opening: { event } }: ProvenSearch) {
  return (
    search === told.id &&
    id === told.recordedAs?.id &&
    leafIndex === told.recordedAs.leafIndex &&
    event["kind"] === "search.recorded" &&
    event["id"] === id &&
    event["search"] === told.id &&
    event["collection"] === told.collection.id &&
    event["account"] === told.account &&
    tells(event["purpose"], told.purpose) &&
    tells(event["startedAt"], Date.parse(told.startedAt)) &&
    isKeptAsTold(event["keptUntil"], told.keptUntil)
  );
}

/** Entries of an earlier version tell less: what an entry does not tell, it can't contradict. */
function tells(value: Json | undefined, expected: string | number): boolean {
  return value === undefined || value === expected;
}

/** A probe that was kept is told of, and of no other it is said. */
function isKeptAsTold(recorded: Json | undefined, told: string | null | undefined): boolean {
  return (recorded ?? null) === (typeof told === "string" ? Date.parse(told) : null);
}

/** Whoever was returned has an entry of their own that says so, and nobody else has. */
function checkReturn(told: ToldSearch, own: readonly Opening[]): void {
  const named = own.findIndex(
    ({ event }) => event["kind"] === "search.returned" && event["search"] === told.id,
  );
  const verdict = own[named]?.event["verdict"] ?? null;
  const entry = named === -1 ? null : named + 1;
  if (verdict === told.returned && entry === told.entry) return;
  throw new VerifyError(
    "commitment_mismatch",
    `Whether the search ${told.id} returned the person is told otherwise by the ledger.`,
  );
}
