import type { App } from "../src/app.ts";
import type { EventId, SubjectId } from "../src/base/ids.ts";
import { openBody } from "../src/ledger/ledger.ts";

/** An event as a test reads it: opened with the operator's keys. */
export interface RecordedEvent {
  readonly id: EventId;
  readonly kind: string;
  readonly account: string;
  readonly collection: string | null;
  readonly subject: SubjectId | null;
  readonly at: number;
  /** Everything that was committed to, as it was. */
  readonly event: Readonly<Record<string, unknown>>;
}

/** Every event that opens still, in the order of its recording; `kind` takes those that begin so. */
export async function eventsOf(
  app: Pick<App, "db" | "vault">,
  kind = "",
): Promise<readonly RecordedEvent[]> {
  const rows = await app.db.read.selectFrom("entries").selectAll().orderBy("seq").execute();
  const events: RecordedEvent[] = [];
  for (const { id, subject_id, operator_body } of rows) {
    if (!operator_body) continue;
    const { event } = await openBody(app.db, app.vault, { id, subject_id, operator_body });
    if (!(event["kind"] as string).startsWith(kind)) continue;
    events.push({
      id,
      kind: event["kind"] as string,
      account: event["account"] as string,
      collection: event["collection"] as string | null,
      subject: event["subject"] as SubjectId | null,
      at: Number(event["at"]),
      event,
    });
  }
  return events;
}
