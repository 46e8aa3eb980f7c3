import type { Generated } from "kysely";
import type {
  CertificateId,
  CollectionId,
  ConsentId,
  EpochId,
  EventId,
  FaceId,
  GrantId,
  ImportId,
  JobId,
  MediaId,
  NoticeId,
  ObjectionId,
  SearchId,
  SightingId,
  SigningKeyId,
  SubjectId,
  TemplateId,
  WitnessId,
} from "../base/ids.ts";
import type { Instant } from "../base/clock.ts";
import type { ServiceSchema } from "./service-schema.ts";

export type GrantState = "granted" | "paused" | "withdrawn" | "expired" | "erased";
export type SightingState = "proposed" | "confirmed" | "rejected";
export type SightingVerdict = "match" | "uncertain";
export type EvidenceKind = "paper" | "web";
/** Whose copy of a ledger entry a key opens. */
export type AuditHolder = "subject" | "operator";
export type InstanceKey = "record" | "signing" | "webhooks" | "index";
export type SigningPurpose = "ledger" | "receipts" | "witness";
export type ObjectionState = "open" | "upheld" | "rejected";
/** What of a video is delivered: nothing, all of it, or where the subjects are. */
export type VideoShare = "none" | "whole" | "intervals";
export type MediaKind = "photo" | "video";
export type MessageState = "waiting" | "delivered" | "dead";
export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

