import { setImmediate as turn } from "node:timers/promises";
import { type ExpressionBuilder, sql } from "kysely";
import { DAY_MS, type Instant, later } from "../base/clock.ts";
import type {
  GrantId,
  ImportId,
  JobId,
  MessageId,
  ObjectionId,
  SearchId,
  SubjectId,
} from "../base/ids.ts";
import type { Reader, Tx } from "../storage/db.ts";
import type { Schema } from "../storage/schema.ts";

/** R37: nothing of a person outlasts their last word to us by more than three years. */
export const LAST_WORD_DAYS_MAX = 3 * 365;
/** R37: nor the end of its purpose by more than one, whatever a collection's rule says. */
export const GRACE_DAYS_MAX = 365;
/** As long as a person may have been in a search that they ask about (R37). */
export const SEARCH_DAYS = LAST_WORD_DAYS_MAX;
/** Long enough to look up why a file was refused; the paths may hold people's names. */
export const FILE_LIST_DAYS = 90;
/** Long enough to see why one failed. */
export const JOB_DAYS = 30;
/** An import stores a photo's bytes moments before the row that names them. */
export const STRAY_FILE_DAYS = 1;
/** Proof, while a receiver may still ask, that they were told. */
export const MESSAGE_DAYS = 90;
/** What could not be delivered stands longer: somebody has to tell the receiver otherwise. */
export const DEAD_MESSAGE_DAYS = 365;

/** What a sweep does, one word each; the schedule and the command line say it in sentences. */
export type RetentionKind =
  | "grants_overdue"
  | "grants_over"
  | "subjects_over"
  | "searches"
  | "probes"
  | "objections"
  | "file_lists"
  | "messages"
  | "jobs"
  | "stray_files";

/** One thing whose time is over, and since when it has been there (or has been over). */
export interface Due<Id extends string = string> {
  readonly id: Id;
  readonly since: Instant;
}

/** A grant that is over, and whose it is. */
export interface DueGrant extends Due<GrantId> {
  readonly subject: SubjectId;
}

/** Grants that are granted or paused past their end. */
export async function dueGrantsOverdue(
  db: Reader,
  now: Instant,
  limit: number,
): Promise<readonly Due<GrantId>[]> {
  return db.read
    .selectFrom("grants")
    .select(["id", "expires_at as since"])
    .where("state", "in", ["granted", "paused"])
    .where("expires_at", "<=", now)
    .orderBy("expires_at")
    .limit(limit)
    .execute();
}

/**
 * Ended grants whose time for mistakes to be undone is over: the collection's grace after the end,
 * a year at most, and no longer than three years after the person last said yes. A withdrawal is
 * a word of the person, so only its grace counts. One that is overdue ended when its time was over.
 */
export async function dueGrantsOver(
  db: Reader,
  now: Instant,
  limit: number,
): Promise<readonly DueGrant[]> {
  const grace = sql<number>`case when collections.grace_days > ${sql.lit(GRACE_DAYS_MAX)}
    then ${sql.lit(GRACE_DAYS_MAX)} else collections.grace_days end`;
  const graceOver = sql<boolean>`
    coalesce(grants.ended_at, grants.expires_at) + ${grace} * ${sql.lit(DAY_MS)} <= ${now}`;
  const rows = await db.read
    .selectFrom("grants")
    .innerJoin("collections", "collections.id", "grants.collection_id")
    .select(["grants.id", "grants.subject_id as subject", "ended_at", "expires_at"])
    .where("state", "<>", "erased")
    .where((where) => where.or([where("ended_at", "is not", null), where("expires_at", "<=", now)]))
    .where((where) =>
      where.or([
        graceOver,
        where.and([
          where("state", "<>", "withdrawn"),
          where(
            where
              .selectFrom("consents")
              .select((select) => select.fn.max("given_at").as("given_at"))
              .whereRef("consents.grant_id", "=", "grants.id"),
            "<=",
            later(now, -LAST_WORD_DAYS_MAX * DAY_MS),
          ),
        ]),
      ]),
    )
    .orderBy("expires_at")
    .limit(limit)
    .execute();
  const due = rows.map((row) => ({ ...row, since: row.ended_at ?? row.expires_at }));
  return due.sort((a, b) => a.since - b.since);
}

/** People looked at in one query: some milliseconds, in which nobody is answered. */
const SUBJECTS_AT_ONCE = 2000;

/** People of whom no grant is left that is not erased: nothing asks for their name any more. */
export async function dueSubjectsOver(
  db: Reader,
  now: Instant,
  limit: number,
): Promise<readonly Due<SubjectId>[]> {
  const due: Due<SubjectId>[] = [];
  let after = "" as SubjectId;
  while (due.length < limit) {
    const people = await db.read
      .selectFrom("subjects")
      .select(["id", "created_at as since"])
      .select((select) => select.exists(liveGrantOf(select)).as("stays"))
      .where("erased_at", "is", null)
      .where("created_at", "<=", now)
      .where("id", ">", after)
      .orderBy("id")
      .limit(SUBJECTS_AT_ONCE)
      .execute();
    due.push(...people.filter(({ stays }) => !stays).map(({ id, since }) => ({ id, since })));
    const last = people.at(-1);
    if (!last || people.length < SUBJECTS_AT_ONCE) break;
    after = last.id;
    await turn();
  }
  return due.sort((a, b) => a.since - b.since).slice(0, limit);
}

