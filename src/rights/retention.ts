import { sweepAccounts } from "../accounts/forget.ts";
import type { Clock, Instant } from "../base/clock.ts";
import { DAY_MS, later } from "../base/clock.ts";
import type { SubjectId } from "../base/ids.ts";
import { removeEnrolmentPhotos } from "../collections/templates.ts";
import { eraseGrant, lockGrant } from "../consent/consent.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Galleries } from "../search/galleries.ts";
import { dueProbes, removeProbeRows } from "../search/kept-probes.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { StorageError } from "../storage/errors.ts";
import { askForKeyFiles, updateKeyFiles } from "../storage/key-places.ts";
import { askForScrub, scrub } from "../storage/scrub.ts";
import type { Vault } from "../storage/vault.ts";
import { lockSubject } from "../subjects/subjects.ts";
import { expireOverdue } from "./consent-changes.ts";
import { eraseIn } from "./erase.ts";
import {
  clearReasons,
  type Due,
  type DueGrant,
  dueFileLists,
  dueGrantsOver,
  dueGrantsOverdue,
  dueJobs,
  dueMessages,
  dueObjections,
  dueSearches,
  dueSubjectsOver,
  removeFileLists,
  removeJobs,
  removeMessages,
  removeSearches,
  type RetentionKind,
  STRAY_FILE_DAYS,
} from "./retention-rules.ts";

/** Rows changed in one transaction: others wait no longer than that takes. */
const BATCH = 200;
/** A plan counts no further: it is read by a person. */
export const PLAN_MAX = 100_000;

/** What a sweep works on. */
export interface SweepDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly blobs: Blobs;
  readonly galleries: Galleries;
}

/** What a sweep will do, or has done, of one kind. */
export interface SweepLine {
  readonly kind: RetentionKind;
  readonly count: number;
  /** How long the oldest has been there; null where there is none. */
  readonly oldest: Instant | null;
}

/** How long the rows of one kind stay, and what happens to them then. */
interface Rule<Id extends string = string> {
  readonly kind: RetentionKind;
  readonly due: (db: Reader, now: Instant, limit: number) => Promise<readonly Due<Id>[]>;
  readonly remove: (tx: Tx, deps: SweepDeps, due: readonly Due<Id>[]) => Promise<void>;
}

function rule<Id extends string>(
  kind: RetentionKind,
  due: Rule<Id>["due"],
  remove: (tx: Tx, due: readonly Due<Id>[]) => Promise<void>,
) {
  return {
    plan: async (db: Reader, now: Instant) => lineOf(kind, await due(db, now, PLAN_MAX)),
    sweep: async (deps: SweepDeps, recorder: Recorder) =>
      sweepRows(deps, recorder, { kind, due, remove: async (tx, _, rows) => remove(tx, rows) }),
  };
}

const RULES = [
  rule("searches", dueSearches, removeSearches),
  rule("objections", dueObjections, clearReasons),
  rule("file_lists", dueFileLists, removeFileLists),
  rule("messages", dueMessages, removeMessages),
  rule("jobs", dueJobs, removeJobs),
];

/** What a sweep would do at this moment, oldest first. Changes nothing. */
export async function planSweep(
  deps: Pick<SweepDeps, "db" | "blobs">,
  clock: Clock,
): Promise<readonly SweepLine[]> {
  const { db, blobs } = deps;
  const now = clock.now();
  const lines = [
    lineOf("grants_overdue", await dueGrantsOverdue(db, now, PLAN_MAX)),
    lineOf("grants_over", await dueGrantsOver(db, now, PLAN_MAX)),
    lineOf("subjects_over", await dueAfter(db, now)),
  ];
  lines.push(lineOf("probes", await dueProbes(db, now, PLAN_MAX)));
  for (const { plan } of RULES) lines.push(await plan(db, now));
  lines.push(lineOf("stray_files", await strayFiles(db, blobs, now)));
  return lines;
}

/**
 * Does what `planSweep` shows (R37), in short transactions that each leave a word in the ledger.
 * One that is killed is finished by the next; one with nothing to do changes nothing. What hangs
 * on a person goes before the person: who has no grant left after that is erased. Throws
 * StorageError scrub_due, key_file_due.
 */
