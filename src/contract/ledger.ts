import { z } from "zod";
import { defineRoute, OVERSEERS } from "./contract.ts";
import { done, eventId, instant, page, pageQuery, text, witnessId } from "./fields.ts";

const KEY_LENGTH_MAX = 1000;
const ADDRESS_LENGTH_MAX = 2000;

/** A number of entries, as it stands in an address. */
const size = z.coerce.number<string>().int().min(0);
const hashes = z.array(z.string()).meta({ description: "SHA-256 in Base 64 (RFC 6962)." });
const verifierKey = text(KEY_LENGTH_MAX).meta({ description: "As C2SP signed-note has it." });

export const witnessState = z
  .object({
    state: z.enum(["WITNESSED", "UNWITNESSED"]),
    size: z.int().meta({ description: "Entries in the newest checkpoint." }),
    waiting: z.boolean().meta({ description: "Whether entries wait that no checkpoint has." }),
    witnesses: z.array(
      z.object({
        id: witnessId,
        name: z.string(),
        url: z.string(),
        cosignedSize: z.int(),
        at: z.int().nullable().meta({ description: "Seconds since 1970; null: not the newest." }),
      }),
    ),
  })
  .meta({ id: "WitnessState", description: "Whether somebody independent has seen the record." });

const witnessing = z.object({
  on: z.boolean().meta({ description: "Whether /witness/add-checkpoint answers." }),
  key: z.string().meta({ description: "What checks this instance's cosignatures." }),
  ledgers: z.array(z.object({ name: z.string(), size: z.int(), cosignedAt: instant })),
});

export const ledgerRoutes = {
  getCheckpoint: defineRoute({
    method: "GET",
    path: "/api/v1/ledger/checkpoint",
    summary: "The newest signed state of the record (C2SP tlog-checkpoint). Keep one: it binds us.",
    access: { who: ["nobody"], scope: null },
    response: z.string(),
    produces: "text/plain",
    status: 200,
    errors: [],
    example: { as: "nobody" },
  }),
  getLedgerKeys: defineRoute({
    method: "GET",
    path: "/api/v1/ledger/keys",
    summary: "Every key that ever signed for the record, the newest first (C2SP verifier keys).",
    access: { who: ["nobody"], scope: null },
    response: z.object({ keys: z.array(z.string()) }),
    status: 200,
    errors: [],
    example: { as: "nobody" },
  }),
  listEntries: defineRoute({
    method: "GET",
    path: "/api/v1/ledger/entries",
    summary: "The record as the operator sees it, the latest entry first.",
    access: { who: OVERSEERS, scope: null },
    query: z.object(pageQuery),
    response: page(
      z.object({
        id: eventId,
        leafIndex: z.int(),
        event: z
          .record(z.string(), z.unknown())
          .nullable()
          .meta({ description: "Null: padding, or of somebody who is erased." }),
        salt: z.string().nullable(),
      }),
    ),
    status: 200,
    errors: ["cursor_invalid"],
    example: { as: "auditor", query: { limit: "20" }, keeps: { entry: "items.0.id" } },
  }),
  proveEntry: defineRoute({
    method: "GET",
    path: "/api/v1/ledger/entries/:entry/proof",
    summary: "Proof that an entry is in the record: in its newest state, or in that of a size.",
    access: { who: ["nobody"], scope: null },
    query: z.object({ size: size.optional() }),
    response: z.object({ leafIndex: z.int(), treeSize: z.int(), hashes }),
    status: 200,
    errors: ["entry_unknown", "size_unknown"],
    example: { as: "nobody" },
  }),
  proveConsistency: defineRoute({
    method: "GET",
    path: "/api/v1/ledger/consistency",
    summary: "Proof that the record of an earlier size is the beginning of that of a later one.",
    access: { who: ["nobody"], scope: null },
    query: z.object({ from: size, to: size }),
    response: z.object({ from: z.int(), to: z.int(), hashes }),
    status: 200,
    errors: ["size_unknown"],
    example: { as: "nobody", query: { from: "1", to: "2" } },
  }),
  getWitnessState: defineRoute({
    method: "GET",
    path: "/api/v1/ledger/witnesses",
    summary: "Who has cosigned the record's newest state.",
    access: { who: ["nobody"], scope: null },
    response: witnessState,
    status: 200,
    errors: [],
    example: { as: "nobody" },
  }),
  addWitness: defineRoute({
    method: "POST",
    path: "/api/v1/ledger/witnesses",
    summary:
      "Add somebody who cosigns the record. It is sent the newest state every hour, and no more.",
    access: { who: ["owner"], scope: null },
    body: z.object({
      url: text(ADDRESS_LENGTH_MAX).meta({ description: "The prefix of /add-checkpoint there." }),
      key: verifierKey,
    }),
    response: witnessState,
    status: 201,
    errors: ["format_invalid", "witness_known"],
    example: {
      as: "owner",
      body: { url: "$witnessurl", key: "$witnesskey" },
      keeps: { witness: "witnesses.0.id" },
    },
  }),
  removeWitness: defineRoute({
    method: "DELETE",
    path: "/api/v1/ledger/witnesses/:witness",
    summary: "Ask a witness no more. What they have cosigned stays.",
    access: { who: ["owner"], scope: null },
    response: witnessState,
    status: 200,
    errors: ["witness_unknown"],
    example: { as: "owner", turn: 1 },
  }),
  getWitnessing: defineRoute({
    method: "GET",
    path: "/api/v1/witnessing",
    summary: "Whose records this instance cosigns, and whether it does so over this service.",
    access: { who: OVERSEERS, scope: null },
    response: witnessing,
    status: 200,
    errors: [],
    example: { as: "auditor" },
  }),
  switchWitnessing: defineRoute({
    method: "PUT",
    path: "/api/v1/witnessing",
    summary: "Answer /witness/add-checkpoint (C2SP tlog-witness), or no longer. Off at first.",
    access: { who: ["owner"], scope: null },
    body: z.object({ on: z.boolean() }),
    response: witnessing,
    status: 200,
    errors: [],
    example: { as: "owner", body: { on: true } },
  }),
  watchLedger: defineRoute({
    method: "POST",
    path: "/api/v1/witnessing/ledgers",
    summary: "Cosign somebody's record from now on, or take its new key.",
    access: { who: ["owner"], scope: null },
    body: z.object({ key: verifierKey }),
    response: done,
    status: 201,
    errors: ["format_invalid"],
    example: { as: "owner", body: { key: "$ledgerkey" } },
  }),
  askWitnesses: defineRoute({
    method: "POST",
    path: "/api/v1/ledger/witnesses/ask",
    summary:
      "Have the witnesses cosign the newest state now. Only they are asked, only this is sent.",
    access: { who: ["owner"], scope: null },
    response: witnessState,
    status: 200,
    errors: ["witness_unreachable", "witness_refused", "witness_ahead"],
    example: { as: "owner" },
  }),
};