function liveGrantOf(select: ExpressionBuilder<Schema, "subjects">) {
  return select
    .selectFrom("grants")
    .select("grants.id")
    .whereRef("grants.subject_id", "=", "subjects.id")
    .where("grants.state", "<>", "erased");
}

/** Records of searches, with whom they returned. */
export async function dueSearches(
  db: Reader,
  now: Instant,
  limit: number,
): Promise<readonly Due<SearchId>[]> {
  return db.read
    .selectFrom("searches")
    .select(["id", "recorded_at as since"])
    .where("recorded_at", "<=", later(now, -SEARCH_DAYS * DAY_MS))
    .orderBy("recorded_at")
    .limit(limit)
    .execute();
}

/** What people wrote when they objected. That they did, and what was decided, stays. */
export async function dueObjections(
  db: Reader,
  now: Instant,
  limit: number,
): Promise<readonly Due<ObjectionId>[]> {
  return db.read
    .selectFrom("objections")
    .select(["id", "asked_at as since"])
    .where("sealed_reason", "is not", null)
    .where("asked_at", "<=", later(now, -LAST_WORD_DAYS_MAX * DAY_MS))
    .orderBy("asked_at")
    .limit(limit)
    .execute();
}

/** Finished imports, with the list of their files. The photos stay. */
export async function dueFileLists(
  db: Reader,
  now: Instant,
  limit: number,
): Promise<readonly Due<ImportId>[]> {
  const rows = await db.read
    .selectFrom("imports")
    .select(["id", "finished_at"])
    .where("state", "=", "done")
    .where("finished_at", "<=", later(now, -FILE_LIST_DAYS * DAY_MS))
    .orderBy("finished_at")
    .limit(limit)
    .execute();
  return rows.map(({ id, finished_at }) => ({ id, since: finished_at ?? now }));
}

/** Webhook messages that were delivered, or given up. */
export async function dueMessages(
  db: Reader,
  now: Instant,
  limit: number,
): Promise<readonly Due<MessageId>[]> {
  return db.read
    .selectFrom("webhook_messages")
    .select(["id", "created_at as since"])
    .where((where) =>
      where.or([
        where.and([
          where("state", "=", "delivered"),
          where("delivered_at", "<=", later(now, -MESSAGE_DAYS * DAY_MS)),
        ]),
        where.and([
          where("state", "=", "dead"),
          where("created_at", "<=", later(now, -DEAD_MESSAGE_DAYS * DAY_MS)),
        ]),
      ]),
    )
    .orderBy("created_at")
    .limit(limit)
    .execute();
}

/** Jobs that have ended, however they did. */
export async function dueJobs(
  db: Reader,
  now: Instant,
  limit: number,
): Promise<readonly Due<JobId>[]> {
  const rows = await db.read
    .selectFrom("jobs")
    .select(["id", "finished_at"])
    .where("state", "in", ["done", "failed", "cancelled"])
    .where("finished_at", "<=", later(now, -JOB_DAYS * DAY_MS))
    .orderBy("finished_at")
    .limit(limit)
    .execute();
  return rows.map(({ id, finished_at }) => ({ id, since: finished_at ?? now }));
}

/** Removes searches and whom they returned. */
export async function removeSearches(tx: Tx, due: readonly Due<SearchId>[]): Promise<void> {
  const ids = due.map(({ id }) => id);
  await tx.write.deleteFrom("search_returns").where("search_id", "in", ids).execute();
  await tx.write.deleteFrom("searches").where("id", "in", ids).execute();
}

/** Removes imports and their lists of files. */
export async function removeFileLists(tx: Tx, due: readonly Due<ImportId>[]): Promise<void> {
  const ids = due.map(({ id }) => id);
  await tx.write.deleteFrom("import_files").where("import_id", "in", ids).execute();
  await tx.write.deleteFrom("imports").where("id", "in", ids).execute();
}

/** Forgets what was written in objections. */
export async function clearReasons(tx: Tx, due: readonly Due<ObjectionId>[]): Promise<void> {
  const ids = due.map(({ id }) => id);
  await tx.write
    .updateTable("objections")
    .set({ sealed_reason: null })
    .where("id", "in", ids)
    .execute();
}

/** Removes webhook messages. */
export async function removeMessages(tx: Tx, due: readonly Due<MessageId>[]): Promise<void> {
  const ids = due.map(({ id }) => id);
  await tx.write.deleteFrom("webhook_messages").where("id", "in", ids).execute();
}

/** Removes ended jobs from the list. */
export async function removeJobs(tx: Tx, due: readonly Due<JobId>[]): Promise<void> {
  const ids = due.map(({ id }) => id);
  await tx.write.deleteFrom("jobs").where("id", "in", ids).execute();
}
