import type { App } from "../src/app.ts";
import { type CollectionId, newId } from "../src/base/ids.ts";
import { enqueueMessage } from "../src/webhooks/messages.ts";
import { findCollection } from "../src/collections/collections.ts";
import { searchFor } from "./instance.ts";

/** A message to a collection's endpoint, given up. */
export async function makeDeadMessage(app: App, collection: CollectionId): Promise<string> {
  return app.db.write(async (tx) => {
    const ended = { job: newId("job"), work: "backfill", state: "done", done: 1 } as const;
    const event = { kind: "job.finished", ...ended } as const;
    await enqueueMessage(tx, app, collection, event);
    const { id } = await tx.write
      .updateTable("webhook_messages")
      .set({ state: "dead" })
      .where("state", "=", "waiting")
      .where("body", "like", `%${collection}%`)
      .returning("id")
      .executeTakeFirstOrThrow();
    return id;
  });
}

/** An alert about a search of a collection. */
export async function makeAlert(app: App, collection: CollectionId): Promise<string> {
  await searchFor(app, await findCollection(app.db, collection), ["anna"]);
  const { id: search_id } = await app.db.read
    .selectFrom("searches")
    .select("id")
    .where("collection_id", "=", collection)
    .orderBy("recorded_at", "desc")
    .executeTakeFirstOrThrow();
  const id = newId("ale");
  await app.db.write(async (tx) =>
    tx.write
      .insertInto("alerts")
      .values({
        id,
        kind: "repeated_probes",
        collection_id: collection,
        account: "somebody",
        subject_id: null,
        search_id,
        searches: 12,
        raised_at: app.clock.now(),
        seen_at: null,
        seen_by: null,
      })
      .execute(),
  );
  return id;
}
