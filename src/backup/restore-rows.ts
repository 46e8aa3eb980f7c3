import { join } from "node:path";
import type { FaceId, MediaId, SubjectId } from "../base/ids.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { eraseIn } from "../rights/erase.ts";
import type { Tx } from "../storage/db.ts";
import { KEY_FILE_TABLES, type KeyFile } from "../storage/key-file.ts";
import type { Row } from "../storage/row-text.ts";
import type { Schema } from "../storage/schema.ts";
import { askForScrub } from "../storage/scrub.ts";
import { lockSubject } from "../subjects/subjects.ts";
import { fileOf } from "./manifest.ts";
import { countOn, insertRows, readRows } from "./rows.ts";
import { PLANS } from "./tables.ts";
import type { Change, Wishes } from "./wishes.ts";

/** What a restore did for people's wishes. */
export interface Replayed {
  readonly people: number;
  readonly erased: readonly SubjectId[];
  /** Grants that were alive in the dump and are not now. */
  readonly ended: number;
}

/** What of a dump has been put back so far, for what points at it. */
interface Restored {
  readonly ids: ReadonlyMap<string, Set<string>>;
  readonly toErase: SubjectId[];
  ended: number;
}

/** Of these tables the ids are remembered while rows are put back: people, not faces. */
const REMEMBERED = new Set<keyof Schema>(["collections", "subjects", "grants", "accounts"]);
/** Which of them a column points at. */
const POINTS_AT: ReadonlyMap<string, string> = new Map([
  ["collection_id", "collections"],
  ["subject_id", "subjects"],
  ["grant_id", "grants"],
  ["account_id", "accounts"],
]);

/**
 * Puts back every row of a dump and of the key file. What must not come back is left out on the
 * way: keys of people who are erased, templates whose grant has ended, photos without a key.
 */
export async function restoreRows(
  tx: Tx,
  folder: string,
  keyFile: KeyFile,
  wishes: Wishes,
): Promise<Restored> {
  const restored: Restored = {
    ids: new Map([...REMEMBERED].map((table) => [table, new Set<string>()])),
    toErase: [],
    ended: 0,
  };
  const changes = changesFor(wishes, restored);
  for (const [name, plan] of Object.entries(PLANS)) {
    const table = name as keyof Schema;
    if (plan.in === "neither") continue;
    const rows =
      plan.in === "dump"
        ? readRows(join(folder, fileOf(table)))
        : await inKeyFile(tx, keyFile, table);
    const change = changes[table] ?? ((row: Row) => row);
    await insertRows(tx, table, changed(rows, table, change, restored));
  }
  await countOn(tx);
  return restored;
}

/** Erases everybody again who was erased since the dump, and what has no key. */
export async function replayErasures(
  tx: Tx,
  recorder: Recorder,
  restored: Restored,
): Promise<Replayed> {
  for (const subject of restored.toErase) {
    if (await lockSubject(tx, subject)) await eraseIn(tx, recorder, subject, "erasure.replayed");
  }
  await clearEndedGrants(tx);
  await askForScrub(tx);
  const people = restored.ids.get("subjects")?.size ?? 0;
  return { people, erased: restored.toErase, ended: restored.ended };
}

async function* changed(
  rows: AsyncIterable<Row> | Iterable<Row>,
  table: keyof Schema,
  change: Change,
  restored: Restored,
): AsyncGenerator<Row> {
  const ids = restored.ids.get(table);
  for await (const row of rows) {
    const kept = change(row);
    if (!kept) continue;
    ids?.add(String(kept["id"]));
    yield kept;
  }
}

async function inKeyFile(
  tx: Tx,
  { tables }: KeyFile,
  table: keyof Schema,
): Promise<readonly Row[]> {
  const name = KEY_FILE_TABLES.find((one) => one === table);
  if (!name) return [];
  const rows: Row[] = [];
  for (const row of tables[name]) {
    if (table !== "objections" || (await isOfKnownPhoto(tx, row))) rows.push(row);
  }
  return rows;
}

/** Whether the photo that somebody objects to, and the face, were there at the time of the dump. */
async function isOfKnownPhoto(tx: Tx, objection: Row): Promise<boolean> {
  const media = objection["media_id"] as MediaId;
  const face = objection["face_id"] as FaceId | null;
  const photo = tx.read.selectFrom("media").select("id").where("id", "=", media);
  if (!(await photo.executeTakeFirst())) return false;
  if (face === null) return true;
  const place = tx.read.selectFrom("faces").select("id").where("id", "=", face);
  return (await place.executeTakeFirst()) !== undefined;
}

function changesFor(wishes: Wishes, restored: Restored): Partial<Record<keyof Schema, Change>> {
  /** Rows of the key file may speak of what came after the dump. */
  const ifThere: Change = (row) => {
    for (const [column, table] of POINTS_AT) {
      const id = row[column];
      if (typeof id === "string" && !restored.ids.get(table)?.has(id)) return null;
    }
    return row;
  };
  const ofTheLiving: Change = (row) => (wishes.isErased(row["subject_id"]) ? null : ifThere(row));
  return {
    account_collections: ifThere,
    api_keys: ifThere,
    invites: ifThere,
    passkeys: (row) => (row["subject_id"] === null ? ifThere(row) : ofTheLiving(row)),
    subject_keys: ofTheLiving,
    audit_keys: ofTheLiving,
    grant_keys: (row) => (wishes.hasKey(row["grant_id"]) ? ifThere(row) : null),
    subjects: (row) => {
      if (row["erased_at"] === null && wishes.isErased(row["id"])) {
        restored.toErase.push(row["id"] as SubjectId);
      }
      return row;
    },
    grants: (row) => {
      if (row["state"] === "erased") return row;
      const { state, endedAt } = wishes.grantState(row["id"]);
      const alive = state === "granted" || state === "paused";
      if (!alive && row["ended_at"] === null) restored.ended += 1;
      const ended_at = alive ? null : (endedAt ?? row["ended_at"] ?? row["granted_at"] ?? null);
      return { ...row, state, ended_at };
    },
    templates: (row) => {
      if (!wishes.isAlive(row["grant_id"])) return null;
      return { ...row, grant_state: wishes.grantState(row["grant_id"]).state };
    },
    enrolment_photos: (row) => (wishes.hasKey(row["grant_id"]) ? row : null),
    objections: ifThere,
    certificates: ifThere,
  };
}

/** A grant that was cleared since the dump is cleared again. */
async function clearEndedGrants(tx: Tx): Promise<void> {
  const erased = tx.read.selectFrom("grants").select("id").where("state", "=", "erased");
  await tx.write
    .updateTable("consents")
    .set({ sealed_evidence: null, sealed_receipt: null })
    .where("grant_id", "in", erased)
    .execute();
}
