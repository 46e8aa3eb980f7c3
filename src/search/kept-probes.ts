import { randomBytes } from "node:crypto";
import { wipe } from "../base/bytes.ts";
import { type Clock, DAY_MS, type Instant, later } from "../base/clock.ts";
import type { CollectionId, SearchId, SubjectId } from "../base/ids.ts";
import type { Collection } from "../collections/collections.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { KEY_BYTES, seal, unseal } from "../storage/seal.ts";
import { SearchError } from "./errors.ts";

/** Long enough to hand a matter over; a probe that is kept longer is a collection of its own. */
export const PROBE_DAYS_MAX = 30;
/** It is sealed and opened in memory: as much as a form brings. */
export const PROBE_BYTES_MAX = 32 * 1024 * 1024;

const OWNER = { kind: "instance", id: "record" } as const;
const SEALED_AS = ["kept probe"] as const;

/** A probe that lies sealed among the blobs, and waits for the search that it belongs to. */
export interface SealedProbe {
  readonly until: Instant;
  readonly sha256: string;
  readonly sealedKey: Uint8Array;
  /** As a browser is told it: `image/jpeg`, `video/mp4`. */
  readonly mediaType: string;
}

/** Which search, and whose alone it must be; null: anybody's. */
export interface ProbePlace {
  readonly collection: CollectionId;
  readonly search: SearchId;
  readonly account: string | null;
}

/** What kept probes work with. */
export interface ProbeDeps {
  readonly db: Db;
  readonly blobs: Blobs;
}

/** Days that a probe may be kept: no longer than what else is of its collection. */
export function keepDaysMax({ retentionDays }: Pick<Collection, "retentionDays">): number {
  return Math.min(PROBE_DAYS_MAX, retentionDays);
}

/**
 * The end (UTC) of the day until which a probe is to be kept; null where it is not. Throws
 * SearchError keep_invalid for a day that is over, or later than a probe of this collection may be
 * kept: 30 days, or the collection's own time where that is shorter.
 */
export function parseKeepUntil(
  day: string | undefined,
  clock: Clock,
  { retentionDays }: Pick<Collection, "retentionDays">,
): Instant | null {
  if (day === undefined) return null;
  const now = clock.now();
  const days = keepDaysMax({ retentionDays });
  const until = (Date.parse(`${day}T00:00:00Z`) + DAY_MS) as Instant;
  if (/^\d{4}-\d{2}-\d{2}$/u.test(day) && until > now && until <= later(now, days * DAY_MS))
    return until;
  throw new SearchError(
    "keep_invalid",
    `Name the last day (YYYY-MM-DD) on which it is kept: from today on, and ${days} days at most.`,
  );
}

/** Stores a probe, sealed under a key of its own. Throws SearchError keep_invalid for a larger one. */
export async function sealProbe(
  { db, blobs }: ProbeDeps,
  { vault }: Recorder,
  probe: { readonly bytes: Uint8Array; readonly mediaType: string; readonly until: Instant },
): Promise<SealedProbe> {
  const { bytes, mediaType, until } = probe;
  checkSize(bytes.length);
  const key = randomBytes(KEY_BYTES);
  try {
    const sha256 = await blobs.put(seal(key, bytes, SEALED_AS));
    const sealedKey = await vault.seal(db, OWNER, key, [...SEALED_AS, sha256]);
    return { until, sha256, sealedKey, mediaType };
  } finally {
    wipe(key);
  }
}

/** Throws SearchError keep_invalid for a probe that is too large to be kept. */
export function checkSize(bytes: number): void {
  if (bytes <= PROBE_BYTES_MAX) return;
  const limit = `${PROBE_BYTES_MAX / 1024 / 1024} MiB`;
  throw new SearchError("keep_invalid", `A probe of more than ${limit} is not kept.`);
}

