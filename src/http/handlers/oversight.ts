import { z } from "zod";
import { type Alert, listAlerts, noteAlertSeen } from "../../accounts/alerts.ts";
import { listMail } from "../../accounts/mail.ts";
import type { App } from "../../app.ts";
import { PAGE_MAX, whole } from "../../contract/fields.ts";
import type { oversightRoutes } from "../../contract/oversight.ts";
import { missingFacts, readFacts } from "../../papers/facts.ts";
import { PapersError } from "../../papers/errors.ts";
import { singlePapers } from "../../papers/papers.ts";
import { readStatus } from "../../papers/status.ts";
import type { PaperLanguage } from "../../papers/words/words.ts";
import type { Document } from "../../print/document.ts";
import { renderHtml } from "../../print/html.ts";
import { renderPdf } from "../../print/pdf.ts";
import { planSweep, sweep } from "../../rights/retention.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";

const alertKey = z.object({ raisedAt: z.int(), id: z.string() });

export const oversightHandlers: Handlers<typeof oversightRoutes> = {
  getStatus: async (app) => {
    const { collections, retention, keyFiles, ledger, ...rest } = await readStatus(app);
    return {
      ...rest,
      collections: [...collections],
      retention: [...retention],
      keyFiles: [...keyFiles],
      ledger: {
        ...ledger,
        witness: { ...ledger.witness, witnesses: [...ledger.witness.witnesses] },
      },
    };
  },
  listAlerts: async ({ db }, { query }) => {
    const { collection, unseen, limit } = query;
    const alerts = await listAlerts(db, {
      ...(collection ? { collection } : {}),
      unseen: unseen === "yes",
      after: readCursor(query.cursor, alertKey),
      limit: limit + 1,
    });
    const key = ({ raisedAt, id }: Alert) => ({ raisedAt, id });
    return pageOf(alerts, limit, { key, item: (one) => one });
  },
  noteAlertSeen: async ({ db }, { params, recorder }) => {
    await noteAlertSeen(db, recorder, params.alert);
    return { done: true };
  },
  listMail: async ({ db }) => whole(await listMail(db, PAGE_MAX)),
  planSweep: async (app) => whole(await planSweep(app, app.clock)),
  sweepNow: async (app, { recorder }) => whole(await sweep(app, recorder)),
  listPapers: async (app, { query, origin }) => {
    const facts = await readFacts(app.db, app.clock.now(), null);
    const papers = singlePapers(facts, { ...query, url: origin });
    const items = papers.map(([kind, name, { title, language }, collection]) => {
      return { name, kind, title, language, collection };
    });
    return { items, missing: [...missingFacts(facts)] };
  },
  getPaperPage: async (app, { params, query, origin }) => {
    const paper = await readPaper(app, params.paper, { ...query, url: origin });
    return { content: Buffer.from(renderHtml(paper)), name: `${params.paper}.html` };
  },
  getPaperPdf: async (app, { params, query, origin }) => {
    const paper = await readPaper(app, params.paper, { ...query, url: origin });
    const content = await renderPdf(paper, { date: new Date(app.clock.now()) });
    return { content, name: `${params.paper}.pdf` };
  },
};

/** One paper by the name of its file. Throws PapersError paper_unknown. */
async function readPaper(
  { db, clock }: App,
  name: string,
  options: { readonly language: PaperLanguage; readonly url: string },
): Promise<Document> {
  const facts = await readFacts(db, clock.now(), null);
  const found = singlePapers(facts, options).find(([, file]) => file === name);
  if (found) return found[2];
  throw new PapersError("paper_unknown", "There is no paper of this name.");
}
