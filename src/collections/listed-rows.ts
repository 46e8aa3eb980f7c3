import type { Instant } from "../base/clock.ts";
import type { CollectionId, EnrolmentListId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";
import type { RowOutcome } from "../storage/service-schema.ts";
import { CollectionsError } from "./errors.ts";
import type { RowReason } from "./enrol-csv.ts";

/** A list that was handed in, and how many of its rows came to what. */
export interface EnrolmentList {
  readonly id: EnrolmentListId;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
  readonly people: number;
  readonly counts: Readonly<Record<RowOutcome, number>>;
}

/** The lists of a collection that came in whole, the newest first, from before one. */
export async function pageOfLists(
  db: Reader,
  collection: CollectionId,
  page: {
    readonly after: { readonly createdAt: number; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly EnrolmentList[]> {
  const { after } = page;
  const rows = await db.read
    .selectFrom("enrolment_lists")
    .select(["id", "created_at", "finished_at", "people"])
    .where("collection_id", "=", collection)
    .where("received_at", "is not", null)
    .$if(after !== null, (query) =>
      query.where((where) =>
        where.or([
          where("created_at", "<", after?.createdAt as Instant),
          where.and([
            where("created_at", "=", after?.createdAt as Instant),
            where("id", "<", after?.id as EnrolmentListId),
          ]),
        ]),
      ),
    )
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
  const lists: EnrolmentList[] = [];
  for (const { id, created_at: createdAt, finished_at: finishedAt, people } of rows) {
    lists.push({ id, createdAt, finishedAt, people, counts: await countRows(db, id) });
  }
  return lists;
}

/** Rows of a list that enrolled nobody, by line. Throws CollectionsError list_unknown. */
export async function pageOfRefusedRows(
  db: Reader,
  collection: CollectionId,
  list: EnrolmentListId,
  page: { readonly after: number | null; readonly limit: number },
): Promise<readonly { readonly line: number; readonly reasons: readonly RowReason[] }[]> {
  const known = await db.read
    .selectFrom("enrolment_lists")
    .select("id")
    .where("id", "=", list)
    .where("collection_id", "=", collection)
    .executeTakeFirst();
  if (!known) throw new CollectionsError("list_unknown", "There is no list of this id here.");
  const rows = await db.read
    .selectFrom("enrolment_rows")
    .select(["line", "reasons"])
    .where("list_id", "=", list)
    .where("outcome", "=", "refused")
    .where("line", ">", page.after ?? 0)
    .orderBy("line")
    .limit(page.limit)
    .execute();
  return rows.map(({ line, reasons }) => {
    return { line, reasons: JSON.parse(reasons ?? "[]") as readonly RowReason[] };
  });
}

async function countRows(
  db: Reader,
  list: EnrolmentListId,
): Promise<Readonly<Record<RowOutcome, number>>> {
  const rows = await db.read
    .selectFrom("enrolment_rows")
    .select("outcome")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("list_id", "=", list)
    .groupBy("outcome")
    .execute();
  const of = (outcome: RowOutcome): number =>
    rows.find((row) => row.outcome === outcome)?.count ?? 0;
  return {
    enrolled: of("enrolled"),
    renewed: of("renewed"),
    already: of("already"),
    refused: of("refused"),
  };
}