/** Every table and column, as the migrations make them. What each is for: columns.ts. */
export interface Schema extends ServiceSchema {
  settings: { name: string; value: string };
  epoch_keys: { id: EpochId; wrapped_key: Uint8Array; created_at: Instant };
  collections: {
    id: CollectionId;
    name: string;
    purpose: string;
    contact: string;
    retention_days: number;
    age_floor: number;
    scene_basis: string | null;
    pack: string;
    gallery_version: Generated<number>;
    template_version: Generated<number>;
    created_at: Instant;
    alternative: Generated<string>;
    grace_days: Generated<number>;
    closed_at: Instant | null;
    search_budget: Generated<number>;
    probes_max: Generated<number>;
    two_person: Generated<number>;
    daily_invites: Generated<number>;
    terms_since: Instant | null;
    upload_photo: Generated<number>;
  };
  notices: {
    id: NoticeId;
    collection_id: CollectionId;
    version: number;
    language: string;
    body: string;
    hash: string;
    created_at: Instant;
  };
  subjects: {
    id: SubjectId;
    name_index: string | null;
    contact_index: string | null;
    sealed_name: Uint8Array | null;
    sealed_contact: Uint8Array | null;
    created_at: Instant;
    erased_at: Instant | null;
  };
  subject_keys: { subject_id: SubjectId; epoch_id: EpochId; wrapped_key: Uint8Array };
  grants: {
    id: GrantId;
    collection_id: CollectionId;
    subject_id: SubjectId;
    notice_id: NoticeId;
    state: GrantState;
    uses: string;
    granted_at: Instant;
    expires_at: Instant;
    ended_at: Instant | null;
    gallery_version: Generated<number>;
  };
  grant_keys: { grant_id: GrantId; epoch_id: EpochId; wrapped_key: Uint8Array };
  templates: {
    id: TemplateId;
    collection_id: CollectionId;
    grant_id: GrantId;
    grant_state: GrantState;
    pack: string;
    photo_index: string;
    sealed_vector: Uint8Array;
    created_at: Instant;
  };
  enrolment_photos: {
    grant_id: GrantId;
    photo_index: string;
    sealed_photo: Uint8Array;
    created_at: Instant;
  };
  media: {
    id: MediaId;
    seq: number;
    collection_id: CollectionId;
    sha256: string;
    format: string;
    bytes: number;
    width: number;
    height: number;
    taken_at: string | null;
    imported_at: Instant;
    analysed_with: string;
    scanned_version: number;
    problem: string | null;
    kind: Generated<MediaKind>;
    duration_ms: number | null;
  };
  media_sources: { media_id: MediaId; path: string };
  faces: {
    id: FaceId;
    media_id: MediaId;
    position: number;
    place: string;
    width_pixels: number;
    problems: string;
    from_ms: number | null;
    to_ms: number | null;
    best_ms: number | null;
    path: string | null;
    kept: string | null;
  };
  sightings: {
    id: SightingId;
    collection_id: CollectionId;
    face_id: FaceId;
    subject_id: SubjectId;
    pack: string;
    verdict: SightingVerdict;
    score: number;
    state: SightingState;
    proposed_at: Instant;
    decided_at: Instant | null;
  };
  imports: {
    id: ImportId;
    collection_id: CollectionId;
    folder: string;
    state: "running" | "done";
    account: string | null;
    started_at: Instant;
    finished_at: Instant | null;
  };
  import_files: {
    import_id: ImportId;
    path: string;
    outcome: "added" | "duplicate" | "refused";
    reason: string | null;
    media_id: MediaId | null;
  };
  searches: {
    id: SearchId;
    collection_id: CollectionId;
    account: string;
    purpose: string;
    started_at: Instant;
    recorded_at: Instant;
    probe_commitment: string;
    faces: number;
    entry_id: EventId | null;
    turn: number | null;
  };
  kept_probes: {
    search_id: SearchId;
    collection_id: CollectionId;
    sha256: string;
    sealed_key: Uint8Array;
    media_type: string;
    kept_until: Instant;
  };
  search_returns: {
    search_id: SearchId;
    subject_id: SubjectId;
    verdict: SightingVerdict;
    recorded_at: Instant;
  };
  events: {
    seq: Generated<number>;
    id: EventId;
    at: Instant;
    kind: string;
    account: string;
    collection_id: CollectionId | null;
    subject_id: SubjectId | null;
    body: string;
  };
  consents: {
    id: ConsentId;
    grant_id: GrantId;
    notice_id: NoticeId;
    evidence_kind: EvidenceKind;
    by_guardian: Generated<number>;
    uses: string;
    given_at: Instant;
    sealed_evidence: Uint8Array | null;
    sealed_receipt: Uint8Array | null;
    receipt_hash: string | null;
  };
  audit_keys: {
    subject_id: SubjectId;
    holder: AuditHolder;
    epoch_id: EpochId;
    wrapped_key: Uint8Array;
  };
  instance_keys: { id: InstanceKey; epoch_id: EpochId; wrapped_key: Uint8Array };
  signing_keys: {
    id: SigningKeyId;
    purpose: SigningPurpose;
    public_key: Uint8Array;
    sealed_private_key: Uint8Array;
    created_at: Instant;
    retired_at: Instant | null;
  };
  entries: {
    seq: Generated<number>;
    id: EventId;
    leaf: Uint8Array;
    leaf_index: number | null;
    subject_id: SubjectId | null;
    subject_seq: number | null;
    subject_body: Uint8Array | null;
    operator_body: Uint8Array | null;
  };
  subject_sequences: { subject_id: SubjectId; entries: number };
  tree_tiles: { level: number; position: number; hashes: Uint8Array };
  checkpoints: { size: number; root: Uint8Array; note: string; made_at: Instant };
  witnesses: {
    id: WitnessId;
    url: string;
    verifier_key: string;
    cosigned_size: Generated<number>;
    added_at: Instant;
  };
  witnessed_logs: {
    origin: string;
    verifier_key: string;
    size: number;
    root: Uint8Array;
    updated_at: Instant;
  };
  objections: {
    id: ObjectionId;
    collection_id: CollectionId;
    media_id: MediaId;
    face_id: FaceId | null;
    subject_id: SubjectId | null;
    state: ObjectionState;
    sealed_reason: Uint8Array | null;
    asked_at: Instant;
    decided_at: Instant | null;
  };
  certificates: { id: CertificateId; subject_id: SubjectId; jws: string; made_at: Instant };
  backup_places: { keys_path: string; written_at: Instant; due: Generated<number> };
  jobs: {
    id: JobId;
    kind: string;
    target: string;
    state: JobState;
    attempts: Generated<number>;
    run_at: Instant;
    lease_until: Instant | null;
    lease_holder: string | null;
    cancel_asked: Generated<number>;
    done_steps: Generated<number>;
    total_steps: number | null;
    error_code: string | null;
    created_at: Instant;
    finished_at: Instant | null;
  };
  migrations: { number: number; name: string; hash: string; applied_at: Instant };
}
