import { type SignedCheckpoint, verifyCheckpoint } from "../../../src/verify/checkpoint.ts";
import { refuseContradiction, verifyConsistency } from "../../../src/verify/consistency.ts";
import type { Opening } from "../../../src/verify/commitment.ts";
import { verifyEntryIn } from "../../../src/verify/entry.ts";
import { VerifyError } from "../../../src/verify/errors.ts";
import { assent, type Item } from "../service.ts";

export type Entry = Item<"listEntries">;

/** The record's newest signed state, checked here. */
export interface Head {
  readonly checkpoint: SignedCheckpoint;
  /** The signed note, as it was received. */
  readonly note: string;
  readonly keys: readonly string[];
}

/** Asks for the newest checkpoint and checks its signature. Throws VerifyError. */
export async function readHead(): Promise<Head> {
  const [{ keys }, file] = await Promise.all([assent.getLedgerKeys({}), assent.getCheckpoint({})]);
  const note = await (await file.whole()).text();
  return { checkpoint: await verifyCheckpoint(note, keys), note, keys };
}

/** What came of a check. `bad` is an alarm, and never said for want of a connection. */
export type Checked =
  | { readonly outcome: "good"; readonly size: number; readonly place: number }
  | { readonly outcome: "waiting" | "closed" | "bad" };

/**
 * Checks, here in the browser, that the signed record holds an entry as it is shown. `closed`: what
 * the entry says is not shown to anybody, so that there is nothing to check; `waiting`: it is newer
 * than the last signature.
 */
export async function checkEntry(head: Head, entry: Entry): Promise<Checked> {
  const { event, salt, leafIndex } = entry;
  const { size } = head.checkpoint;
  if (event === null || salt === null) return { outcome: "closed" };
  if (leafIndex >= size) return { outcome: "waiting" };
  const proof = await assent.proveEntry({ entry: entry.id, size });
  return refusing(() => {
    // It came as JSON, so JSON it is.
    const opening = { event, salt } as Opening;
    verifyEntryIn(head.checkpoint, { opening, leafIndex, proof });
    return { outcome: "good", size, place: leafIndex };
  });
}

/** What came of comparing an older state with the newest. */
export type Grown =
  | { readonly outcome: "grown"; readonly from: number; readonly to: number }
  | { readonly outcome: "bad" | "stranger" };

/**
 * Checks, here in the browser, that the record has only grown since a checkpoint that somebody kept.
 * `stranger`: it is no checkpoint of this record, or was changed since it was kept.
 */
export async function checkGrowth(head: Head, older: string, keys = head.keys): Promise<Grown> {
  let before: SignedCheckpoint;
  try {
    before = await verifyCheckpoint(older, keys);
    if (before.origin !== head.checkpoint.origin) return { outcome: "stranger" };
  } catch (error) {
    if (error instanceof VerifyError) return { outcome: "stranger" };
    throw error;
  }
  const { size: from } = before;
  const { size: to } = head.checkpoint;
  return refusing(async () => {
    refuseContradiction(before, head.checkpoint);
    if (from > 0 && from < to) {
      const { hashes } = await assent.proveConsistency({ from, to });
      const all = [...new Set([...keys, ...head.keys])];
      await verifyConsistency({ older, newer: head.note, hashes }, all);
    }
    return { outcome: "grown", from, to } as const;
  });
}

async function refusing<Told>(
  check: () => Told | Promise<Told>,
): Promise<Told | { readonly outcome: "bad" }> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof VerifyError) return { outcome: "bad" };
    throw error;
  }
}
