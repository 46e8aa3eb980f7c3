import { z } from "zod";
import type { App } from "../../app.ts";
import type { ledgerRoutes, witnessState as stateSchema } from "../../contract/ledger.ts";
import type { OperatorEntry } from "../../ledger/log.ts";
import { addWitness, askWitnesses, removeWitness, witnessState } from "../../ledger/witness.ts";
import {
  isWitnessing,
  listWatched,
  switchWitnessing,
  watchLedger,
  witnessKeyOf,
} from "../../ledger/witnessing.ts";
import type { Reader } from "../../storage/db.ts";
import { formatVerifierKey } from "../../verify/note.ts";
import { pageOf, readCursor } from "../cursors.ts";
import type { Handlers } from "../handler.ts";

export const ledgerHandlers: Handlers<typeof ledgerRoutes> = {
  getCheckpoint: async ({ ledger }) => ({
    content: Buffer.from(await ledger.checkpoint()),
    name: "checkpoint.txt",
  }),
  getLedgerKeys: async ({ ledger }) => ({ keys: [...(await ledger.verifierKeys())] }),
  listEntries: async ({ ledger }, { query }) => {
    const before = readCursor(query.cursor, z.int().min(0));
    const page = { limit: query.limit + 1, ...(before === null ? {} : { before }) };
    const entries = await ledger.operatorEntries(page);
    return pageOf(entries, query.limit, { key: ({ leafIndex }) => leafIndex, item: entryOf });
  },
  proveEntry: async ({ ledger }, { params, query }) => {
    const proof = await ledger.inclusion(params.entry, query.size);
    return { ...proof, hashes: [...proof.hashes] };
  },
  proveConsistency: async ({ ledger }, { query: { from, to } }) => {
    const proof = await ledger.consistency(from, to);
    return { ...proof, hashes: [...proof.hashes] };
  },
  getWitnessState: async ({ db }) => stateOf(db),
  addWitness: async ({ db }, { body, recorder }) => {
    await db.write(async (tx) => addWitness(tx, recorder, body));
    return stateOf(db);
  },
  removeWitness: async ({ db }, { params, recorder }) => {
    await db.write(async (tx) => removeWitness(tx, recorder, params.witness));
    return stateOf(db);
  },
  askWitnesses: async ({ db, ledger }) => {
    await askWitnesses(db, ledger);
    return stateOf(db);
  },
  getWitnessing: async (app) => witnessingOf(app),
  switchWitnessing: async (app, { body, recorder }) => {
    await app.db.write(async (tx) => switchWitnessing(tx, recorder, body.on));
    return witnessingOf(app);
  },
  watchLedger: async ({ db }, { body, recorder }) => {
    await db.write(async (tx) => watchLedger(tx, recorder, body.key));
    return { done: true };
  },
};

async function stateOf(db: Reader): Promise<z.input<typeof stateSchema>> {
  const { witnesses, ...state } = await witnessState(db);
  return { ...state, witnesses: [...witnesses] };
}

async function witnessingOf({ db, vault }: App) {
  return {
    on: await isWitnessing(db),
    key: formatVerifierKey(await witnessKeyOf(db, vault)),
    ledgers: [...(await listWatched(db))],
  };
}

function entryOf({ id, leafIndex, opening }: OperatorEntry) {
  const { event = null, salt = null } = opening ?? {};
  return { id, leafIndex, event, salt };
}
