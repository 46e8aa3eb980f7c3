import { type SignedCheckpoint, verifyCheckpoint } from "../../src/verify/checkpoint.ts";
import { verifyEntryIn } from "../../src/verify/entry.ts";
import { VerifyError } from "../../src/verify/errors.ts";
import type { Answer } from "./service.ts";

type Proof = Answer<"proveOwnEntry">;
type Search = Answer<"listOwnSearches">["items"][number];

/** What came of a check. `bad` and `differs` are alarms, and never said for want of a connection. */
export type Checked =
  | {
      readonly outcome: "good";
      /** Entries of the record that was signed. */
      readonly size: number;
      readonly place: number;
      /** What the record says, as JSON. */
      readonly text: string;
    }
  | { readonly outcome: "bad" | "differs" };

/**
 * Checks, here in the browser, that the signed record holds a search just as it is shown: the entry
 * that records it and, where it returned the person, their own entry that says so.
 */
export async function checkSearch(
  search: Search,
  proven: { readonly recorded: Proof; readonly returned: Proof | null },
): Promise<Checked> {
  try {
    const { recorded, returned } = proven;
    const checkpoint = await holding(recorded);
    const whole = !returned || (await holding(returned)).origin === checkpoint.origin;
    if (!whole || !tellsOf(search, recorded, returned)) return { outcome: "differs" };
    const text = JSON.stringify(recorded.opening.event, null, 2);
    return { outcome: "good", size: checkpoint.size, place: recorded.leafIndex, text };
  } catch (error) {
    if (error instanceof VerifyError) return { outcome: "bad" };
    throw error;
  }
}

async function holding(proven: Proof): Promise<SignedCheckpoint> {
  const checkpoint = await verifyCheckpoint(proven.checkpoint, proven.key);
  verifyEntryIn(checkpoint, proven);
  return checkpoint;
}

function tellsOf(search: Search, recorded: Proof, returned: Proof | null): boolean {
  const { id, collection, by, purpose, startedAt } = search;
  const told = { search: id, collection: collection.id, account: by, purpose, startedAt };
  const { event } = recorded.opening;
  // Entries of an earlier version tell less: what an entry does not tell, it can't contradict.
  const same = Object.entries(told).every(([name, value]) => (event[name] ?? value) === value);
  const verdict = returned?.opening.event;
  return (
    same &&
    (event["keptUntil"] ?? null) === search.keptUntil &&
    event["kind"] === "search.recorded" &&
    event["search"] === id &&
    (search.returned === null) === (returned === null) &&
    (!verdict ||
      (verdict["kind"] === "search.returned" &&
        verdict["search"] === id &&
        verdict["verdict"] === search.returned))
  );
}