/** Notes, in the transaction that records a search, that its probe is kept. */
export async function insertProbe(
  tx: Tx,
  of: { readonly search: SearchId; readonly collection: CollectionId },
  { until, sha256, sealedKey, mediaType }: SealedProbe,
): Promise<void> {
  await tx.write
    .insertInto("kept_probes")
    .values({
      search_id: of.search,
      collection_id: of.collection,
      sha256,
      sealed_key: sealedKey,
      media_type: mediaType,
      kept_until: until,
    })
    .execute();
}

/**
 * What a search was made with, for somebody who may see the search; that they looked is noted.
 * Throws SearchError probe_unknown where it is not kept, or no more; StorageError blob_missing,
 * blob_corrupt.
 */
export async function readProbe(
  { db, blobs }: ProbeDeps,
  recorder: Recorder,
  place: ProbePlace,
): Promise<{ readonly bytes: Buffer; readonly mediaType: string }> {
  const { sha256, sealed_key, media_type } = await db.write(async (tx) => {
    const row = await findProbe(tx, recorder.clock, place);
    const { collection, search } = place;
    await append(tx, recorder, { kind: "probe.viewed", collection, search });
    return row;
  });
  const key = await recorder.vault.unseal(db, OWNER, sealed_key, [...SEALED_AS, sha256]);
  try {
    const bytes = unseal(key, await blobs.get(sha256), SEALED_AS);
    return { bytes, mediaType: media_type };
  } finally {
    wipe(key);
  }
}

/** Deletes a kept probe before its time. Throws SearchError probe_unknown. */
export async function deleteProbe(
  { db, blobs }: ProbeDeps,
  recorder: Recorder,
  place: ProbePlace,
): Promise<void> {
  const sha256 = await db.write(async (tx) => {
    const row = await findProbe(tx, recorder.clock, place);
    await removeProbes(tx, recorder, [{ id: place.search, collection: place.collection }]);
    return row.sha256;
  });
  await blobs.remove(sha256);
}

/** Deletes the probes of searches that returned a person: they may show them. */
export async function eraseProbes(tx: Tx, recorder: Recorder, subject: SubjectId): Promise<void> {
  const rows = await tx.read
    .selectFrom("kept_probes")
    .innerJoin("search_returns", "search_returns.search_id", "kept_probes.search_id")
    .select(["kept_probes.search_id as id", "collection_id as collection"])
    .where("subject_id", "=", subject)
    .execute();
  await removeProbes(tx, recorder, rows);
}

/** Kept probes whose time is over, and their files. */
export async function dueProbes(db: Reader, now: Instant, limit: number) {
  return db.read
    .selectFrom("kept_probes")
    .select(["search_id as id", "kept_until as since", "sha256"])
    .where("kept_until", "<=", now)
    .orderBy("kept_until")
    .limit(limit)
    .execute();
}

/** Removes the rows, and with each the key; what is left of a file nobody can read. */
export async function removeProbeRows(tx: Tx, searches: readonly SearchId[]): Promise<void> {
  if (searches.length === 0) return;
  await tx.write.deleteFrom("kept_probes").where("search_id", "in", searches).execute();
}

async function removeProbes(
  tx: Tx,
  recorder: Recorder,
  rows: readonly { readonly id: SearchId; readonly collection: CollectionId }[],
): Promise<void> {
  for (const { id: search, collection } of rows) {
    await append(tx, recorder, { kind: "probe.deleted", collection, search });
  }
  await removeProbeRows(
    tx,
    rows.map(({ id }) => id),
  );
}

async function findProbe(db: Reader, clock: Clock, { collection, search, account }: ProbePlace) {
  const query = db.read
    .selectFrom("kept_probes")
    .innerJoin("searches", "searches.id", "kept_probes.search_id")
    .select(["sha256", "sealed_key", "media_type"])
    .where("kept_probes.search_id", "=", search)
    .where("kept_probes.collection_id", "=", collection)
    .where("kept_until", ">", clock.now());
  const theirs = account === null ? query : query.where("searches.account", "=", account);
  const row = await theirs.executeTakeFirst();
  if (row) return row;
  throw new SearchError("probe_unknown", "The probe of this search is not kept, or no more.");
}
