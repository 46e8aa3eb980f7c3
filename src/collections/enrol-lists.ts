import { readFile } from "node:fs/promises";
import { basename } from "node:path/win32";
import { z } from "zod";
import { wipe } from "../base/bytes.ts";
import { type Clock, DAY_MS, later } from "../base/clock.ts";
import {
  type CollectionId,
  type EnrolmentListId,
  type JobId,
  newId,
  type SubjectId,
} from "../base/ids.ts";
import { inParallel } from "../base/parallel.ts";
import { enqueue } from "../jobs/jobs.ts";
import type { JobContext } from "../jobs/runner.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { MediaError } from "../media/errors.ts";
import type { Db, Tx } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { indexContact, indexName } from "../subjects/subjects.ts";
import { checkOpen, type Collection, findCollection } from "./collections.ts";
import type { EnrolDeps } from "./enrol.ts";
import { enrolRow, FIRST_LINE, parseRows, type RowResult } from "./enrol-csv.ts";

/** The job that enrols the people of a list. */
export const ENROL_LIST = "enrol_list";
/** As long as the list of an import's files: long enough to look up why a row was refused. */
const LISTED_MS = 90 * DAY_MS;
/** A list is enrolled in minutes; one that was given up holds people's photos for nothing. */
const UNFINISHED_MS = DAY_MS;

/** A list as it comes in: its CSV, and where its photos lie by their names. */
export interface HandedList {
  readonly csv: Uint8Array;
  readonly photos: ReadonlyMap<string, string>;
  readonly peopleMax: number;
}

/**
 * Takes a list in and queues its enrolment.
 *
 * [Note: a list at rest] Whoever is on it may have no key of their own yet, so names and photos are
 * sealed under the instance's, row by row. They go in the commit that says what came of the row, with
 * an erasure of whom they name, and with the whole list a day after it was given up.
 *
 * Throws CollectionsError: collection_closed, csv_invalid where the CSV as a whole can't be read.
 */
export async function receiveList(
  deps: { readonly db: Db; readonly vault: Vault },
  recorder: Recorder,
  collection: Collection,
  handed: HandedList,
): Promise<{ readonly list: EnrolmentListId; readonly job: JobId }> {
  checkOpen(collection);
  const { db, vault } = deps;
  const { clock, account } = recorder;
  const rows = parseRows(handed.csv, handed.peopleMax);
  const list = newId("lis");
  await db.write(async (tx) =>
    tx.write
      .insertInto("enrolment_lists")
      .values({
        id: list,
        collection_id: collection.id,
        account,
        people: rows.length,
        received_at: null,
        created_at: clock.now(),
        finished_at: null,
      })
      .execute(),
  );
  for (const [index, row] of rows.entries()) {
    // Folders in a row's name are those of whoever wrote it; a form's files have none.
    const path = handed.photos.get(basename(row["photo"] ?? ""));
    const photo = path === undefined ? null : await readFile(path);
    await keepRow({ db, vault }, { list, line: index + FIRST_LINE }, row, photo);
    wipe(photo);
  }
  return db.write(async (tx) => {
    await tx.write
      .updateTable("enrolment_lists")
      .set({ received_at: clock.now() })
      .where("id", "=", list)
      .execute();
    return { list, job: await enqueue(tx, clock, ENROL_LIST, `${collection.id}/${list}`) };
  });
}

/** Enrols whoever of a list is not done yet. Killed at any moment, it goes on with the next row. */
export async function enrolListed(
  deps: EnrolDeps & { readonly parallel: number },
  recorder: Recorder,
  target: string,
  context: JobContext,
): Promise<void> {
  const [of, list] = target.split("/") as [CollectionId, EnrolmentListId];
  const found = await deps.db.read
    .selectFrom("enrolment_lists")
    .select(["account", "people"])
    .where("id", "=", list)
    .where("received_at", "is not", null)
    .executeTakeFirst();
  if (!found) return;
  const as = { ...recorder, account: found.account };
  const collection = await findCollection(deps.db, of);
  // Models that can't be had are no fault of the rows.
  await deps.engines(collection.pack);
  const lines = await waitingLines(deps.db, list);
  let done = found.people - lines.length;
  await inParallel(lines, deps.parallel, async (line) => {
    context.signal.throwIfAborted();
    const result = await enrolLine(deps, as, collection, { list, line });
    if (result) await deps.db.write(async (tx) => settleIn(tx, list, result));
    done += 1;
    context.report({ done, total: found.people });
  });
  await deps.db.write(async (tx) =>
    tx.write
      .updateTable("enrolment_lists")
      .set({ finished_at: recorder.clock.now() })
      .where("id", "=", list)
      .where("finished_at", "is", null)
      .execute(),
  );
}

