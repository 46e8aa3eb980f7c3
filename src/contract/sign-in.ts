import { z } from "zod";
import { defineRoute, SIGNED_IN } from "./contract.ts";
import { collectionId, done, instant, page, passkeyId, text } from "./fields.ts";

const NAME_LENGTH_MAX = 200;
const ADDRESS_LENGTH_MAX = 320;
/** Base64url of 256 bits. */
const token = z
  .string()
  .regex(/^[\w-]{43}$/u)
  .meta({ description: "What stands behind # in the link." });
/** Web Authentication's own objects are its own matter: they are checked where they are used. */
const fromBrowser = z
  .looseObject({ id: z.string().max(1400) })
  .meta({ description: "What navigator.credentials gave, as JSON (Web Authentication, 5.1)." });
const forBrowser = z
  .looseObject({ challenge: z.string() })
  .meta({ description: "Options for navigator.credentials (Web Authentication, 5.4, 5.5)." });

export const me = z
  .object({
    kind: z.enum(["nobody", "account", "subject", "key"]),
    id: z.string().nullable(),
    role: z.enum(["owner", "staff", "auditor"]).nullable(),
    name: z.string().nullable(),
    collections: z
      .array(collectionId)
      .nullable()
      .meta({ description: "The collections in reach; null: all of them, or none for a person." }),
    scopes: z.array(z.string()).meta({ description: "Of an API key." }),
  })
  .meta({ id: "Me", description: "Who asks, as far as it is proven." });

export const signInRoutes = {
  claimInstance: defineRoute({
    method: "POST",
    path: "/api/v1/sign-in/first-owner",
    summary: "Make the first owner's account with the link that was printed, and sign in.",
    access: { who: ["nobody"], scope: null },
    body: z.object({ token, name: text(NAME_LENGTH_MAX), email: text(ADDRESS_LENGTH_MAX) }),
    response: me,
    status: 200,
    errors: ["sign_in_refused", "owner_exists", "account_invalid", "account_exists"],
    repeat: "forget",
    example: {
      as: "nobody",
      body: { token: "$firstlink", name: "Olga", email: "olga@club.example" },
    },
  }),
  askForLink: defineRoute({
    method: "POST",
    path: "/api/v1/sign-in/links",
    summary: "Ask for a link by mail. The answer is the same whether the address is known or not.",
    access: { who: ["nobody"], scope: null },
    body: z.object({
      whose: z.enum(["account", "subject"]),
      address: text(ADDRESS_LENGTH_MAX),
    }),
    response: done,
    status: 202,
    errors: [],
    example: { as: "nobody", body: { whose: "account", address: "olga@club.example" } },
  }),
  signInWithLink: defineRoute({
    method: "POST",
    path: "/api/v1/sign-in/link",
    summary: "Sign in with a link from the mail. It opens nothing afterwards.",
    access: { who: ["nobody"], scope: null },
    body: z.object({ token }),
    response: me,
    status: 200,
    errors: ["sign_in_refused"],
    repeat: "forget",
    example: { as: "nobody", body: { token: "$link" } },
  }),
  startPasskeySignIn: defineRoute({
    method: "POST",
    path: "/api/v1/sign-in/passkey/options",
    summary: "What a browser needs to sign in with a passkey.",
    access: { who: ["nobody"], scope: null },
    response: forBrowser,
    status: 200,
    errors: [],
    repeat: "anew",
    example: { as: "nobody", keeps: { loginchallenge: "challenge" }, turn: 1 },
  }),
  signInWithPasskey: defineRoute({
    method: "POST",
    path: "/api/v1/sign-in/passkey",
    summary: "Sign in with a passkey.",
    access: { who: ["nobody"], scope: null },
    body: z.object({ response: fromBrowser }),
    response: me,
    status: 200,
    errors: ["sign_in_refused", "passkey_refused"],
    repeat: "forget",
    example: {
      as: "nobody",
      turn: 1,
      body: {
        response: {
          id: "$passkey",
          rawId: "$passkey",
          type: "public-key",
          response: {
            clientDataJSON: "$client",
            authenticatorData: "$authenticator",
            signature: "$signature",
          },
        },
      },
    },
  }),
  whoAmI: defineRoute({
    method: "GET",
    path: "/api/v1/session",
    summary: "Who you are here.",
    access: { who: ["nobody"], scope: null },
    response: me,
    status: 200,
    errors: [],
    example: { as: "owner" },
  }),
  signOut: defineRoute({
    method: "DELETE",
    path: "/api/v1/session",
    summary: "Sign out, in this browser.",
    access: { who: SIGNED_IN, scope: null },
    response: done,
    status: 200,
    errors: [],
    example: { as: "staff", turn: 1 },
  }),
  listSessions: defineRoute({
    method: "GET",
    path: "/api/v1/session/all",
    summary: "Where you are signed in, the newest first.",
    access: { who: SIGNED_IN, scope: null },
    response: z.object({
      items: z.array(
        z.object({
          current: z.boolean().meta({ description: "The one that asks." }),
          createdAt: instant,
          seenAt: instant.meta({ description: "To the minute." }),
          expiresAt: instant,
        }),
      ),
    }),
    status: 200,
    errors: [],
    example: { as: "auditor" },
  }),
  endOtherSessions: defineRoute({
    method: "DELETE",
    path: "/api/v1/session/others",
    summary: "Sign out everywhere else.",
    access: { who: SIGNED_IN, scope: null },
    response: z.object({ ended: z.int() }),
    status: 200,
    errors: [],
    example: { as: "auditor", turn: 2 },
  }),
  listPasskeys: defineRoute({
    method: "GET",
    path: "/api/v1/session/passkeys",
    summary: "Your passkeys.",
    access: { who: SIGNED_IN, scope: null },
    response: page(z.object({ id: passkeyId, createdAt: instant, lastUsedAt: instant.nullable() })),
    status: 200,
    errors: [],
    example: { as: "auditor" },
  }),
  startPasskey: defineRoute({
    method: "POST",
    path: "/api/v1/session/passkeys/options",
    summary: "What a browser needs to make a passkey for you.",
    access: { who: SIGNED_IN, scope: null },
    response: forBrowser,
    status: 200,
    errors: ["passkeys_full", "subject_erased", "account_unknown"],
    repeat: "anew",
    example: { as: "auditor", keeps: { newchallenge: "challenge" } },
  }),
  addPasskey: defineRoute({
    method: "POST",
    path: "/api/v1/session/passkeys",
    summary: "Keep the passkey that the browser has made for you.",
    access: { who: SIGNED_IN, scope: null },
    body: z.object({ response: fromBrowser }),
    response: z.object({ id: passkeyId }),
    status: 201,
    errors: ["passkey_refused", "passkeys_full"],
    example: {
      as: "auditor",
      keeps: { passkey: "id" },
      body: {
        response: {
          id: "$newpasskey",
          rawId: "$newpasskey",
          type: "public-key",
          response: { clientDataJSON: "$client", attestationObject: "$attestation" },
        },
      },
    },
  }),
  removePasskey: defineRoute({
    method: "DELETE",
    path: "/api/v1/session/passkeys/:passkey",
    summary: "Take one of your passkeys away.",
    access: { who: SIGNED_IN, scope: null },
    response: done,
    status: 200,
    errors: ["passkey_refused"],
    example: { as: "auditor", turn: 2 },
  }),
};
