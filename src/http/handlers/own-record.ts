import { z } from "zod";
import type { PasskeyDeps } from "../../accounts/passkeys.ts";
import type { App } from "../../app.ts";
import { sha256Hex } from "../../base/bytes.ts";
import type { CollectionId, SubjectId } from "../../base/ids.ts";
import { BACKFILL, listCollections } from "../../collections/collections.ts";
import { readOperator } from "../../consent/operator.ts";
import { ownReceiptPage, signOwnReceipt, startSigning } from "../../consent/own-receipts.ts";
import { receiptsOf } from "../../consent/receipts.ts";
import type { ownRecordRoutes } from "../../contract/own-record.ts";
import type { JobListing } from "../../jobs/jobs.ts";
import { renderHtml } from "../../print/html.ts";
import { renderPdf } from "../../print/pdf.ts";
import { askContactChange, confirmContactChange } from "../../rights/contact-change.ts";
import { correct } from "../../rights/correct.ts";
import { exportRecord } from "../../rights/export.ts";
import { pageOfOwnSearches } from "../../rights/own-searches.ts";
import { mailReceipt } from "../../rights/mail-receipt.ts";
import { proveEntry, proveSearch } from "../../rights/prove.ts";
import { readRecord } from "../../rights/record.ts";
import { grantsHeld, templatesHeld } from "../../rights/record-parts.ts";
import type { HeldGrant } from "../../rights/person-record.ts";
import { readSubject } from "../../subjects/subjects.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";
import { handOut } from "../outgoing.ts";

const searchesKey = z.object({ recordedAt: z.number(), id: z.string() });

export const ownRecordHandlers: Handlers<typeof ownRecordRoutes> = {
  readRecord: async (app, { params, recorder }) =>
    asJson<typeof ownRecordRoutes.readRecord.response>(
      await readRecord(app, recorder, params.subject),
    ),
  exportRecord: async (app, { params, recorder, signal }) =>
    handOut(app, "export.zip", signal, async (to) =>
      exportRecord(app, recorder, { subject: params.subject, to }),
    ),
  listGrants: async (app, { params }) => {
    const { subject } = params;
    // Whoever was erased is told so.
    await readSubject(app.db, app.vault, subject);
    const templates = await templatesHeld(app.db, subject);
    const enrolled = new Set(templates.map(({ grant }) => grant));
    const grants = await grantsHeld(app.db, app.vault, subject);
    const collections = await listCollections(app.db);
    const taking = new Set(collections.filter((one) => one.uploadPhoto).map(({ id }) => id));
    return {
      items: grants.map((one) => {
        const uploadPhoto = taking.has(one.collection.id);
        const collection = { ...one.collection, uploadPhoto };
        return { ...grantOf(one), collection, enrolled: enrolled.has(one.id) };
      }),
    };
  },
  listReceipts: async (app, { params }) => {
    await readSubject(app.db, app.vault, params.subject);
    const receipts = await receiptsOf(app.db, app.vault, params.subject);
    return { items: receipts.map((one) => ({ ...one, hash: sha256Hex(one.jws) })) };
  },
  readReceiptPage: async (app, { params, query }) => {
    const page = renderHtml(await ownReceiptPage(app, params, query.language));
    return { content: Buffer.from(page), name: "receipt.html" };
  },
  readReceiptPdf: async (app, { params, query }) => {
    const content = await renderPdf(await ownReceiptPage(app, params, query.language));
    return { content, name: "receipt.pdf" };
  },
  mailReceipt: async (app, { params, body, recorder }) => {
    await mailReceipt(app.db, recorder, { ...params, language: body.language });
    return { done: true };
  },
  startReceiptSignature: async (app, { params, origin }) => ({
    ...(await startSigning(app.db, await siteOf(app, origin), params)),
  }),
  signReceipt: async (app, { params, body, recorder, origin }) => {
    const { response } = body;
    await signOwnReceipt(app.db, recorder, await siteOf(app, origin), { ...params, response });
    return { done: true };
  },
  listOwnSearches: async (app, { params, query }) => {
    await readSubject(app.db, app.vault, params.subject);
    const after = readCursor(query.cursor, searchesKey);
    const page = { subject: params.subject, after, limit: query.limit + 1 };
    const rows = await pageOfOwnSearches(app, page);
    return pageOf(rows, query.limit, {
      key: ({ recordedAt, id }) => ({ recordedAt, id }),
      item: (one) => ({ ...one }),
    });
  },
  proveOwnSearch: async (app, { params }) =>
    asJson<typeof ownRecordRoutes.proveOwnSearch.response>(
      await proveSearch(app, params.subject, params.search),
    ),
  proveOwnEntry: async (app, { params }) =>
    asJson<typeof ownRecordRoutes.proveOwnEntry.response>(
      await proveEntry(app.ledger, params.subject, params.number),
    ),
  watchOwnProgress: async (app, { params }) => ({ items: await progressOf(app, params.subject) }),
  correctName: async (app, { params, body, recorder }) => {
    await correct(app.db, recorder, params.subject, { name: body.name });
    return { done: true };
  },
  askContactChange: async (app, { params, body, recorder, origin }) => {
    const change = { subject: params.subject, contact: body.contact, origin };
    await askContactChange(app.db, recorder, change);
    return { done: true };
  },
  confirmContactChange: async (app, { body, recorder }) => {
    await confirmContactChange(app.db, recorder, body.token);
    return { done: true };
  },
};

/** The same value as JSON says it; the door holds it against its route's schema. */
function asJson<Schema extends z.ZodType>(value: unknown): z.input<Schema> {
  return JSON.parse(JSON.stringify(value)) as z.input<Schema>;
}

function grantOf({ id, state, uses, from, until, endedAt }: HeldGrant) {
  return { id, state, uses: [...uses], from, until, endedAt };
}

/** The last backfill of each collection in which the person can be found. */
async function progressOf({ db }: App, subject: SubjectId) {
  const collections = await db.read
    .selectFrom("grants")
    .innerJoin("collections", "collections.id", "grants.collection_id")
    .select(["collections.id", "collections.name"])
    .where("subject_id", "=", subject)
    .where("state", "in", ["granted", "paused"])
    .orderBy("collections.name")
    .execute();
  const items = [];
  for (const collection of collections) {
    const job = await lastBackfill(db, collection.id);
    const { state = null, doneSteps: done = 0, totalSteps: total = null } = job ?? {};
    items.push({ collection, state, done, total });
  }
  return items;
}

async function lastBackfill(
  db: App["db"],
  collection: CollectionId,
): Promise<Pick<JobListing, "state" | "doneSteps" | "totalSteps"> | undefined> {
  return db.read
    .selectFrom("jobs")
    .select(["state", "done_steps as doneSteps", "total_steps as totalSteps"])
    .where("kind", "=", BACKFILL)
    .where("target", "=", collection)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Passkeys are bound to the host that people reach the service at. */
async function siteOf({ db }: App, origin: string): Promise<PasskeyDeps["site"]> {
  const name = (await readOperator(db))?.name ?? "Assent";
  return { host: new URL(origin).hostname, origin, name };
}