/** Removes lists that were given up, with what they hold, and those from long ago. */
export async function sweepLists(db: Db, clock: Clock): Promise<void> {
  const now = clock.now();
  await db.write(async (tx) =>
    tx.write
      .deleteFrom("enrolment_lists")
      .where((where) =>
        where.or([
          where("finished_at", "<=", later(now, -LISTED_MS)),
          where.and([
            where("finished_at", "is", null),
            where("created_at", "<=", later(now, -UNFINISHED_MS)),
          ]),
        ]),
      )
      .execute(),
  );
}

/**
 * Erases a person from the lists that wait: their rows are refused, and hold nothing any more. Rows
 * name people under no key of theirs, so each is opened, and those of this name and contact go.
 */
export async function eraseListed(tx: Tx, vault: Vault, id: SubjectId): Promise<void> {
  const person = await tx.read
    .selectFrom("subjects")
    .select(["name_index", "contact_index"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  const rows = await tx.read
    .selectFrom("enrolment_rows")
    .select(["list_id as list", "line", "sealed_person"])
    .where("outcome", "is", null)
    .execute();
  for (const { list, line, sealed_person: sealed } of rows) {
    if (!sealed) continue;
    const at = { list, line };
    const opened = await vault.unseal(tx, OWNER, sealed, contextOf("person", at));
    const { subject = "", contact = "" } = namedRow.parse(JSON.parse(opened.toString()));
    if (indexName(vault, subject) !== person.name_index) continue;
    if (indexContact(vault, contact) !== person.contact_index) continue;
    const reasons = [{ code: "subject_erased" }];
    await settleIn(tx, list, { line, outcome: "refused", reasons });
  }
}

const namedRow = z.object({ subject: z.string().optional(), contact: z.string().optional() });

/** Where a row is: its list, and its line in it. */
interface RowAt {
  readonly list: EnrolmentListId;
  readonly line: number;
}

/** The key that lists are sealed under while they wait: whom they name has no key of their own yet. */
const OWNER = { kind: "instance", id: "record" } as const;

async function keepRow(
  { db, vault }: { readonly db: Db; readonly vault: Vault },
  at: RowAt,
  row: unknown,
  photo: Uint8Array | null,
): Promise<void> {
  const { list, line } = at;
  const person = Buffer.from(JSON.stringify(row));
  const values = {
    list_id: list,
    line,
    sealed_person: await vault.seal(db, OWNER, person, contextOf("person", at)),
    sealed_photo: photo && (await vault.seal(db, OWNER, photo, contextOf("photo", at))),
    outcome: null,
    reasons: null,
  };
  await db.write(async (tx) => tx.write.insertInto("enrolment_rows").values(values).execute());
}

async function enrolLine(
  deps: EnrolDeps,
  recorder: Recorder,
  collection: Collection,
  at: RowAt,
): Promise<RowResult | null> {
  const { db, vault } = deps;
  const kept = await db.read
    .selectFrom("enrolment_rows")
    .select(["sealed_person", "sealed_photo"])
    .where("list_id", "=", at.list)
    .where("line", "=", at.line)
    .executeTakeFirst();
  if (!kept?.sealed_person) return null;
  const person = await vault.unseal(db, OWNER, kept.sealed_person, contextOf("person", at));
  const photo =
    kept.sealed_photo && (await vault.unseal(db, OWNER, kept.sealed_photo, contextOf("photo", at)));
  try {
    const row: unknown = JSON.parse(person.toString());
    const photoOf = (): { readonly bytes: Uint8Array } => {
      if (!photo) throw new MediaError("missing");
      return { bytes: photo };
    };
    return await enrolRow(deps, recorder, collection, { line: at.line, row, photoOf });
  } finally {
    wipe(person, photo);
  }
}

/** A row's result, in the commit that lets go of what the row held. */
async function settleIn(
  tx: Tx,
  list: EnrolmentListId,
  { line, outcome, reasons }: RowResult,
): Promise<void> {
  await tx.write
    .updateTable("enrolment_rows")
    .set({
      outcome,
      reasons: outcome === "refused" ? JSON.stringify(reasons) : null,
      sealed_person: null,
      sealed_photo: null,
    })
    .where("list_id", "=", list)
    .where("line", "=", line)
    .where("outcome", "is", null)
    .execute();
}

async function waitingLines(db: Db, list: EnrolmentListId): Promise<readonly number[]> {
  const rows = await db.read
    .selectFrom("enrolment_rows")
    .select("line")
    .where("list_id", "=", list)
    .where("outcome", "is", null)
    .orderBy("line")
    .execute();
  return rows.map(({ line }) => line);
}

function contextOf(what: "person" | "photo", { list, line }: RowAt): readonly string[] {
  return ["enrolment list", list, String(line), what];
}
