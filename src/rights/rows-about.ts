import type { SubjectId } from "../base/ids.ts";
import type { Db, Reader } from "../storage/db.ts";
import type { Schema } from "../storage/schema.ts";

/** Rows of a table that are about one person. */
export interface RowsAbout {
  readonly table: keyof Schema;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Messages looked through: a queue is emptied of what was delivered long before it is that long. */
const MESSAGES_MAX = 100_000;

/**
 * Every row of the database that is about a person, as it lies there: those that carry their id,
 * and those that hang on their grants, sightings and searches that returned them.
 */
export async function rowsAbout(db: Db, subject: SubjectId): Promise<readonly RowsAbout[]> {
  return db.write(async ({ read }) => {
    const grants = read.selectFrom("grants").select("id").where("subject_id", "=", subject);
    const faces = read.selectFrom("sightings").select("face_id").where("subject_id", "=", subject);
    const photos = read.selectFrom("faces").select("media_id").where("id", "in", faces);
    const searches = read
      .selectFrom("search_returns")
      .select("search_id")
      .where("subject_id", "=", subject);
    const queries = {
      subjects: read.selectFrom("subjects").selectAll().where("id", "=", subject),
      subject_keys: read.selectFrom("subject_keys").selectAll().where("subject_id", "=", subject),
      grants: read.selectFrom("grants").selectAll().where("subject_id", "=", subject),
      grant_keys: read.selectFrom("grant_keys").selectAll().where("grant_id", "in", grants),
      consents: read.selectFrom("consents").selectAll().where("grant_id", "in", grants),
      templates: read.selectFrom("templates").selectAll().where("grant_id", "in", grants),
      enrolment_photos: read
        .selectFrom("enrolment_photos")
        .selectAll()
        .where("grant_id", "in", grants),
      sightings: read.selectFrom("sightings").selectAll().where("subject_id", "=", subject),
      faces: read.selectFrom("faces").selectAll().where("id", "in", faces),
      media: read.selectFrom("media").selectAll().where("id", "in", photos),
      media_sources: read.selectFrom("media_sources").selectAll().where("media_id", "in", photos),
      search_returns: read
        .selectFrom("search_returns")
        .selectAll()
        .where("subject_id", "=", subject),
      searches: read.selectFrom("searches").selectAll().where("id", "in", searches),
      audit_keys: read.selectFrom("audit_keys").selectAll().where("subject_id", "=", subject),
      entries: read.selectFrom("entries").selectAll().where("subject_id", "=", subject),
      subject_sequences: read
        .selectFrom("subject_sequences")
        .selectAll()
        .where("subject_id", "=", subject),
      objections: read.selectFrom("objections").selectAll().where("subject_id", "=", subject),
      certificates: read.selectFrom("certificates").selectAll().where("subject_id", "=", subject),
      ...signInRows(read, subject),
    };
    const found: RowsAbout[] = [];
    for (const [table, query] of Object.entries(queries)) {
      found.push({ table: table as keyof typeof queries, rows: await query.execute() });
    }
    // Endpoints are told of people, and of where they were proposed, by ids alone.
    const places = await read
      .selectFrom("sightings")
      .select("id")
      .where("subject_id", "=", subject)
      .execute();
    const named: readonly string[] = [subject, ...places.map(({ id }) => id)];
    const messages = await read
      .selectFrom("webhook_messages")
      .selectAll()
      .limit(MESSAGES_MAX)
      .execute();
    const rows = messages.filter(({ body }) => named.some((id) => body.includes(id)));
    return [...found, { table: "webhook_messages", rows }];
  });
}

/** How a person signs in, what waits to be written to them, and who was watched about them. */
function signInRows(read: Reader["read"], subject: SubjectId) {
  const contacts = read
    .selectFrom("subjects")
    .select("contact_index")
    .where("id", "=", subject)
    .where("contact_index", "is not", null)
    .$castTo<{ contact_index: string }>();
  const sightings = read.selectFrom("sightings").select("id").where("subject_id", "=", subject);
  return {
    passkeys: read.selectFrom("passkeys").selectAll().where("subject_id", "=", subject),
    passkey_challenges: read
      .selectFrom("passkey_challenges")
      .selectAll()
      .where("subject_id", "=", subject),
    sessions: read.selectFrom("sessions").selectAll().where("subject_id", "=", subject),
    login_links: read.selectFrom("login_links").selectAll().where("subject_id", "=", subject),
    contact_changes: read
      .selectFrom("contact_changes")
      .selectAll()
      .where("subject_id", "=", subject),
    enrolment_tries: read
      .selectFrom("enrolment_tries")
      .selectAll()
      .where(
        "grant_id",
        "in",
        read.selectFrom("grants").select("id").where("subject_id", "=", subject),
      ),
    link_requests: read
      .selectFrom("link_requests")
      .selectAll()
      .where("whose", "=", "subject")
      .where("address_index", "in", contacts),
    invites: read.selectFrom("invites").selectAll().where("contact_index", "in", contacts),
    outgoing_mail: read.selectFrom("outgoing_mail").selectAll().where("subject_id", "=", subject),
    alerts: read.selectFrom("alerts").selectAll().where("subject_id", "=", subject),
    sighting_confirmations: read
      .selectFrom("sighting_confirmations")
      .selectAll()
      .where("sighting_id", "in", sightings),
  };
}
