import { z } from "zod";
import { defineRoute, OVERSEERS } from "./contract.ts";
import { accountId, apiKeyId, collectionId, done, instant, page, text } from "./fields.ts";

const NAME_LENGTH_MAX = 200;
const EMAIL_LENGTH_MAX = 320;
/** More than anybody works with. */
const COLLECTIONS_MAX = 1000;
const LABEL_LENGTH_MAX = 80;
const KEY_DAYS_MAX = 366;

const role = z.enum(["owner", "staff", "auditor"]);
const collections = z
  .array(collectionId)
  .max(COLLECTIONS_MAX)
  .meta({ description: "What staff work with; owners and auditors see all." });

export const account = z
  .object({
    id: accountId,
    role,
    state: z.enum(["active", "disabled"]),
    name: z.string(),
    email: z.string(),
    collections,
    createdAt: instant,
  })
  .meta({ id: "Account" });

const scope = z.enum(["search", "import", "people", "read"]);

export const apiKey = z
  .object({
    id: apiKeyId,
    collection: collectionId,
    label: z.string(),
    scopes: z.array(scope),
    createdBy: z.string(),
    createdAt: instant,
    expiresAt: instant,
    lastUsedAt: instant.nullable().meta({ description: "To the minute." }),
    revokedAt: instant.nullable(),
  })
  .meta({ id: "ApiKey" });

export const accountRoutes = {
  listAccounts: defineRoute({
    method: "GET",
    path: "/api/v1/accounts",
    summary: "Who may sign in for the operator, the oldest account first.",
    access: { who: OVERSEERS, scope: null },
    response: page(account),
    status: 200,
    errors: [],
    example: { as: "owner" },
  }),
  createAccount: defineRoute({
    method: "POST",
    path: "/api/v1/accounts",
    summary: "Make an account. A link to sign in is sent to its address.",
    access: { who: ["owner"], scope: null },
    body: z.object({
      name: text(NAME_LENGTH_MAX),
      email: text(EMAIL_LENGTH_MAX),
      role,
      collections: collections.default([]),
    }),
    response: account,
    status: 201,
    errors: ["account_invalid", "account_exists"],
    example: {
      as: "owner",
      body: { name: "Sam", email: "sam@club.example", role: "staff", collections: ["$collection"] },
      keeps: { account: "id" },
    },
  }),
  getAccount: defineRoute({
    method: "GET",
    path: "/api/v1/accounts/:account",
    summary: "One account.",
    access: { who: OVERSEERS, scope: null },
    response: account,
    status: 200,
    errors: ["account_unknown"],
    example: { as: "auditor" },
  }),
  changeAccount: defineRoute({
    method: "PATCH",
    path: "/api/v1/accounts/:account",
    summary: "Give an account another role or other collections, from its next request on.",
    access: { who: ["owner"], scope: null },
    body: z.object({ role, collections }).partial(),
    response: account,
    status: 200,
    errors: ["account_unknown", "account_invalid", "owner_needed", "changed_meanwhile"],
    example: { as: "owner", body: { role: "auditor", collections: [] } },
  }),
  sendAccountLink: defineRoute({
    method: "POST",
    path: "/api/v1/accounts/:account/link",
    summary: "Send an account a link to sign in, to its own address and nobody else's.",
    access: { who: ["owner"], scope: null },
    response: done,
    status: 202,
    errors: ["account_unknown"],
    example: { as: "owner" },
  }),
  disableAccount: defineRoute({
    method: "POST",
    path: "/api/v1/accounts/:account/disable",
    summary: "Sign an account out everywhere, and keep it from signing in.",
    access: { who: ["owner"], scope: null },
    response: account,
    status: 200,
    errors: ["account_unknown", "owner_needed", "key_file_due"],
    example: { as: "owner" },
  }),
  enableAccount: defineRoute({
    method: "POST",
    path: "/api/v1/accounts/:account/enable",
    summary: "Let a disabled account sign in again.",
    access: { who: ["owner"], scope: null },
    response: account,
    status: 200,
    errors: ["account_unknown", "key_file_due"],
    example: { as: "owner" },
  }),
  removeAccount: defineRoute({
    method: "DELETE",
    path: "/api/v1/accounts/:account",
    summary:
      "Take an account's name, address and passkeys away for good; its id stays in the record.",
    access: { who: ["owner"], scope: null },
    response: done,
    status: 200,
    errors: ["account_unknown", "owner_needed", "key_file_due"],
    example: { as: "owner", turn: 8 },
  }),
  listApiKeys: defineRoute({
    method: "GET",
    path: "/api/v1/collections/:collection/api-keys",
    summary: "A collection's API keys, the newest first, and when each was last used.",
    access: { who: OVERSEERS, scope: null },
    response: page(apiKey),
    status: 200,
    errors: ["collection_unknown"],
    example: { as: "auditor" },
  }),
  createApiKey: defineRoute({
    method: "POST",
    path: "/api/v1/collections/:collection/api-keys",
    summary: "Make an API key for one collection. Its text is shown this once.",
    access: { who: ["owner"], scope: null },
    body: z.object({
      label: text(LABEL_LENGTH_MAX).meta({ description: "Which program it is for." }),
      scopes: z.array(scope).min(1).max(scope.options.length),
      days: z.int().min(1).max(KEY_DAYS_MAX).meta({ description: "How long it opens anything." }),
    }),
    response: apiKey.extend({
      text: z.string().meta({ description: "Sent as `Authorization: Bearer`; kept nowhere here." }),
    }),
    status: 201,
    errors: ["collection_unknown", "api_key_invalid"],
    repeat: "forget",
    example: {
      as: "owner",
      body: { label: "the gallery's web site", scopes: ["read", "search"], days: 90 },
      keeps: { apikey: "id" },
    },
  }),
  revokeApiKey: defineRoute({
    method: "DELETE",
    path: "/api/v1/collections/:collection/api-keys/:apikey",
    summary: "End an API key at once.",
    access: { who: ["owner"], scope: null },
    response: done,
    status: 200,
    errors: ["collection_unknown", "api_key_unknown", "key_file_due"],
    example: { as: "owner" },
  }),
};
