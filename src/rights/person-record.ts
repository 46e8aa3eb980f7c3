import type {
  CollectionId,
  ConsentId,
  EventId,
  FaceId,
  GrantId,
  MediaId,
  MessageId,
  NoticeId,
  ObjectionId,
  SearchId,
  SightingId,
  SubjectId,
} from "../base/ids.ts";
import type { KeptEvidence } from "../consent/evidence.ts";
import type { FacePlace } from "../faces/engine.ts";
import type {
  GrantState,
  MessageState,
  ObjectionState,
  SightingState,
  SightingVerdict,
} from "../storage/schema.ts";
import type { ProvenSearch } from "../verify/searches.ts";

/** A moment in UTC as ISO 8601 has it. */
export type Moment = string;

/** Everything held about a person, but for the vectors of their templates. */
export interface PersonRecord {
  readonly madeAt: Moment;
  readonly subject: {
    readonly id: SubjectId;
    readonly name: string;
    readonly contact: string;
    readonly knownSince: Moment;
  };
  readonly grants: readonly HeldGrant[];
  readonly templates: readonly HeldTemplate[];
  readonly enrolmentPhotos: readonly HeldPhoto[];
  readonly sightings: Held<HeldSighting>;
  readonly searches: Held<HeldSearch>;
  readonly handedOut: readonly HandedOut[];
  readonly objections: readonly HeldObjection[];
  /** What endpoints of others were told about them, while the messages are kept. */
  readonly messages: Held<HeldMessage>;
  readonly entries: readonly HeldEntry[];
}

/** A list, the newest first, and whether there was room for all of it. */
export interface Held<Row> {
  readonly rows: readonly Row[];
  readonly complete: boolean;
}

/** A collection as it is named to the people in it. */
export interface NamedCollection {
  readonly id: CollectionId;
  readonly name: string;
}

/** A grant with every time that consent was said. */
export interface HeldGrant {
  readonly id: GrantId;
  readonly collection: NamedCollection & { readonly purpose: string; readonly contact: string };
  readonly state: GrantState;
  readonly uses: readonly string[];
  readonly from: Moment;
  readonly until: Moment;
  readonly endedAt: Moment | null;
  readonly consents: readonly HeldConsent[];
}

/** One time that consent was said. `evidence` is null once it was destroyed. */
export interface HeldConsent {
  readonly id: ConsentId;
  readonly recordedAt: Moment;
  readonly byGuardian: boolean;
  readonly uses: readonly string[];
  readonly notice: {
    readonly id: NoticeId;
    readonly version: number;
    readonly language: string;
    readonly hash: string;
  };
  readonly evidence: KeptEvidence | null;
  /** SHA-256 of the signed receipt, and the receipt itself while it is kept. */
  readonly receiptHash: string | null;
  readonly receipt: string | null;
}

/** That there is a template. The vector itself is only in the person's export. */
export interface HeldTemplate {
  readonly grant: GrantId;
  readonly collection: NamedCollection;
  readonly pack: string;
  readonly madeAt: Moment;
}

/** That the enrolment photo was kept. The photo itself is in the person's export. */
export interface HeldPhoto {
  readonly grant: GrantId;
  readonly keptAt: Moment;
}

/** Where the person was seen. `box` is in 0..1 of the upright photo. */
export interface HeldSighting {
  readonly id: SightingId;
  readonly collection: NamedCollection;
  readonly photo: MediaId;
  readonly face: FaceId;
  readonly takenAt: string | null;
  readonly box: FacePlace["box"];
  readonly verdict: SightingVerdict;
  readonly state: SightingState;
  readonly seenAt: Moment;
  readonly decidedAt: Moment | null;
}

/** A search of one of their collections; `returned` is null where it did not return them. */
export interface HeldSearch {
  readonly id: SearchId;
  readonly collection: NamedCollection;
  readonly account: string;
  readonly purpose: string;
  readonly startedAt: Moment;
  readonly recordedAt: Moment;
  readonly returned: SightingVerdict | null;
  /** The number of their own ledger entry that says it returned them. */
  readonly entry: number | null;
  /** To when what it was made with was to be kept; it was deleted at once where nothing is said. */
  readonly keptUntil: Moment | null;
  /** The operator's entry that records it; null where an earlier version kept none. */
  readonly recordedAs: { readonly id: EventId; readonly leafIndex: number } | null;
}

/** A record with what proves its searches: their entries, opened, in the tree of one checkpoint. */
export interface ProvenRecord extends PersonRecord {
  readonly proofs: {
    /** The ledger's verifier key, which the operator publishes as well. */
    readonly key: string;
    /** The signed note. */
    readonly checkpoint: string;
    readonly searches: readonly ProvenSearch[];
  };
}

/** Photos of them that were listed or handed out. */
export interface HandedOut {
  readonly kind: "photos.listed" | "photos.delivered";
  readonly at: Moment;
  readonly account: string;
  readonly collection: CollectionId;
  readonly photos: number;
}

/** An objection of theirs. `reason` is null once it was destroyed. */
export interface HeldObjection {
  readonly id: ObjectionId;
  readonly collection: NamedCollection;
  readonly photo: MediaId;
  readonly face: FaceId | null;
  readonly reason: string | null;
  readonly state: ObjectionState;
  readonly askedAt: Moment;
  readonly decidedAt: Moment | null;
}

/** A message about them to an endpoint: it names them, or a sighting of theirs, by an id. */
export interface HeldMessage {
  readonly id: MessageId;
  readonly collection: NamedCollection;
  /** The receiver's host. */
  readonly to: string;
  readonly kind: string;
  readonly state: MessageState;
  readonly queuedAt: Moment;
  readonly deliveredAt: Moment | null;
}

/** An entry of theirs in the ledger, and its place in the tree: what a proof is asked for with. */
export interface HeldEntry {
  readonly number: number;
  readonly id: EventId;
  readonly leafIndex: number;
  readonly at: Moment;
  readonly kind: string;
  readonly account: string;
}

/** ISO 8601, UTC. */
export function moment(instant: number): Moment {
  return new Date(instant).toISOString();
}

/** As `moment`, where there may be none. */
export function momentOrNull(instant: number | null): Moment | null {
  return instant === null ? null : moment(instant);
}
