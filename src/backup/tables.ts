import type { Schema } from "../storage/schema.ts";

/** Where the rows of a table lie in a backup ([Note: the key file] in storage/key-file.ts). */
export type Plan =
  /** In the dump, read in the order of these columns, which tell its rows apart. */
  | { readonly in: "dump"; readonly key: readonly string[] }
  | { readonly in: "key file" }
  /** Nowhere: the restored instance has its own. */
  | { readonly in: "neither" };

const byId: Plan = { in: "dump", key: ["id"] };
const inKeyFile: Plan = { in: "key file" };
const own: Plan = { in: "neither" };

/**
 * Every table, in an order in which rows can be put back: each after those it points at. A table
 * without a plan does not compile.
 */
export const PLANS: { readonly [T in keyof Schema]: Plan } = {
  migrations: own,
  backup_places: own,
  settings: { in: "dump", key: ["name"] },
  epoch_keys: inKeyFile,
  instance_keys: inKeyFile,
  signing_keys: inKeyFile,
  collections: byId,
  // Accounts as the key file knows them, which is later than the dump: who was shut out stays out.
  accounts: inKeyFile,
  account_collections: inKeyFile,
  api_keys: inKeyFile,
  invites: inKeyFile,
  notices: byId,
  subjects: byId,
  passkeys: inKeyFile,
  subject_keys: inKeyFile,
  audit_keys: inKeyFile,
  grants: byId,
  grant_keys: inKeyFile,
  consents: byId,
  templates: byId,
  enrolment_photos: { in: "dump", key: ["grant_id", "photo_index"] },
  media: byId,
  media_sources: { in: "dump", key: ["media_id", "path"] },
  faces: byId,
  sightings: byId,
  sighting_confirmations: { in: "dump", key: ["sighting_id", "account"] },
  imports: byId,
  import_files: { in: "dump", key: ["import_id", "path"] },
  searches: byId,
  // A probe that was deleted meanwhile must not come back.
  kept_probes: own,
  search_returns: { in: "dump", key: ["search_id", "subject_id"] },
  alerts: byId,
  events: { in: "dump", key: ["seq"] },
  entries: { in: "dump", key: ["seq"] },
  subject_sequences: { in: "dump", key: ["subject_id"] },
  tree_tiles: { in: "dump", key: ["level", "position"] },
  checkpoints: { in: "dump", key: ["size"] },
  witnesses: byId,
  witnessed_logs: { in: "dump", key: ["origin"] },
  objections: inKeyFile,
  certificates: inKeyFile,
  webhooks: byId,
  webhook_messages: byId,
  jobs: byId,
  // Everybody signs in anew; what was under way begins anew.
  passkey_challenges: own,
  link_requests: own,
  login_links: own,
  contact_changes: own,
  enrolment_tries: own,
  sessions: own,
  outgoing_mail: own,
  search_turns: own,
  idempotency: own,
  uploads: own,
  enrolment_lists: own,
  enrolment_rows: own,
  deliveries: own,
  delivery_subjects: own,
};

/** A table that is in the dump, with what tells its rows apart. */
export interface DumpedTable {
  readonly name: keyof Schema;
  readonly key: readonly string[];
}

/** The tables of a dump, in the order of `PLANS`. */
export const DUMPED: readonly DumpedTable[] = Object.entries(PLANS).flatMap(([name, plan]) =>
  plan.in === "dump" ? [{ name: name as keyof Schema, key: plan.key }] : [],
);
