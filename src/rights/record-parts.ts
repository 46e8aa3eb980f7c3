import type { ConsentId, GrantId, SubjectId } from "../base/ids.ts";
import type { KeptEvidence } from "../consent/evidence.ts";
import type { FacePlace } from "../faces/engine.ts";
import type { Reader } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { listObjections } from "./objections.ts";
import {
  type Held,
  type HeldConsent,
  type HeldGrant,
  type HeldMessage,
  type HeldObjection,
  type HeldPhoto,
  type HeldSearch,
  type HeldSighting,
  type HeldTemplate,
  moment,
  momentOrNull,
} from "./person-record.ts";

/** A bound for memory, far above what a collection sees in three years; that there is more is told. */
const ROWS_MAX = 200_000;

/** Every grant of theirs, with what was said and how. */
export async function grantsHeld(
  db: Reader,
  vault: Vault,
  subject: SubjectId,
): Promise<readonly HeldGrant[]> {
  const rows = await db.read
    .selectFrom("grants")
    .innerJoin("collections", "collections.id", "grants.collection_id")
    .select(["grants.id", "grants.state", "grants.uses", "granted_at", "expires_at", "ended_at"])
    .select(["collections.id as collection", "collections.name", "purpose", "contact"])
    .where("subject_id", "=", subject)
    .orderBy("granted_at")
    .orderBy("grants.id")
    .execute();
  const consents = await consentsOf(db, vault, subject);
  return rows.map((row) => ({
    id: row.id,
    collection: {
      id: row.collection,
      name: row.name,
      purpose: row.purpose,
      contact: row.contact,
    },
    state: row.state,
    uses: JSON.parse(row.uses) as readonly string[],
    from: moment(row.granted_at),
    until: moment(row.expires_at),
    endedAt: momentOrNull(row.ended_at),
    consents: consents.get(row.id) ?? [],
  }));
}

/** That their templates are there. */
export async function templatesHeld(
  db: Reader,
  subject: SubjectId,
): Promise<readonly HeldTemplate[]> {
  const rows = await db.read
    .selectFrom("templates")
    .innerJoin("grants", "grants.id", "templates.grant_id")
    .innerJoin("collections", "collections.id", "templates.collection_id")
    .select(["templates.grant_id", "templates.pack", "templates.created_at"])
    .select(["collections.id as collection", "collections.name"])
    .where("grants.subject_id", "=", subject)
    .orderBy("templates.created_at")
    .orderBy("templates.id")
    .execute();
  return rows.map((row) => ({
    grant: row.grant_id,
    collection: { id: row.collection, name: row.name },
    pack: row.pack,
    madeAt: moment(row.created_at),
  }));
}

/** That their enrolment photos are kept. */
export async function enrolmentPhotosHeld(
  db: Reader,
  subject: SubjectId,
): Promise<readonly HeldPhoto[]> {
  const rows = await db.read
    .selectFrom("enrolment_photos")
    .innerJoin("grants", "grants.id", "enrolment_photos.grant_id")
    .select(["enrolment_photos.grant_id", "enrolment_photos.created_at"])
    .where("grants.subject_id", "=", subject)
    .orderBy("enrolment_photos.created_at")
    .orderBy("photo_index")
    .execute();
  return rows.map((row) => ({ grant: row.grant_id, keptAt: moment(row.created_at) }));
}

/** What was said at each giving and renewal of their grants, by grant. */
async function consentsOf(
  db: Reader,
  vault: Vault,
  subject: SubjectId,
): Promise<ReadonlyMap<GrantId, readonly HeldConsent[]>> {
  const rows = await db.read
    .selectFrom("consents")
    .innerJoin("grants", "grants.id", "consents.grant_id")
    .innerJoin("notices", "notices.id", "consents.notice_id")
    .select(["consents.id", "consents.grant_id", "consents.uses", "by_guardian", "given_at"])
    .select(["sealed_evidence", "sealed_receipt", "receipt_hash"])
    .select(["notices.id as notice", "version", "language", "hash"])
    .where("grants.subject_id", "=", subject)
    .orderBy("given_at")
    .orderBy("consents.id")
    .execute();
  const open = async (id: ConsentId, what: "evidence" | "receipt", sealed: Uint8Array | null) =>
    sealed &&
    (await vault.unseal(db, { kind: "subject", id: subject }, sealed, [what, id])).toString();
  const found = new Map<GrantId, HeldConsent[]>();
  for (const row of rows) {
    const evidence = await open(row.id, "evidence", row.sealed_evidence);
    const { notice, version, language, hash } = row;
    const consent = {
      id: row.id,
      recordedAt: moment(row.given_at),
      byGuardian: row.by_guardian === 1,
      uses: JSON.parse(row.uses) as readonly string[],
      notice: { id: notice, version, language, hash },
      evidence: evidence === null ? null : (JSON.parse(evidence) as KeptEvidence),
      receiptHash: row.receipt_hash,
      receipt: await open(row.id, "receipt", row.sealed_receipt),
    };
    found.set(row.grant_id, [...(found.get(row.grant_id) ?? []), consent]);
  }
  return found;
}

