import type { App } from "../../app.ts";
import { assert } from "../../base/errors.ts";
import type { CollectionId, ConsentId, SubjectId } from "../../base/ids.ts";
import { renew } from "../../collections/take-consent.ts";
import { ConsentError } from "../../consent/errors.ts";
import { ownReceiptPage } from "../../consent/own-receipts.ts";
import { personOf } from "../../consent/people.ts";
import { madeAt, receiptsOf } from "../../consent/receipts.ts";
import type { personConsentRoutes } from "../../contract/person-consents.ts";
import type { Document } from "../../print/document.ts";
import { renderHtml } from "../../print/html.ts";
import { renderPdf } from "../../print/pdf.ts";
import { readSubject } from "../../subjects/subjects.ts";
import type { Handlers } from "../handler.ts";

export const personConsentHandlers: Handlers<typeof personConsentRoutes> = {
  renewPerson: async (app, { params, body, recorder }) => {
    await personOf(app.db, params.collection, params.subject);
    const { form, signedOn, witness, born, guardian, keepPhoto } = body;
    const { outcome, grant } = await renew(
      app.db,
      recorder,
      { id: params.collection },
      {
        subject: params.subject,
        evidence: { kind: "paper", form, signedOn, witness, born, guardian },
        keepPhoto,
      },
    );
    assert(outcome !== "given", "Only a grant in force is renewed.");
    return { outcome, grant: grant.id, expiresAt: grant.expiresAt };
  },
  listPersonReceipts: async (app, { params }) => {
    await readSubject(app.db, app.vault, params.subject);
    await personOf(app.db, params.collection, params.subject);
    const kept = await receiptsIn(app, params);
    return {
      items: kept.map(({ consent, grant, jws }) => ({ consent, grant, madeAt: madeAt(jws) })),
    };
  },
  readPersonReceiptPage: async (app, { params, query }) => {
    const page = renderHtml(await receiptIn(app, params, query.language));
    return { content: Buffer.from(page), name: "receipt.html" };
  },
  readPersonReceiptPdf: async (app, { params, query }) => {
    const content = await renderPdf(await receiptIn(app, params, query.language));
    return { content, name: "receipt.pdf" };
  },
};

interface Of {
  readonly collection: CollectionId;
  readonly subject: SubjectId;
}

/** What a person said elsewhere is no business of this collection's people. */
async function receiptsIn({ db, vault }: App, { collection, subject }: Of) {
  const all = await receiptsOf(db, vault, subject);
  return all.filter((one) => one.collection === collection);
}

async function receiptIn(
  app: App,
  of: Of & { readonly consent: ConsentId },
  language: string,
): Promise<Document> {
  const here = await receiptsIn(app, of);
  if (here.some(({ consent }) => consent === of.consent)) return ownReceiptPage(app, of, language);
  throw new ConsentError("receipt_missing", "There is no receipt of this id.");
}
