import type { Instant } from "../base/clock.ts";
import type { CollectionId, ObjectionId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";
import type { ObjectionState } from "../storage/schema.ts";
import type { Vault } from "../storage/vault.ts";
import { RightsError } from "./errors.ts";
import { listObjections, type Objection } from "./objections.ts";

/** A request that waits for a person's word, with the day by which there must be one. */
export interface RightsRequest extends Objection {
  readonly dueAt: Instant;
  /** Open, and past its day. */
  readonly late: boolean;
}

/**
 * What people ask of a collection's staff, the one due first at the top. Objections alone: every
 * other right is exercised at once, by the person, and waits for nobody.
 */
export async function pageOfRequests(
  deps: { readonly db: Reader; readonly vault: Vault },
  now: Instant,
  page: {
    readonly collection: CollectionId;
    readonly state?: ObjectionState;
    readonly after: { readonly askedAt: Instant; readonly id: ObjectionId } | null;
    readonly limit: number;
  },
): Promise<readonly RightsRequest[]> {
  const { after, ...which } = page;
  const from = after ? { ...which, after } : which;
  const objections = await listObjections(deps.db, deps.vault, from);
  return objections.map((one) => withClock(one, now));
}

/** One request of a collection. Throws RightsError objection_unknown. */
export async function readRequest(
  deps: { readonly db: Reader; readonly vault: Vault },
  now: Instant,
  collection: CollectionId,
  id: ObjectionId,
): Promise<RightsRequest> {
  const [found] = await listObjections(deps.db, deps.vault, { collection, id, limit: 1 });
  if (found) return withClock(found, now);
  throw new RightsError("objection_unknown", "No objection of this collection has this id.");
}

function withClock(one: Objection, now: Instant): RightsRequest {
  const dueAt = oneMonthAfter(one.askedAt);
  return { ...one, dueAt, late: one.state === "open" && now > dueAt };
}

/**
 * The end of the month that GDPR 12(3) gives, in UTC: the same day of the next month at its end, or
 * that month's last day where it has no such day (Regulation 1182/71, article 3(2)(c)).
 */
export function oneMonthAfter(instant: number): Instant {
  const from = new Date(instant);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth()];
  const lastDay = new Date(Date.UTC(year, month + 2, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay);
  return (Date.UTC(year, month + 1, day + 1) - 1) as Instant;
}
