import { z } from "zod";

/**
 * The one table of failures: every code of every room, the status it is answered with, and its
 * title. What a person can mend is 4xx; what the operator must is 5xx, and is told no further.
 */
export const PROBLEMS = {
  // At the door.
  request_invalid: [400, "The request is not what this route takes."],
  json_malformed: [400, "The body is not JSON."],
  json_too_deep: [400, "The body is nested too deeply."],
  multipart_malformed: [400, "The form's parts can't be read."],
  cursor_invalid: [400, "The cursor is not one that this list gave out."],
  idempotency_key_invalid: [400, "The Idempotency-Key is not 1 to 200 printable characters."],
  credentials_missing: [401, "Say who you are: sign in, or send an API key."],
  credentials_invalid: [401, "The session or key is unknown, expired or revoked."],
  not_allowed: [403, "This is not for you to do."],
  origin_refused: [403, "A change from a browser needs this site's origin and header."],
  route_unknown: [404, "There is nothing at this address."],
  method_unknown: [405, "This address does not take that method."],
  idempotency_busy: [409, "A request with this Idempotency-Key is still being worked on."],
  idempotency_forgotten: [409, "It was done, but its answer was erased since."],
  body_too_large: [413, "The body is larger than this route takes."],
  media_type_unsupported: [415, "The body is of a type that this route does not take."],
  idempotency_mismatch: [422, "This Idempotency-Key was used with another request."],
  too_many_requests: [429, "Too many requests. Wait, then go on."],
  overloaded: [503, "Too much is being asked at once. Try again in a moment."],
  stopping: [503, "The service is being stopped. Try again in a moment."],
  disk_full: [507, "The disk is full."],
  internal: [500, "Something went wrong here. Nothing half-done was kept."],

  // People, consent, collections.
  subject_unknown: [404, "No such person."],
  subject_ambiguous: [409, "Several people fit."],
  subject_erased: [410, "This person was erased."],
  subject_name_invalid: [422, "The name can't be used."],
  subject_contact_invalid: [422, "The contact must be an e-mail address."],
  no_live_grant: [409, "This person has no consent in force for this collection."],
  grant_not_paused: [409, "The consent is not paused."],
  form_missing: [422, "Say where the signed form is kept."],
  witness_missing: [422, "Say who witnessed the signature."],
  signed_on_invalid: [422, "Give the date of signature as YYYY-MM-DD."],
  signed_on_future: [422, "The consent's date lies in the future."],
  consent_too_old: [422, "This consent has ended already."],
  consent_withdrawn: [409, "This person has withdrawn since."],
  declaration_missing: [422, "The words the person agreed to are missing."],
  born_invalid: [422, "Give the date of birth as YYYY-MM-DD."],
  born_missing: [422, "The date of birth is needed."],
  guardian_invalid: [422, "Give the guardian's name and what they are to the person."],
  guardian_needed: [422, "Somebody must stand in for a person of this age."],
  guardian_not_needed: [422, "Nobody stands in for a person of this age."],
  notice_unknown: [404, "No such notice."],
  notice_outdated: [409, "The notice has changed. Show the new one."],
  notice_invalid: [422, "The notice can't be used."],
  language_unknown: [404, "There is no notice in this language."],
  receipt_missing: [404, "There is no receipt."],
  receipt_signature_invalid: [422, "The signature does not fit the receipt."],
  operator_unknown: [409, "The operator has not said who they are yet."],
  operator_invalid: [422, "The operator's profile can't be used."],
  collection_unknown: [404, "No such collection."],
  collection_exists: [409, "A collection of this name exists already."],
  collection_invalid: [422, "The collection can't be made or changed so."],
  collection_closed: [409, "The collection is closed."],
  folder_unreadable: [422, "The folder can't be read."],
  too_many_files: [422, "There are too many files."],
  csv_invalid: [422, "The table can't be read."],

  // Search and rights.
  purpose_missing: [422, "Say why you search. The people who are found can read it."],
  scene_basis_missing: [409, "The collection has no scene basis."],
  face_not_pointed_at: [422, "The collection has no scene basis: point at the one face you mean."],
  no_face_found: [422, "No face was found in the photo."],
  no_face_there: [422, "There is no face where you point."],
  sighting_unknown: [404, "No such sighting."],
  sighting_not_decided: [409, "Nobody has said anything of this sighting."],
  sighting_said_by_person: [409, "The person said so themselves: only they take it back."],
  gallery_full: [507, "The collection holds as many people as one can."],
  photo_unknown: [404, "No such photo."],
  face_unknown: [404, "No such face."],
  objection_unknown: [404, "No such objection."],
  objection_decided: [409, "The objection is decided already."],
  reason_too_long: [422, "The reason is too long."],

  // Accounts.
  sign_in_refused: [401, "The link or passkey is not in force."],
  passkey_refused: [422, "The passkey can't be used."],
  passkeys_full: [409, "There are passkeys enough. Remove one first."],
  account_unknown: [404, "No such account."],
  account_exists: [409, "There is an account of this address already."],
  account_invalid: [422, "The account can't be made or changed so."],
  owner_needed: [409, "There must be an owner."],
  owner_exists: [409, "There is an owner already."],
  api_key_unknown: [404, "No such API key."],
  api_key_invalid: [422, "The API key can't be made so."],
  invite_unknown: [404, "No such invite."],
  invite_over: [410, "The invite is over."],
  invite_invalid: [422, "The invites can't be made so."],
  invites_spent: [429, "The collection's invites of today are spent."],
  search_budget_spent: [429, "The account's searches of this hour are spent."],
  alert_unknown: [404, "No such alert."],
  mail_settings_invalid: [500, "The settings for mail can't be used."],

  // Photos.
  empty_file: [422, "The file is empty."],
  not_a_picture: [422, "This is not a picture."],
  unsupported_format: [422, "This kind of picture can't be read."],
  heic_unsupported: [422, "HEIC pictures can't be read here."],
  raw_unsupported: [422, "Raw camera files can't be read."],
  truncated: [422, "The end of the file is missing."],
  corrupt: [422, "The file is damaged."],
  too_large_bytes: [413, "The file is too large."],
  too_many_pixels: [422, "The picture has too many pixels."],
  too_small: [422, "The picture is too small."],
  too_slow: [422, "The picture took too long to read."],
  missing: [422, "There is no such file."],
  unreadable: [422, "The file can't be opened."],
  not_a_file: [422, "This is not a file."],
  is_a_link: [422, "This is a link, not a file."],
  photo_too_slow: [422, "The photo took too long to look at."],
  worker_died: [422, "The photo can't be looked at."],

  // Jobs, webhooks, papers, proofs.
  job_unknown: [404, "No such job, or it is over."],
  job_cancelled: [409, "The job was cancelled."],
  lease_lost: [503, "Another process has taken the work over."],
  webhook_url_refused: [422, "The endpoint's address can't be used."],
  webhook_exists: [409, "The endpoint is there already."],
  webhook_unknown: [404, "No such endpoint."],
  message_unknown: [404, "No such message."],
  qr_too_long: [422, "The text is too long for a QR code."],
  entry_unknown: [404, "No such entry in the record."],
  size_unknown: [404, "The record never had this size."],
  witness_known: [409, "The witness is there already."],
  witness_unknown: [404, "No such witness."],
  witness_unreachable: [502, "The witness does not answer."],
  witness_refused: [502, "The witness refuses."],
  witness_ahead: [409, "The witness has seen more of the record than there is."],
  format_invalid: [422, "It can't be read as what it says it is."],
  signature_invalid: [422, "The signature does not fit."],
  key_unknown: [422, "No key given made this signature."],
  hash_mismatch: [422, "The bytes are not those that were named."],
  proof_invalid: [422, "The proof does not hold."],
  commitment_mismatch: [422, "The entry does not give its leaf."],
  ledger_rewritten: [422, "The two states of the record can't both be true."],
  incomplete: [422, "Something that must be there is not."],

  // What the operator must mend.
  tree_damaged: [500, "The record's tree is damaged."],
  database_unreachable: [503, "The database can't be reached."],
  database_busy: [503, "The database is busy."],
  database_newer: [500, "The database is of a newer version."],
  migration_changed: [500, "The database is of another version."],
  scrub_due: [503, "It is done, but deleted bytes may still be in the database's files."],
  key_file_due: [503, "A file of keys must be written anew."],
  key_file_invalid: [500, "A file of keys can't be used."],
  row_invalid: [500, "The database holds what can't be read."],
  restore_unfinished: [503, "A restore is not finished."],
  master_key_missing: [500, "The master key is missing."],
  master_key_exists: [500, "There is a master key already."],
  master_key_invalid: [500, "The master key can't be used."],
  master_key_exposed: [500, "The master key can be read by others."],
  key_destroyed: [410, "It was erased: its key is destroyed."],
  seal_broken: [500, "What is kept sealed can't be opened."],
  blob_missing: [500, "A photo's file is missing."],
  blob_corrupt: [500, "A photo's file is damaged."],
  model_missing: [503, "A model file is missing."],
  model_changed: [500, "A model file is not the one that its manifest names."],
  model_malformed: [500, "A model file can't be read."],
  model_layer_unknown: [500, "A model can't be used here."],
  folder_unwritable: [500, "A folder can't be written."],
  pack_unknown: [422, "No model pack has this name."],
  engine_closed: [503, "The service is being stopped. Try again in a moment."],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

/** Every code that an answer may carry. */
export type ProblemCode = keyof typeof PROBLEMS;

/** True for a code of the table. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** A failure as it is answered: RFC 9457, with the code and the request's id beside. */
export const problem = z
  .object({
    type: z.string().meta({ description: "Where the documentation tells of this code." }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: "From the closed list of codes." }),
    detail: z.string().optional().meta({ description: "What to do." }),
    request: z.string().meta({ description: "The request's id, as the log has it." }),
    issues: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "What is wrong where, for request_invalid." }),
  })
  .meta({ id: "Problem", description: "A failure (RFC 9457)." });

export type Problem = z.output<typeof problem>;
