import type { SearchId, SubjectId } from "../base/ids.ts";
import type { Ledger, OpenedEntry, SubjectEntry } from "../ledger/log.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { ProvenSearch } from "../verify/searches.ts";
import { type Held, type HeldSearch, type Moment, moment } from "./person-record.ts";

/** A bound for memory, far above what a collection sees in three years; that there is more is told. */
const ROWS_MAX = 200_000;

/** What a person's searches are read from. */
interface SearchDeps {
  readonly db: Db;
  readonly ledger: Ledger;
}

/** Of whom, and up to which state of the ledger. */
interface Asked {
  readonly subject: SubjectId;
  /** Their own entries, which say which searches returned them. */
  readonly entries: readonly SubjectEntry[];
  /** Leaves of the tree that everything is proved to. */
  readonly size: number;
  /** This one alone. */
  readonly search?: SearchId;
}

/**
 * [Note: searches of my collections] A person is shown every search that was recorded in a
 * collection while they had a consent there, in force or paused: from the day of their form to its
 * end. Whoever joins later, or has left, was not among those who could be found. And every search
 * that returned them, whatever the clocks say. What was recorded after the tree of `size` is left to
 * the next reading, which can prove it.
 */
export async function searchesHeld(
  { db, ledger }: SearchDeps,
  { subject, entries, size, search }: Asked,
): Promise<Held<HeldSearch>> {
  const query = searchQuery(db, subject);
  const rows = await (search === undefined ? query : query.where("searches.id", "=", search))
    .orderBy("searches.recorded_at", "desc")
    .orderBy("searches.id")
    .limit(ROWS_MAX + 1)
    .execute();
  const numbers = new Map(
    entries
      .filter(({ opening: { event } }) => event["kind"] === "search.returned")
      .map(({ number, opening }) => [opening.event["search"], number]),
  );
  const opened = await ledger.opened(rows.flatMap(({ entry_id: id }) => (id ? [id] : [])));
  const shown = rows.slice(0, ROWS_MAX).flatMap((row): readonly HeldSearch[] => {
    const entry = row.entry_id === null ? undefined : opened.get(row.entry_id);
    if (entry && entry.leafIndex >= size) return [];
    return [
      {
        id: row.id,
        collection: { id: row.collection, name: row.name },
        account: row.account,
        purpose: row.purpose,
        startedAt: moment(row.started_at),
        recordedAt: moment(row.recorded_at),
        returned: row.returned,
        entry: numbers.get(row.id) ?? null,
        keptUntil: keptUntil(entry),
        recordedAs: entry ? { id: entry.id, leafIndex: entry.leafIndex } : null,
      },
    ];
  });
  return { rows: shown, complete: rows.length <= ROWS_MAX };
}

/** As the entry of the search says. */
function keptUntil(entry: OpenedEntry | null | undefined): Moment | null {
  const until = entry?.opening.event["keptUntil"];
  return typeof until === "number" ? moment(until) : null;
}

/**
 * What the ledger holds of these searches: the operator's own entry of each, opened, and the proof
 * that it is in the tree of `size` leaves. It names nobody whom a search returned, only how many.
 */
export async function proveSearches(
  ledger: Ledger,
  searches: readonly HeldSearch[],
  size: number,
): Promise<readonly ProvenSearch[]> {
  const recorded = searches.flatMap(({ id, recordedAs }) =>
    recordedAs ? [{ search: id, entry: recordedAs.id }] : [],
  );
  const opened = await ledger.opened(recorded.map(({ entry }) => entry));
  const proven: ProvenSearch[] = [];
  for (const { search, entry } of recorded) {
    const found = opened.get(entry);
    if (!found) continue;
    const { id, leafIndex, opening } = found;
    proven.push({ search, id, leafIndex, opening, proof: await ledger.inclusion(id, size) });
  }
  return proven;
}

function searchQuery(db: Reader, subject: SubjectId) {
  return db.read
    .selectFrom("searches")
    .innerJoin("collections", "collections.id", "searches.collection_id")
    .leftJoin("search_returns", (join) =>
      join
        .onRef("search_returns.search_id", "=", "searches.id")
        .on("search_returns.subject_id", "=", subject),
    )
    .select(["searches.id", "account", "searches.purpose", "started_at"])
    .select(["searches.recorded_at", "entry_id", "search_returns.verdict as returned"])
    .select(["collections.id as collection", "collections.name"])
    .where((where) =>
      where.or([
        where("search_returns.verdict", "is not", null),
        where.exists(
          where
            .selectFrom("grants")
            .select("grants.id")
            .where("grants.subject_id", "=", subject)
            .whereRef("grants.collection_id", "=", "searches.collection_id")
            .whereRef("granted_at", "<=", "searches.recorded_at")
            .whereRef("expires_at", ">", "searches.recorded_at")
            .where((ended) =>
              ended.or([
                ended("grants.ended_at", "is", null),
                ended("grants.ended_at", ">=", ended.ref("searches.recorded_at")),
              ]),
            ),
        ),
      ]),
    );
}
