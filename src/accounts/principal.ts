import type { Clock } from "../base/clock.ts";
import type { AccountId, ApiKeyId, CollectionId, SubjectId } from "../base/ids.ts";
import { unreachable } from "../base/errors.ts";
import type { Db } from "../storage/db.ts";
import type { Role } from "../storage/service-schema.ts";
import { readReach } from "./accounts.ts";
import { type Scope, useApiKey } from "./api-keys.ts";
import { type UsedSession, useSession } from "./sessions.ts";

/** Who asks, as far as it is proven. */
export type Principal =
  | { readonly kind: "nobody" }
  | {
      readonly kind: "account";
      readonly id: AccountId;
      readonly role: Role;
      /** Owners and auditors see all; auditors only read. */
      readonly collections: "all" | readonly CollectionId[];
    }
  | { readonly kind: "subject"; readonly id: SubjectId }
  | {
      readonly kind: "key";
      readonly id: ApiKeyId;
      readonly scopes: readonly Scope[];
      readonly collection: CollectionId;
    };

/** What a request shows of itself. */
export interface Credentials {
  /** From the cookie. */
  readonly sessionToken?: string | null;
  /** From `Authorization: Bearer`. */
  readonly apiKey?: string | null;
}

/** Who asks, and what the door has to do about it. */
export interface Resolved {
  readonly principal: Principal;
  /** With the token of a rotation, which belongs into the cookie. */
  readonly session: UsedSession | null;
  /** What was shown and opens nothing: its bearer is nobody. */
  readonly refused: "session" | "key" | null;
}

const NOBODY = { kind: "nobody" } as const;

/** Who asks. Read anew at each request: what was revoked a moment ago opens nothing now. */
export async function resolvePrincipal(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  { sessionToken, apiKey }: Credentials,
): Promise<Resolved> {
  // A key was shown on purpose; a cookie comes along by itself.
  if (apiKey) {
    const key = await useApiKey(db, clock, apiKey);
    if (!key) return { principal: NOBODY, session: null, refused: "key" };
    return { principal: { kind: "key", ...key }, session: null, refused: null };
  }
  if (!sessionToken) return { principal: NOBODY, session: null, refused: null };
  const session = await useSession(db, clock, sessionToken);
  const principal = session && (await principalOf(db, session));
  if (!principal) return { principal: NOBODY, session: null, refused: "session" };
  return { principal, session, refused: null };
}

/** How the record names who does something. */
export function accountNameOf(principal: Principal): string {
  return principal.kind === "nobody" ? "nobody" : principal.id;
}

/** Whether a collection is open to this principal at all; what for, is another question. */
export function reaches(principal: Principal, collection: CollectionId): boolean {
  switch (principal.kind) {
    case "account":
      return principal.collections === "all" || principal.collections.includes(collection);
    case "key":
      return principal.collection === collection;
    case "subject":
    case "nobody":
      return false;
    default:
      return unreachable(principal);
  }
}

async function principalOf(db: Db, { owner }: UsedSession): Promise<Principal | null> {
  if (owner.kind === "subject") return owner;
  const reach = await readReach(db, owner.id);
  return reach && { kind: "account", id: owner.id, ...reach };
}
