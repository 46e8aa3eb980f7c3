import type {
  AccountId,
  AlertId,
  ApiKeyId,
  CollectionId,
  GrantId,
  InviteId,
  MediaId,
  NoticeId,
  ObjectionId,
  SearchId,
  SightingId,
  SubjectId,
  WebhookId,
} from "../base/ids.ts";
import type { EvidenceKind, SigningPurpose, SightingVerdict } from "../storage/schema.ts";
import type { Role } from "../storage/service-schema.ts";

/**
 * Everything that touches a person or a collection, as a closed union. Events are pseudonymous: ids
 * and counts, never a name, a contact, a vector or a score. The one free text is a search's purpose:
 * everybody in the collection may read it.
 *
 * An event with a subject is sealed so that they can open it, and opens no more after their erasure.
 */
export type LedgerEvent =
  | OfInstance
  | OfCollection
  | OfAccounts
  | ({
      readonly kind: "grant.given" | "grant.renewed";
      readonly evidence: EvidenceKind;
      readonly uses: readonly string[];
      readonly guardian: boolean;
      /** SHA-256 of the signed receipt, as hex digits. */
      readonly receipt: string;
    } & OfGrant)
  | ({
      readonly kind:
        | "grant.paused"
        | "grant.resumed"
        | "grant.withdrawn"
        | "grant.expired"
        /** Its end came nearer, with the retention of its collection. */
        | "grant.shortened"
        | "grant.erased";
    } & OfGrant)
  /** A passkey signed the receipt of this hash. */
  | ({ readonly kind: "receipt.signed"; readonly receipt: string } & OfGrant)
  | ({ readonly kind: "template.made"; readonly pack: string } & OfGrant)
  | ({
      readonly kind:
        | "sighting.confirmed"
        /** By the first of two who must agree. */
        | "sighting.confirmed_once"
        | "sighting.rejected"
        | "sighting.undone";
      /** Which; older records don't say. */
      readonly sighting?: SightingId;
    } & OfSubject)
  | ({ readonly kind: "search.returned"; readonly verdict: SightingVerdict } & OfSearch & OfSubject)
  | ({ readonly kind: "photos.listed" | "photos.delivered"; readonly photos: number } & OfSubject)
  | ({
      readonly kind: "objection.made" | "objection.upheld" | "objection.rejected";
      readonly objection: ObjectionId;
      readonly photo: MediaId;
    } & OfSubject)
  /** The person signed in, or changed how they may. */
  | {
      readonly kind: "subject.signed_in" | "subject.passkey_added" | "subject.passkey_removed";
      readonly collection: null;
      readonly subject: SubjectId;
    }
  /** One account's searches have returned the person more often than is usual. */
  | ({
      readonly kind: "search.alerted";
      readonly search: string;
      readonly searches: number;
    } & OfSubject)
  | {
      readonly kind: "record.corrected";
      readonly collection: null;
      readonly subject: SubjectId;
      /** What was corrected; not to what. */
      readonly fields: readonly ("name" | "contact")[];
    }
  /** The person's record was read, or handed out as a file. */
  | {
      readonly kind: "record.read" | "record.exported";
      readonly collection: null;
      readonly subject: SubjectId;
    };

/** What is told of a search, to the operator and to each person it returned. */
export interface OfSearch {
  readonly search: string;
  readonly purpose: string;
  readonly startedAt: number;
  /** Commitment to the probe. */
  readonly probe: string;
  /** Until when the probe itself is kept; it is not where nothing is said. */
  readonly keptUntil?: number;
}

