import type { Clock } from "../base/clock.ts";
import { type CollectionId, type GrantId, newId, type SubjectId } from "../base/ids.ts";
import type { Tx } from "../storage/db.ts";

/**
 * Everything that touches a person or a collection, as a closed union. Events are pseudonymous: ids
 * and counts, never a name, a contact, a vector, a score or a free text.
 */
export type LedgerEvent =
  | { readonly kind: "collection.created"; readonly collection: CollectionId }
  | {
      readonly kind: "collection.pack_changed";
      readonly collection: CollectionId;
      readonly pack: string;
    }
  | ({
      readonly kind: "grant.given";
      readonly evidence: "paper";
      readonly uses: readonly string[];
    } & OfGrant)
  | ({
      readonly kind: "grant.paused" | "grant.resumed" | "grant.withdrawn" | "grant.expired";
    } & OfGrant)
  | ({ readonly kind: "template.made"; readonly pack: string } & OfGrant)
  | { readonly kind: "subject.erased"; readonly collection: null; readonly subject: SubjectId }
  | { readonly kind: "photo.imported"; readonly collection: CollectionId; readonly faces: number }
  | ({ readonly kind: "sighting.confirmed" | "sighting.rejected" } & OfSubject)
  | {
      readonly kind: "search.recorded";
      readonly collection: CollectionId;
      readonly search: string;
      readonly faces: number;
      readonly returned: number;
    }
  | ({ readonly kind: "search.returned"; readonly search: string } & OfSubject)
  | ({ readonly kind: "photos.listed" | "photos.delivered"; readonly photos: number } & OfSubject);

interface OfSubject {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
}

interface OfGrant extends OfSubject {
  readonly grant: GrantId;
}

/** Who does it: an account's name or role, or the program itself. */
export type Account = string;

/** What it takes to write into the record. */
export interface Recorder {
  readonly clock: Clock;
  readonly account: Account;
}

/** Appends events in the change's own transaction: both are committed, or neither. */
export async function append(
  tx: Tx,
  recorder: Recorder,
  ...events: readonly LedgerEvent[]
): Promise<void> {
  if (events.length === 0) return;
  const at = recorder.clock.now();
  const rows = events.map((event) => {
    const { kind, collection, ...rest } = event;
    const { subject, ...body } = { subject: null, ...rest };
    return {
      id: newId("eve"),
      at,
      kind,
      account: recorder.account,
      collection_id: collection,
      subject_id: subject,
      body: JSON.stringify(body),
    };
  });
  await tx.write.insertInto("events").values(rows).execute();
}