export async function sweep(deps: SweepDeps, recorder: Recorder): Promise<readonly SweepLine[]> {
  const plan = await planSweep(deps, recorder.clock);
  const counts = new Map<RetentionKind, number>();
  const done = (kind: RetentionKind, count: number) => counts.set(kind, count);
  // Sessions, links and mail that are over: rows of hours and days, which no plan lists.
  await sweepAccounts(deps.db, recorder.clock);
  done("grants_overdue", await expireOverdue(deps.db, recorder));
  done("grants_over", await sweepGrants(deps, recorder));
  done("subjects_over", await sweepSubjects(deps, recorder));
  done("probes", await sweepProbes(deps, recorder));
  for (const { sweep: sweepOne } of RULES) {
    const swept = await sweepOne(deps, recorder);
    done(swept.kind, swept.count);
  }
  done("stray_files", await sweepFiles(deps, recorder));
  // Asked for by each grant and person that went; nothing else here was sealed.
  const clean = await scrub(deps.db, { vault: deps.vault, clock: recorder.clock });
  await deps.galleries.refresh();
  await updateKeyFiles(deps.db, deps.vault, recorder.clock);
  if (!clean) throw scrubDue();
  return plan.map((line) => ({ ...line, count: counts.get(line.kind) ?? 0 }));
}

async function sweepRows<Id extends string>(
  deps: SweepDeps,
  recorder: Recorder,
  { kind, due, remove }: Rule<Id>,
): Promise<{ readonly kind: RetentionKind; readonly count: number }> {
  let count = 0;
  for (;;) {
    const swept = await deps.db.write(async (tx) => {
      const rows = await due(tx, recorder.clock.now(), BATCH);
      if (rows.length === 0) return 0;
      await remove(tx, deps, rows);
      await appendSwept(tx, recorder, kind, rows.length);
      return rows.length;
    });
    count += swept;
    if (swept < BATCH) return { kind, count };
  }
}

/** Evidence, receipt, enrolment photo, sightings and key of grants that are over: each by itself. */
async function sweepGrants(deps: SweepDeps, recorder: Recorder): Promise<number> {
  let count = 0;
  for (;;) {
    const due = await dueGrantsOver(deps.db, recorder.clock.now(), BATCH);
    for (const one of due) {
      await deps.db.write(async (tx) => removeGrant(tx, deps, recorder, one));
    }
    count += due.length;
    if (due.length < BATCH) return count;
  }
}

async function removeGrant(
  tx: Tx,
  deps: SweepDeps,
  recorder: Recorder,
  { id, subject }: DueGrant,
): Promise<void> {
  const grant = await lockGrant(tx, { id, subject });
  if (grant.state !== "withdrawn" && grant.state !== "expired") return;
  const { collection } = grant;
  await removeEnrolmentPhotos(tx, id);
  await eraseGrant(tx, deps.vault, recorder.clock, grant);
  await removeSightings(tx, grant);
  await append(tx, recorder, { kind: "grant.erased", collection, subject, grant: id });
  await askForScrub(tx);
  await askForKeyFiles(tx);
}

/** Whoever has come back to the collection since keeps what is known of where they were seen. */
async function removeSightings(
  tx: Tx,
  grant: Awaited<ReturnType<typeof lockGrant>>,
): Promise<void> {
  const { collection, subject } = grant;
  const other = await tx.read
    .selectFrom("grants")
    .select("id")
    .where("collection_id", "=", collection)
    .where("subject_id", "=", subject)
    .where("state", "<>", "erased")
    .executeTakeFirst();
  if (other) return;
  await tx.write
    .deleteFrom("sightings")
    .where("collection_id", "=", collection)
    .where("subject_id", "=", subject)
    .execute();
}

async function sweepSubjects(deps: SweepDeps, recorder: Recorder): Promise<number> {
  let count = 0;
  for (;;) {
    const due = await dueSubjectsOver(deps.db, recorder.clock.now(), BATCH);
    for (const { id } of due) {
      // Whoever has come back since the list was read stays.
      if (await deps.db.write(async (tx) => eraseLapsed(tx, recorder, id))) count += 1;
    }
    if (due.length < BATCH) return count;
  }
}

/** Nobody gives a grant in the name of a subject that is locked. */
async function eraseLapsed(tx: Tx, recorder: Recorder, subject: SubjectId): Promise<boolean> {
  if (!(await lockSubject(tx, subject))) return false;
  const back = await tx.read
    .selectFrom("grants")
    .select("id")
    .where("subject_id", "=", subject)
    .where("state", "<>", "erased")
    .executeTakeFirst();
  if (back) return false;
  await eraseIn(tx, recorder, subject, "subject.erased");
  await askForScrub(tx);
  await askForKeyFiles(tx);
  return true;
}

