import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { App } from "../../app.ts";
import type { CollectionId, EnrolmentListId, JobId } from "../../base/ids.ts";
import { findCollection } from "../../collections/collections.ts";
import type { RowReason } from "../../collections/enrol-csv.ts";
import { ENROL_LIST, receiveList } from "../../collections/enrol-lists.ts";
import { CollectionsError } from "../../collections/errors.ts";
import { pageOfLists, pageOfRefusedRows } from "../../collections/listed-rows.ts";
import { type enrolmentListRoutes, LIST_PEOPLE_MAX } from "../../contract/enrolment-lists.ts";
import { qualityAdvice } from "../../faces/quality.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";
import { adviceOn } from "../photo-advice.ts";

const listsKey = z.object({ createdAt: z.number(), id: z.string() });

export const enrolmentListHandlers: Handlers<typeof enrolmentListRoutes> = {
  enrolList: async (app, { params, spooled, recorder }) => {
    const collection = await findCollection(app.db, params.collection);
    const [list, more] = spooled.filter(({ part }) => part === "list");
    if (!list || more) {
      throw new CollectionsError("csv_invalid", "Send one CSV, as the part that is called list.");
    }
    const photos = spooled.filter(({ part }) => part === "photos");
    return receiveList(app, recorder, collection, {
      csv: await readFile(list.path),
      photos: new Map(photos.map(({ name, path }) => [name, path])),
      peopleMax: LIST_PEOPLE_MAX,
    });
  },
  listEnrolmentLists: async (app, { params, query }) => {
    const { id } = await findCollection(app.db, params.collection);
    const after = readCursor(query.cursor, listsKey);
    const rows = await pageOfLists(app.db, id, { after, limit: query.limit + 1 });
    const lists = [];
    for (const { counts, ...list } of rows) {
      lists.push({ ...list, ...counts, job: await jobOfList(app, id, list.id) });
    }
    return pageOf(lists, query.limit, {
      key: ({ createdAt, id: list }) => ({ createdAt, id: list }),
      item: (one) => one,
    });
  },
  listRefusedRows: async (app, { params, query }) => {
    const { id } = await findCollection(app.db, params.collection);
    const after = readCursor(query.cursor, z.int());
    const page = { after, limit: query.limit + 1 };
    const rows = await pageOfRefusedRows(app.db, id, params.list, page);
    return pageOf(rows, query.limit, {
      key: ({ line }) => line,
      item: ({ line, reasons }) => ({ line, reasons: reasons.map(advised) }),
    });
  },
};

async function jobOfList(
  { db }: App,
  collection: CollectionId,
  list: EnrolmentListId,
): Promise<JobId | null> {
  const row = await db.read
    .selectFrom("jobs")
    .select("id")
    .where("kind", "=", ENROL_LIST)
    .where("target", "=", `${collection}/${list}`)
    .executeTakeFirst();
  return row?.id ?? null;
}

const ADVICE: Readonly<Record<string, string>> = qualityAdvice;

function advised({ code, advice }: RowReason): { readonly code: string; readonly advice: string } {
  return { code, advice: advice ?? ADVICE[code] ?? adviceOn(code) ?? code };
}
