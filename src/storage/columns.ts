import type { Schema } from "./schema.ts";

/** What a column says, in the words of a record of processing (R18). */
export interface ColumnNote {
  /**
   * `technical` and `operator` say nothing of a subject; `pseudonym` is an id or a keyed digest of
   * one; `place` is a face's place in a photo and `sighting` whose it is taken for.
   */
  readonly category:
    | "technical"
    | "operator"
    | "key"
    | "pseudonym"
    | "identity"
    | "consent"
    | "biometric"
    | "photo"
    | "place"
    | "sighting"
    | "record";
  /** What it is kept for. */
  readonly purpose:
    | "run the instance"
    | "state the collection's rules"
    | "know who the person is"
    | "prove consent"
    | "seal what is personal"
    | "find the person"
    | "make the template anew"
    | "keep the collection"
    | "account for what was done";
  /** When it goes, at the latest. `grant end`: withdrawal, expiry or erasure, whichever is first. */
  readonly retention: "instance" | "collection" | "photo" | "grant end" | "erasure";
  /**
   * What erasing a subject does to it in their rows: the row goes, it becomes null, it is set to
   * say so, or it stays as it is.
   */
  readonly erasure: "row deleted" | "cleared" | "updated" | "stays";
  /** Whether a person's own export has it, opened where it is sealed. */
  readonly exported: boolean;
}

const technical: ColumnNote = {
  category: "technical",
  purpose: "run the instance",
  retention: "instance",
  erasure: "stays",
  exported: false,
};

const rule: ColumnNote = {
  ...technical,
  category: "operator",
  purpose: "state the collection's rules",
  retention: "collection",
  exported: true,
};

const identity: ColumnNote = {
  category: "identity",
  purpose: "know who the person is",
  retention: "erasure",
  erasure: "cleared",
  exported: true,
};

/** The bare fact that a consent was given, and its dates: the proof that outlives the person. */
const consent: ColumnNote = {
  category: "consent",
  purpose: "prove consent",
  retention: "instance",
  erasure: "stays",
  exported: true,
};

const key: ColumnNote = {
  category: "key",
  purpose: "seal what is personal",
  retention: "erasure",
  erasure: "row deleted",
  exported: false,
};

const instanceKey: ColumnNote = {
  category: "key",
  purpose: "run the instance",
  retention: "instance",
  erasure: "stays",
  exported: false,
};

/** What somebody wants hidden stays hidden, whoever asked for it. */
const objection: ColumnNote = {
  category: "record",
  purpose: "account for what was done",
  retention: "photo",
  erasure: "stays",
  exported: true,
};

const template: ColumnNote = {
  category: "technical",
  purpose: "find the person",
  retention: "grant end",
  erasure: "row deleted",
  exported: true,
};

const enrolmentPhoto: ColumnNote = {
  category: "technical",
  purpose: "make the template anew",
  retention: "erasure",
  erasure: "row deleted",
  exported: true,
};

/** Photos and the faces in them belong to the collection, whoever is pictured. */
const photo: ColumnNote = {
  category: "photo",
  purpose: "keep the collection",
  retention: "photo",
  erasure: "stays",
  exported: false,
};

const sighting: ColumnNote = {
  category: "sighting",
  purpose: "find the person",
  retention: "erasure",
  erasure: "row deleted",
  exported: true,
};

const record: ColumnNote = {
  category: "record",
  purpose: "account for what was done",
  retention: "instance",
  erasure: "stays",
  exported: true,
};

const pseudonym = { category: "pseudonym" } as const;