/** Kept probes whose time is over: first what could open them, then their files. */
async function sweepProbes({ db, blobs }: SweepDeps, recorder: Recorder): Promise<number> {
  let count = 0;
  for (;;) {
    const due = await db.write(async (tx) => {
      const rows = await dueProbes(tx, recorder.clock.now(), BATCH);
      if (rows.length === 0) return rows;
      await removeProbeRows(
        tx,
        rows.map(({ id }) => id),
      );
      await appendSwept(tx, recorder, "probes", rows.length);
      return rows;
    });
    for (const { sha256 } of due) await blobs.remove(sha256);
    count += due.length;
    if (due.length < BATCH) return count;
  }
}

async function sweepFiles(deps: SweepDeps, recorder: Recorder): Promise<number> {
  const { db, blobs } = deps;
  const before = later(recorder.clock.now(), -STRAY_FILE_DAYS * DAY_MS);
  let count = 0;
  for (const { id } of await strayFiles(db, blobs, recorder.clock.now())) {
    if (await blobs.removeOlder(id, before)) count += 1;
  }
  if (count > 0) {
    await db.write(async (tx) => appendSwept(tx, recorder, "stray_files", count));
  }
  return count;
}

/** Files that no photo, video or kept probe is: an import or a search that was killed left them. */
async function strayFiles(db: Reader, blobs: Blobs, now: Instant): Promise<readonly Due[]> {
  const stray: Due[] = [];
  for await (const files of blobs.list()) {
    const old = files.filter(({ writtenAt }) => now - writtenAt >= STRAY_FILE_DAYS * DAY_MS);
    if (old.length === 0) continue;
    const rows = await db.read
      .selectFrom("media")
      .select("sha256")
      .where(
        "sha256",
        "in",
        old.map(({ hash }) => hash),
      )
      .execute();
    const probes = await db.read
      .selectFrom("kept_probes")
      .select("sha256")
      .where(
        "sha256",
        "in",
        old.map(({ hash }) => hash),
      )
      .execute();
    const known = new Set([...rows, ...probes].map(({ sha256 }) => sha256));
    const lost = old.filter(({ hash }) => !known.has(hash));
    stray.push(...lost.map(({ hash, writtenAt }) => ({ id: hash, since: writtenAt as Instant })));
  }
  return stray.sort((a, b) => a.since - b.since).slice(0, PLAN_MAX);
}

/** Who has no grant left once the grants that are over have gone. */
async function dueAfter(db: Reader, now: Instant): Promise<readonly Due[]> {
  const over = new Set((await dueGrantsOver(db, now, PLAN_MAX)).map(({ id }) => id as string));
  const gone = await dueSubjectsOver(db, now, PLAN_MAX);
  if (over.size === 0) return gone;
  const rows = await db.read
    .selectFrom("grants")
    .innerJoin("subjects", "subjects.id", "grants.subject_id")
    .select(["grants.id", "subject_id", "subjects.created_at"])
    .where("state", "<>", "erased")
    .execute();
  const staying = new Set(rows.filter(({ id }) => !over.has(id)).map((row) => row.subject_id));
  const after = new Map<string, Due>(gone.map((due) => [due.id, due]));
  for (const { id, subject_id, created_at } of rows) {
    if (!over.has(id) || staying.has(subject_id)) continue;
    after.set(subject_id, { id: subject_id, since: created_at });
  }
  return [...after.values()].sort((a, b) => a.since - b.since);
}

function scrubDue(): StorageError {
  return new StorageError(
    "scrub_due",
    "The sweep is done, but deleted bytes may still be in the database's files: another process " +
      "reads it, or the disk has no room for a copy. Mend that: the next command finishes it.",
  );
}

async function appendSwept(
  tx: Tx,
  recorder: Recorder,
  kind: RetentionKind,
  count: number,
): Promise<void> {
  await append(tx, recorder, {
    kind: "retention.swept",
    collection: null,
    counts: { [kind]: count },
  });
}

function lineOf(kind: RetentionKind, due: readonly Due[]): SweepLine {
  return { kind, count: due.length, oldest: due[0]?.since ?? null };
}
