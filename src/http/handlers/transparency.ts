import type { z } from "zod";
import type { App } from "../../app.ts";
import type { transparency, transparencyRoutes } from "../../contract/transparency.ts";
import { keySetOf } from "../../ledger/signing.ts";
import { witnessState } from "../../ledger/witness.ts";
import { readNotice, readTransparency } from "../../papers/transparency.ts";
import type { PaperLanguage } from "../../papers/words/words.ts";
import type { Handlers } from "../handler.ts";
import { profileOf } from "./operator.ts";

type Shown = z.input<typeof transparency>;

/** Anybody may ask, and counting is work: what is told is as old as this at most. */
const COUNTED_MS = 60_000;

/** What was told last, by language. */
type Told = Map<PaperLanguage, { readonly until: number; readonly shown: Promise<Shown> }>;
const told = new WeakMap<App["db"], Told>();

export const transparencyHandlers: Handlers<typeof transparencyRoutes> = {
  getTransparency: async (app, { query: { language } }) => {
    const known = told.get(app.db) ?? (new Map() as Told);
    told.set(app.db, known);
    const kept = known.get(language);
    if (kept && app.clock.now() < kept.until) return kept.shown;
    const shown = show(app, language);
    known.set(language, { until: app.clock.now() + COUNTED_MS, shown });
    shown.catch(() => known.delete(language));
    return shown;
  },
  readNotice: async ({ db }, { params }) => readNotice(db, params.notice),
};

async function show({ db, ledger, clock }: App, language: PaperLanguage): Promise<Shown> {
  const { operator, collections, schedule, packs, ...rest } = await readTransparency(
    db,
    clock.now(),
    language,
  );
  const { witnesses, ...state } = await witnessState(db);
  return {
    ...rest,
    operator: operator && profileOf(operator),
    collections: collections.map(({ notices, searches, ...one }) => ({
      ...one,
      notices: [...notices],
      searches: [...searches],
    })),
    schedule: [...schedule],
    packs: [...packs],
    witness: { ...state, witnesses: [...witnesses] },
    ledgerKeys: [...(await ledger.verifierKeys())],
    receiptKeys: [...(await keySetOf(db, "receipts")).keys].map((key) => ({ ...key })),
  };
}
