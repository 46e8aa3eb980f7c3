import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { isAbandoned } from "../base/files.ts";
import type { DeliveryId, MediaId, SubjectId } from "../base/ids.ts";
import type { Db, Tx } from "../storage/db.ts";
import type { DeliveryDeps } from "./deliveries.ts";

/** A half-written file is an hour old before it goes, unless its writer has ended on this machine. */
const STRAY_MS = 60 * 60 * 1000;

/** Removes every delivery that a person is in; its file goes with the sweep after it. */
export async function eraseDeliveries(tx: Tx, subject: SubjectId): Promise<void> {
  const rows = await tx.read
    .selectFrom("delivery_subjects")
    .select("delivery_id")
    .where("subject_id", "=", subject)
    .execute();
  await removeRows(
    tx,
    rows.map(({ delivery_id }) => delivery_id),
  );
}

/** Removes every delivery that may show a photo: those of the people who were seen in it. */
export async function removeDeliveriesShowing(tx: Tx, photo: MediaId): Promise<void> {
  const rows = await tx.read
    .selectFrom("delivery_subjects")
    .innerJoin("deliveries", "deliveries.id", "delivery_subjects.delivery_id")
    .innerJoin("sightings", (join) =>
      join
        .onRef("sightings.subject_id", "=", "delivery_subjects.subject_id")
        .onRef("sightings.collection_id", "=", "deliveries.collection_id"),
    )
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .select("delivery_subjects.delivery_id")
    .where("faces.media_id", "=", photo)
    .distinct()
    .execute();
  await removeRows(
    tx,
    rows.map(({ delivery_id }) => delivery_id),
  );
}

/** Removes deliveries that are over, or of people whose consent is, and files that no row names. */
export async function sweepDeliveries(
  { db, folder }: Pick<DeliveryDeps, "db" | "folder">,
  clock: Clock,
): Promise<void> {
  const now = clock.now();
  await db.write(async (tx) => {
    const over = await tx.read
      .selectFrom("deliveries")
      .select("deliveries.id")
      .where((where) =>
        where.or([
          where("expires_at", "<=", now),
          where.exists(
            where
              .selectFrom("delivery_subjects")
              .select("delivery_subjects.delivery_id")
              .whereRef("delivery_subjects.delivery_id", "=", "deliveries.id")
              .where((one) =>
                one.not(
                  one.exists(
                    one
                      .selectFrom("grants")
                      .select("grants.id")
                      .whereRef("grants.subject_id", "=", "delivery_subjects.subject_id")
                      .whereRef("grants.collection_id", "=", "deliveries.collection_id")
                      .where("grants.state", "=", "granted"),
                  ),
                ),
              ),
          ),
        ]),
      )
      .execute();
    await removeRows(
      tx,
      over.map(({ id }) => id),
    );
  });
  await removeStrayFiles(db, folder);
}

async function removeStrayFiles(db: Db, folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const [, id = ""] = /^(del_[\w-]{16})\.(?:zip|mp4)$/u.exec(name) ?? [];
    const info = await stat(path).catch(() => null);
    if (!info) continue;
    const kept =
      id === ""
        ? Date.now() - info.mtimeMs < STRAY_MS && !isAbandoned(path)
        : await db.read
            .selectFrom("deliveries")
            .select("id")
            .where("id", "=", id as DeliveryId)
            .executeTakeFirst();
    if (!kept) await rm(path, { force: true });
  }
}

/** Rows of people are gone with their delivery's. */
async function removeRows(tx: Tx, ids: readonly DeliveryId[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.write.deleteFrom("delivery_subjects").where("delivery_id", "in", ids).execute();
  await tx.write.deleteFrom("deliveries").where("id", "in", ids).execute();
}
