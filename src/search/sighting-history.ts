import type { CollectionId, SightingId, SubjectId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Ledger } from "../ledger/log.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { SightingState } from "../storage/schema.ts";
import { SearchError } from "./errors.ts";

/** One word on a sighting, as the record has it. */
export interface Decision {
  readonly decision: "confirmed" | "confirmed_once" | "rejected" | "undone";
  /** An account, or the person themselves. */
  readonly by: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Whose and where a sighting is, and how it stands. */
export interface SightingPlace {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
  readonly state: SightingState;
}

const DECISIONS: ReadonlyMap<unknown, Decision["decision"]> = new Map([
  ["sighting.confirmed", "confirmed"],
  ["sighting.confirmed_once", "confirmed_once"],
  ["sighting.rejected", "rejected"],
  ["sighting.undone", "undone"],
]);

/** Finds a sighting of a collection. Throws SearchError sighting_unknown. */
export async function findSighting(
  db: Reader,
  collection: CollectionId,
  id: SightingId,
): Promise<SightingPlace> {
  const row = await db.read
    .selectFrom("sightings")
    .select(["subject_id as subject", "state"])
    .where("id", "=", id)
    .where("collection_id", "=", collection)
    .executeTakeFirst();
  if (row) return { collection, ...row };
  throw unknownSighting();
}

/** What was said of a sighting, by whom and when, in order. It is read from the ledger. */
export async function historyOf(
  ledger: Ledger,
  { subject }: Pick<SightingPlace, "subject">,
  id: SightingId,
): Promise<readonly Decision[]> {
  const entries = await ledger.entriesOf(subject, "operator");
  return entries.flatMap(({ opening: { event } }) => {
    const decision = DECISIONS.get(event["kind"]);
    if (!decision || event["sighting"] !== id) return [];
    const { account, at } = event as { readonly account: string; readonly at: number };
    return [{ decision, by: account, at }];
  });
}

/**
 * Takes the last word on a sighting back: it is a proposal again, and the next comparison may change
 * it. What the person themselves said, only they take back. Throws SearchError: sighting_unknown,
 * sighting_not_decided, sighting_said_by_person.
 */
export async function undo(
  deps: { readonly db: Db; readonly ledger: Ledger },
  recorder: Recorder,
  of: { readonly collection: CollectionId; readonly sighting: SightingId },
): Promise<void> {
  const { collection, sighting: id } = of;
  const { subject, state } = await findSighting(deps.db, collection, id);
  const last = (await historyOf(deps.ledger, { subject }, id)).at(-1);
  if (state === "proposed" && last?.decision !== "confirmed_once") {
    throw new SearchError("sighting_not_decided", "Nobody has said anything of this sighting.");
  }
  if (last?.by === subject && recorder.account !== subject) {
    throw new SearchError("sighting_said_by_person", "The person said so themselves: ask them.");
  }
  await deps.db.write(async (tx) => {
    const row = await tx.write
      .updateTable("sightings")
      .set({ state: "proposed", decided_at: null })
      .where("id", "=", id)
      .where("state", "=", state)
      .returning("id")
      .executeTakeFirst();
    if (!row) throw unknownSighting();
    await tx.write.deleteFrom("sighting_confirmations").where("sighting_id", "=", id).execute();
    await append(tx, recorder, { kind: "sighting.undone", collection, subject, sighting: id });
  });
}

function unknownSighting(): SearchError {
  return new SearchError("sighting_unknown", "No sighting of this collection has this id.");
}