/** Every column of every table. A column without a note does not compile. */
export const columns: {
  readonly [T in keyof Schema]: { readonly [C in keyof Schema[T]]: ColumnNote };
} = {
  settings: { name: technical, value: technical },
  migrations: { number: technical, name: technical, hash: technical, applied_at: technical },
  epoch_keys: {
    id: technical,
    wrapped_key: { ...key, retention: "instance", erasure: "stays" },
    created_at: technical,
  },
  collections: {
    id: rule,
    name: rule,
    purpose: rule,
    contact: rule,
    retention_days: rule,
    age_floor: rule,
    scene_basis: rule,
    pack: rule,
    gallery_version: { ...technical, erasure: "updated" },
    template_version: technical,
    created_at: rule,
    alternative: rule,
    grace_days: rule,
    closed_at: rule,
  },
  notices: {
    id: rule,
    collection_id: rule,
    version: rule,
    language: rule,
    body: rule,
    hash: rule,
    created_at: rule,
  },
  subjects: {
    id: { ...identity, ...pseudonym, retention: "instance", erasure: "stays" },
    name_index: { ...identity, ...pseudonym, exported: false },
    contact_index: { ...identity, ...pseudonym, exported: false },
    sealed_name: identity,
    sealed_contact: identity,
    created_at: { ...identity, retention: "instance", erasure: "stays" },
    erased_at: { ...identity, retention: "instance", erasure: "updated" },
  },
  subject_keys: {
    subject_id: { ...key, ...pseudonym },
    epoch_id: key,
    wrapped_key: key,
  },
  grants: {
    id: { ...consent, ...pseudonym },
    collection_id: consent,
    subject_id: { ...consent, ...pseudonym },
    notice_id: consent,
    state: { ...consent, erasure: "updated" },
    uses: consent,
    granted_at: consent,
    expires_at: consent,
    ended_at: { ...consent, erasure: "updated" },
  },
  grant_keys: { grant_id: { ...key, ...pseudonym }, epoch_id: key, wrapped_key: key },
  templates: {
    id: template,
    collection_id: template,
    grant_id: { ...template, ...pseudonym },
    grant_state: template,
    pack: template,
    photo_index: { ...template, ...pseudonym, exported: false },
    sealed_vector: { ...template, category: "biometric" },
    created_at: template,
  },
  enrolment_photos: {
    grant_id: { ...enrolmentPhoto, ...pseudonym },
    photo_index: { ...enrolmentPhoto, ...pseudonym, exported: false },
    sealed_photo: { ...enrolmentPhoto, category: "photo" },
    created_at: enrolmentPhoto,
  },
  media: {
    id: photo,
    seq: photo,
    collection_id: photo,
    sha256: photo,
    format: photo,
    bytes: photo,
    width: photo,
    height: photo,
    taken_at: photo,
    imported_at: photo,
    analysed_with: photo,
    scanned_version: photo,
    problem: photo,
  },
  media_sources: { media_id: photo, path: photo },
  faces: {
    id: photo,
    media_id: photo,
    position: photo,
    place: { ...photo, category: "place" },
    width_pixels: { ...photo, category: "place" },
    problems: { ...photo, category: "place" },
  },
  sightings: {
    id: sighting,
    collection_id: sighting,
    face_id: sighting,
    subject_id: { ...sighting, ...pseudonym },
    pack: sighting,
    verdict: sighting,
    score: sighting,
    state: sighting,
    proposed_at: sighting,
    decided_at: sighting,
  },
  imports: {
    id: photo,
    collection_id: photo,
    folder: photo,
    state: photo,
    started_at: photo,
    finished_at: photo,
  },
  import_files: {
    import_id: photo,
    path: photo,
    outcome: photo,
    reason: photo,
    media_id: photo,
  },
  searches: {
    id: record,
    collection_id: record,
    account: { ...record, category: "operator" },
    // Free text by whoever searches: it may name somebody, and outlives them.
    purpose: record,
    started_at: record,
    recorded_at: record,
    probe_commitment: { ...record, exported: false },
    faces: record,
  },
  search_returns: {
    search_id: { ...record, retention: "erasure", erasure: "row deleted" },
    subject_id: { ...record, ...pseudonym, retention: "erasure", erasure: "row deleted" },
    verdict: { ...record, retention: "erasure", erasure: "row deleted" },
  },
  events: {
    seq: record,
    id: record,
    at: record,
    kind: record,
    account: { ...record, category: "operator" },
    collection_id: record,
    subject_id: { ...record, ...pseudonym },
    body: record,
  },
  consents: {
    id: { ...consent, ...pseudonym },
    grant_id: { ...consent, ...pseudonym },
    notice_id: consent,
    evidence_kind: consent,
    by_guardian: consent,
    uses: consent,
    given_at: consent,
    sealed_evidence: { ...consent, retention: "erasure", erasure: "cleared" },
    sealed_receipt: { ...consent, retention: "erasure", erasure: "cleared" },
    receipt_hash: consent,
  },
  audit_keys: {
    subject_id: { ...key, ...pseudonym },
    holder: key,
    epoch_id: key,
    wrapped_key: key,
  },
  instance_keys: { id: technical, epoch_id: technical, wrapped_key: instanceKey },
  signing_keys: {
    id: technical,
    purpose: technical,
    public_key: technical,
    sealed_private_key: instanceKey,
    created_at: technical,
    retired_at: technical,
  },
  entries: {
    seq: record,
    id: record,
    leaf: record,
    leaf_index: record,
    subject_id: { ...record, ...pseudonym, retention: "erasure", erasure: "cleared" },
    subject_seq: { ...record, retention: "erasure", erasure: "cleared" },
    subject_body: { ...record, retention: "erasure", erasure: "cleared" },
    operator_body: { ...record, retention: "erasure", erasure: "cleared", exported: false },
  },
  subject_sequences: {
    subject_id: { ...record, ...pseudonym, retention: "erasure", erasure: "row deleted" },
    entries: { ...record, retention: "erasure", erasure: "row deleted" },
  },
  tree_tiles: { level: record, position: record, hashes: { ...record, exported: false } },
  checkpoints: { size: record, root: record, note: record, made_at: record },
  witnesses: { id: technical, url: technical, verifier_key: technical, added_at: technical },
  witnessed_logs: {
    origin: technical,
    verifier_key: technical,
    size: technical,
    root: technical,
    updated_at: technical,
  },
  objections: {
    id: objection,
    collection_id: objection,
    media_id: objection,
    face_id: objection,
    subject_id: { ...objection, ...pseudonym, retention: "erasure", erasure: "cleared" },
    state: objection,
    sealed_reason: { ...objection, retention: "erasure", erasure: "cleared" },
    asked_at: objection,
    decided_at: objection,
  },
  certificates: {
    id: record,
    subject_id: { ...record, ...pseudonym },
    jws: record,
    made_at: record,
  },
  webhooks: {
    id: technical,
    collection_id: technical,
    url: { ...technical, category: "operator" },
    sealed_secret: instanceKey,
    allow_private: technical,
    created_at: technical,
    removed_at: technical,
  },
  webhook_messages: {
    id: record,
    webhook_id: record,
    kind: record,
    body: { ...record, ...pseudonym },
    state: record,
    attempts: record,
    next_at: record,
    last_status: record,
    created_at: record,
    delivered_at: record,
  },
  backup_places: { keys_path: technical, written_at: technical, due: technical },
  jobs: {
    id: technical,
    kind: technical,
    target: technical,
    state: technical,
    attempts: technical,
    run_at: technical,
    lease_until: technical,
    lease_holder: technical,
    cancel_asked: technical,
    done_steps: technical,
    total_steps: technical,
    error_code: technical,
    created_at: technical,
    finished_at: technical,
  },
};