/** Where they were seen, rejected ones too. */
export async function sightingsHeld(db: Reader, subject: SubjectId): Promise<Held<HeldSighting>> {
  const rows = await db.read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .innerJoin("media", "media.id", "faces.media_id")
    .innerJoin("collections", "collections.id", "sightings.collection_id")
    .select(["sightings.id", "verdict", "state", "proposed_at", "decided_at"])
    .select(["media.id as photo", "media.taken_at", "faces.id as face", "faces.place"])
    .select(["collections.id as collection", "collections.name"])
    .where("sightings.subject_id", "=", subject)
    .orderBy("proposed_at", "desc")
    .orderBy("sightings.id")
    .limit(ROWS_MAX + 1)
    .execute();
  return newest(rows, (row) => ({
    id: row.id,
    collection: { id: row.collection, name: row.name },
    photo: row.photo,
    face: row.face,
    takenAt: row.taken_at,
    box: (JSON.parse(row.place) as FacePlace).box,
    verdict: row.verdict,
    state: row.state,
    seenAt: moment(row.proposed_at),
    decidedAt: momentOrNull(row.decided_at),
  }));
}

/** Their objections. */
export async function objectionsHeld(
  db: Reader,
  vault: Vault,
  subject: SubjectId,
): Promise<readonly HeldObjection[]> {
  const objections = await listObjections(db, vault, { subject, limit: ROWS_MAX });
  const collections = await db.read.selectFrom("collections").select(["id", "name"]).execute();
  const names = new Map(collections.map(({ id, name }) => [id, name]));
  return objections.map((one) => ({
    id: one.id,
    collection: { id: one.collection, name: names.get(one.collection) ?? one.collection },
    photo: one.photo,
    face: one.face,
    reason: one.reason,
    state: one.state,
    askedAt: moment(one.askedAt),
    decidedAt: momentOrNull(one.decidedAt),
  }));
}

/** What endpoints were told about them: messages name people, sightings and searches by id alone. */
export async function messagesHeld(
  db: Reader,
  subject: SubjectId,
  of: { readonly sightings: readonly HeldSighting[]; readonly searches: readonly HeldSearch[] },
): Promise<Held<HeldMessage>> {
  const rows = await db.read
    .selectFrom("webhook_messages")
    .innerJoin("webhooks", "webhooks.id", "webhook_messages.webhook_id")
    .innerJoin("collections", "collections.id", "webhooks.collection_id")
    .select(["webhook_messages.id", "kind", "state", "body", "webhooks.url"])
    .select(["webhook_messages.created_at", "delivered_at"])
    .select(["collections.id as collection", "collections.name"])
    .where("webhooks.collection_id", "in", (where) =>
      where.selectFrom("grants").select("collection_id").where("subject_id", "=", subject),
    )
    .orderBy("webhook_messages.created_at", "desc")
    .orderBy("webhook_messages.id")
    .limit(ROWS_MAX + 1)
    .execute();
  const searches = of.searches.filter(({ returned }) => returned !== null);
  const ids = new Set<string>([subject, ...[...of.sightings, ...searches].map(({ id }) => id)]);
  const about = rows.filter(({ body }) => [...body.matchAll(ID)].some(([id]) => ids.has(id)));
  const shown = about.map((row) => ({
    id: row.id,
    collection: { id: row.collection, name: row.name },
    to: new URL(row.url).host,
    kind: row.kind,
    state: row.state,
    queuedAt: moment(row.created_at),
    deliveredAt: momentOrNull(row.delivered_at),
  }));
  return { rows: shown, complete: rows.length <= ROWS_MAX };
}

/** Ids of people, sightings and searches, as newId makes them. */
const ID = /(?:sub|sig|sea)_[\w-]{16}/gu;

/** Rows come the newest first, one more than there is room for if there are more. */
function newest<Row, Shown>(rows: readonly Row[], show: (row: Row) => Shown): Held<Shown> {
  return { rows: rows.slice(0, ROWS_MAX).map(show), complete: rows.length <= ROWS_MAX };
}
