import { type Instant, later } from "../base/clock.ts";
import { type CollectionId, newId, type SearchId, type SubjectId } from "../base/ids.ts";
import type { LedgerEvent, Recorder } from "../ledger/ledger.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { enqueueMessage } from "../webhooks/messages.ts";
import { AccountsError } from "./errors.ts";

/** Searches are counted, and returns of one person too, over this time before each. */
export const WINDOW_MS = 60 * 60_000;

/** Watches one account's searches: what it may, and whom it looks for again and again. */
export interface SearchWatch {
  /** Before the photo is looked at: a search that can't be recorded is not to cost anything. */
  check(db: Reader, collection: CollectionId): Promise<void>;
  /**
   * First in the transaction that records the search: from here on the account's other searches of
   * the collection wait. Says the how many-th of them it is. Throws AccountsError search_budget_spent.
   */
  admit(tx: Tx, collection: CollectionId): Promise<number>;
  /** Last in it: raises alerts, and says what else is to be recorded. */
  returned(
    tx: Tx,
    search: { readonly id: SearchId; readonly collection: CollectionId },
    people: readonly SubjectId[],
  ): Promise<readonly LedgerEvent[]>;
}

/**
 * The watch over the account that the recorder names. The budget of a collection is what one account
 * may search in it in any hour, to the search: the count is made under a lock, in the transaction
 * that adds to it.
 */
export function watchSearches(recorder: Recorder): SearchWatch {
  const { clock, account } = recorder;
  return {
    check: async (db, collection) => {
      await takeFrom(db, { collection, account, now: clock.now() });
    },
    admit: async (tx, collection) => {
      const now = clock.now();
      await takeSearchTurn(tx, collection, account, now);
      return takeFrom(tx, { collection, account, now });
    },
    returned: async (tx, search, people) => {
      const alerts: LedgerEvent[] = [];
      for (const subject of people) {
        const searches = await countReturns(tx, recorder, search.collection, subject);
        if (!(await isUnusual(tx, recorder, search.collection, subject, searches))) continue;
        alerts.push(await raise(tx, recorder, search, subject, searches));
      }
      return alerts;
    },
  };
}

/** What an account may still search in a collection. */
export interface SearchAllowance {
  /** Searches in any hour. */
  readonly budget: number;
  /** Made in the hour before now. */
  readonly used: number;
  /** When the next may be made, where the budget is spent. */
  readonly nextAt: Instant | null;
}

/** How much of an account's budget is left, as the next search will find it. */
export async function readAllowance(db: Reader, of: Searcher): Promise<SearchAllowance> {
  const { collection, account, now } = of;
  const { count: used } = await db.read
    .selectFrom("searches")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("account", "=", account)
    .where("collection_id", "=", collection)
    .where("recorded_at", ">", later(now, -WINDOW_MS))
    .executeTakeFirstOrThrow();
  const { budget, nextAt } = await readBudget(db, of);
  return { used, budget, nextAt };
}

/** Who would search what, and when. */
interface Searcher {
  readonly collection: CollectionId;
  readonly account: string;
  readonly now: Instant;
}

/**
 * The number of the account's next search of the collection, from 1. Throws search_budget_spent,
 * which says when that may be made.
 */
async function takeFrom(db: Reader, searcher: Searcher): Promise<number> {
  const { budget, turn, nextAt } = await readBudget(db, searcher);
  if (nextAt === null) return turn;
  const minutes = Math.max(1, Math.ceil((nextAt - searcher.now) / 60_000));
  throw new AccountsError(
    "search_budget_spent",
    `You may make ${budget} searches an hour in this collection. The next in ${minutes} min.`,
  );
}

async function readBudget(
  db: Reader,
  { collection, account, now }: Searcher,
): Promise<Pick<SearchAllowance, "budget" | "nextAt"> & { readonly turn: number }> {
  const { budget, turn, oldest } = await db.read
    .selectFrom((from) =>
      from
        .selectFrom("collections")
        .select((select) => [
          "id",
          "search_budget as budget",
          select.fn
            .coalesce(
              select
                .selectFrom("searches")
                .select((last) => last(last.fn.max("turn"), "+", 1).as("turn"))
                .where("account", "=", account)
                .whereRef("collection_id", "=", "collections.id"),
              select.lit(1),
            )
            .as("turn"),
        ])
        .where("id", "=", collection)
        .as("next"),
    )
    // The oldest of as many searches as the budget allows: as long as it is in the hour, it is spent.
    .leftJoin("searches", (join) =>
      join
        .onRef("searches.collection_id", "=", "next.id")
        .on("searches.account", "=", account)
        .on((on) => on("searches.turn", "=", on("next.turn", "-", on.ref("next.budget")))),
    )
    .select(["budget", "next.turn", "searches.recorded_at as oldest"])
    .executeTakeFirstOrThrow();
  const spent = oldest !== null && oldest > now - WINDOW_MS;
  return { budget, turn, nextAt: spent ? later(oldest, WINDOW_MS) : null };
}

/** Holds the one row of this account and collection until the transaction ends. */
async function takeSearchTurn(
  tx: Tx,
  collection_id: CollectionId,
  account: string,
  taken_at: Instant,
): Promise<void> {
  await tx.write
    .insertInto("search_turns")
    .values({ collection_id, account, taken_at })
    .onConflict((conflict) =>
      conflict.columns(["collection_id", "account"]).doUpdateSet({ taken_at }),
    )
    .execute();
}

/** How many of the account's searches of the last hour returned a person, this one among them. */
async function countReturns(
  tx: Tx,
  { clock, account }: Recorder,
  collection: CollectionId,
  subject: SubjectId,
): Promise<number> {
  const { count } = await tx.read
    .selectFrom("search_returns")
    .innerJoin("searches", "searches.id", "search_returns.search_id")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("search_returns.subject_id", "=", subject)
    .where("search_returns.recorded_at", ">", later(clock.now(), -WINDOW_MS))
    .where("searches.account", "=", account)
    .where("searches.collection_id", "=", collection)
    .executeTakeFirstOrThrow();
  return count;
}

/** More than the collection's rule allows, and not said already within the hour. */
async function isUnusual(
  tx: Tx,
  { clock, account }: Recorder,
  collection: CollectionId,
  subject: SubjectId,
  searches: number,
): Promise<boolean> {
  const { probes_max } = await tx.read
    .selectFrom("collections")
    .select("probes_max")
    .where("id", "=", collection)
    .executeTakeFirstOrThrow();
  if (searches <= probes_max) return false;
  const said = await tx.read
    .selectFrom("alerts")
    .select("id")
    .where("subject_id", "=", subject)
    .where("account", "=", account)
    .where("collection_id", "=", collection)
    .where("raised_at", ">", later(clock.now(), -WINDOW_MS))
    .limit(1)
    .executeTakeFirst();
  return said === undefined;
}

async function raise(
  tx: Tx,
  recorder: Recorder,
  search: { readonly id: SearchId; readonly collection: CollectionId },
  subject: SubjectId,
  searches: number,
): Promise<LedgerEvent> {
  const { collection } = search;
  await tx.write
    .insertInto("alerts")
    .values({
      id: newId("ale"),
      kind: "repeated_probes",
      collection_id: collection,
      account: recorder.account,
      subject_id: subject,
      search_id: search.id,
      searches,
      raised_at: recorder.clock.now(),
      seen_at: null,
      seen_by: null,
    })
    .execute();
  const told = { kind: "search.alert", search: search.id, searches } as const;
  await enqueueMessage(tx, recorder, collection, told);
  return { kind: "search.alerted", collection, subject, search: search.id, searches };
}
