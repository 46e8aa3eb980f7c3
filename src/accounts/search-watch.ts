import { type Instant, later } from "../base/clock.ts";
import { assert } from "../base/errors.ts";
import { type CollectionId, newId, type SearchId, type SubjectId } from "../base/ids.ts";
import type { LedgerEvent, Recorder } from "../ledger/ledger.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { prepared } from "../storage/prepared.ts";
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
        const { searches, most } = await countReturns(tx, recorder, search.collection, subject);
        if (searches <= most) continue;
        if (await isSaid(tx, recorder, search.collection, subject)) continue;
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
  const [row] = await selectBudget(db, { collection, account });
  assert(row, "A search is of a collection that there is.");
  const { budget, turn, oldest } = row;
  const spent = oldest !== null && oldest > now - WINDOW_MS;
  return { budget, turn, nextAt: spent ? later(oldest, WINDOW_MS) : null };
}

const selectBudget = prepared((read, { collection, account }: Omit<Searcher, "now">) =>
  read
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
    .select(["budget", "next.turn", "searches.recorded_at as oldest"]),
);

/**
 * Holds the one row of this account and collection until the transaction ends. SQLite's writers take
 * turns anyway.
 */
async function takeSearchTurn(
  tx: Tx,
  collection_id: CollectionId,
  account: string,
  taken_at: Instant,
): Promise<void> {
  if (tx.kind === "sqlite") return;
  await tx.write
    .insertInto("search_turns")
    .values({ collection_id, account, taken_at })
    .onConflict((conflict) =>
      conflict.columns(["collection_id", "account"]).doUpdateSet({ taken_at }),
    )
    .execute();
}

/**
 * How many of the account's searches of the last hour returned a person, this one among them, and how
 * many may by the collection's rule.
 */
async function countReturns(
  tx: Tx,
  { clock, account }: Recorder,
  collection: CollectionId,
  subject: SubjectId,
): Promise<{ readonly searches: number; readonly most: number }> {
  const since = later(clock.now(), -WINDOW_MS);
  const [row] = await selectReturns(tx, { collection, account, subject, since });
  assert(row, "A search is of a collection that there is.");
  return row;
}

interface ReturnsOf {
  readonly collection: CollectionId;
  readonly account: string;
  readonly subject: SubjectId;
  readonly since: Instant;
}

const selectReturns = prepared((read, { collection, account, subject, since }: ReturnsOf) =>
  read
    .selectFrom("collections")
    .select((select) => [
      "probes_max as most",
      select
        .selectFrom("search_returns")
        .innerJoin("searches", "searches.id", "search_returns.search_id")
        .select((count) => count.fn.countAll<number>().as("count"))
        .where("search_returns.subject_id", "=", subject)
        .where("search_returns.recorded_at", ">", since)
        .where("searches.account", "=", account)
        .whereRef("searches.collection_id", "=", "collections.id")
        .$asScalar()
        .$notNull()
        .as("searches"),
    ])
    .where("id", "=", collection),
);

/** Whether an alert within the hour says it already. */
async function isSaid(
  tx: Tx,
  { clock, account }: Recorder,
  collection: CollectionId,
  subject: SubjectId,
): Promise<boolean> {
  const said = await tx.read
    .selectFrom("alerts")
    .select("id")
    .where("subject_id", "=", subject)
    .where("account", "=", account)
    .where("collection_id", "=", collection)
    .where("raised_at", ">", later(clock.now(), -WINDOW_MS))
    .limit(1)
    .executeTakeFirst();
  return said !== undefined;
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