type OfCollection =
  | { readonly kind: "collection.created" | "collection.closed"; readonly collection: CollectionId }
  | {
      readonly kind: "collection.pack_changed";
      readonly collection: CollectionId;
      readonly pack: string;
    }
  | {
      readonly kind: "notice.published";
      readonly collection: CollectionId;
      readonly notice: NoticeId;
      readonly language: string;
      readonly hash: string;
    }
  | {
      readonly kind: "photo.imported" | "video.imported";
      readonly collection: CollectionId;
      readonly faces: number;
    }
  | { readonly kind: "photo.removed"; readonly collection: CollectionId; readonly photo: MediaId }
  | ({
      readonly kind: "search.recorded";
      readonly collection: CollectionId;
      readonly faces: number;
      readonly returned: number;
    } & OfSearch)
  /** What a search was made with was looked at again, or deleted before its time. */
  | {
      readonly kind: "probe.viewed" | "probe.deleted";
      readonly collection: CollectionId;
      readonly search: SearchId;
    }
  /** An objection by somebody who is not known here. */
  | {
      readonly kind: "photo.objected" | "photo.objection_upheld" | "photo.objection_rejected";
      readonly collection: CollectionId;
      readonly objection: ObjectionId;
      readonly photo: MediaId;
    }
  | {
      readonly kind: "webhook.added" | "webhook.removed";
      readonly collection: CollectionId;
      readonly webhook: WebhookId;
    }
  | {
      readonly kind: "key.created";
      readonly collection: CollectionId;
      readonly key: ApiKeyId;
      readonly scopes: readonly string[];
      readonly expiresAt: number;
    }
  | { readonly kind: "key.revoked"; readonly collection: CollectionId; readonly key: ApiKeyId }
  | {
      readonly kind: "invites.made";
      readonly collection: CollectionId;
      readonly invites: number;
    }
  | {
      readonly kind: "invite.sent_again" | "invite.used" | "invite.ended";
      readonly collection: CollectionId;
      readonly invite: InviteId;
    }
  | { readonly kind: "alert.seen"; readonly collection: CollectionId; readonly alert: AlertId }
  | {
      readonly kind: "collection.changed";
      readonly collection: CollectionId;
      /** What was changed; of texts not to what: notices say it. */
      readonly changed: readonly ("name" | "purpose" | "retentionDays" | "alternative")[];
      readonly retentionDays: number;
    }
  | {
      readonly kind: "collection.limits_changed";
      readonly collection: CollectionId;
      readonly limits: Readonly<Record<string, number | boolean>>;
    };

/** Who may sign in for the operator, and did. */
type OfAccounts =
  | {
      readonly kind: "account.created" | "account.changed";
      readonly collection: null;
      readonly changed: AccountId;
      readonly role: Role;
      readonly collections: readonly CollectionId[];
    }
  | {
      readonly kind:
        | "account.disabled"
        | "account.enabled"
        | "account.removed"
        | "account.signed_in"
        | "account.passkey_added"
        | "account.passkey_removed";
      readonly collection: null;
      readonly changed: AccountId;
    };

/** Of nobody and of no collection; `erased` names a person by the id that nothing hangs on any more. */
type OfInstance =
  | {
      readonly kind: "subject.erased" | "erasure.replayed";
      readonly collection: null;
      readonly erased: SubjectId;
      /** SHA-256 of the signed certificate, as hex digits. */
      readonly certificate: string;
    }
  | {
      readonly kind: "signing_key.added";
      readonly collection: null;
      readonly purpose: SigningPurpose;
    }
  | {
      readonly kind: "operator.changed" | "epoch.rolled" | "backup.made" | "backup.restored";
      readonly collection: null;
    }
  | {
      readonly kind: "witness.added" | "witness.removed";
      readonly collection: null;
      readonly witness: string;
    }
  /** Whether this instance cosigns others' ledgers over its service. */
  | { readonly kind: "witnessing.switched"; readonly collection: null; readonly on: boolean }
  /** Others' ledger that is cosigned here from now on, by its name. */
  | { readonly kind: "witnessing.began"; readonly collection: null; readonly ledger: string }
  /** What new collections take. */
  | { readonly kind: "pack.chosen"; readonly collection: null; readonly pack: string }
  | {
      readonly kind: "retention.swept";
      readonly collection: null;
      readonly counts: Readonly<Record<string, number>>;
    };

export interface OfSubject {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
}

interface OfGrant extends OfSubject {
  readonly grant: GrantId;
}
