import type { GrantState } from "../storage/schema.ts";

/** What can happen to a grant after it was given. */
export type GrantAction = "renew" | "pause" | "resume" | "withdraw" | "expire" | "erase";

/** Every allowed step of a grant's life; what is not listed is refused. */
const STEPS = {
  granted: {
    renew: "granted",
    pause: "paused",
    withdraw: "withdrawn",
    expire: "expired",
    erase: "erased",
  },
  // A new yes is no word about the pause: that ends by its own.
  paused: {
    renew: "paused",
    resume: "granted",
    withdraw: "withdrawn",
    expire: "expired",
    erase: "erased",
  },
  withdrawn: { erase: "erased" },
  expired: { erase: "erased" },
  erased: {},
} as const satisfies Record<GrantState, Partial<Record<GrantAction, GrantState>>>;

/** The state after an action, or null where the action is not allowed. */
export function step(state: GrantState, action: GrantAction): GrantState | null {
  const steps: Partial<Record<GrantAction, GrantState>> = STEPS[state];
  return steps[action] ?? null;
}

/** Granted and not past its end: the person may be found. A paused grant is alive but not live. */
export function isLive(
  grant: { readonly state: GrantState; readonly expiresAt: number },
  now: number,
): boolean {
  return grant.state === "granted" && now < grant.expiresAt;
}
