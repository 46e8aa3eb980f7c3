import { assert } from "../base/errors.ts";
import type { CollectionId, GrantId, SubjectId } from "../base/ids.ts";

/** What a grant can permit. */
export type PermittedUse = "enrol" | "deliver";

const PERMIT_KEY = Symbol("minted from a live grant");

/**
 * Proof that a live grant was read and locked in the current transaction. Functions that write a
 * template, or hand a person's photos out, ask for one; only `consent.ts` mints them. The
 * `#private` field makes the type nominal: a look-alike object does not compile.
 */
export class Permit<Use extends PermittedUse> {
  readonly #use: Use;
  readonly collection: CollectionId;
  readonly subject: SubjectId;
  readonly grant: GrantId;

  constructor(
    key: symbol,
    use: Use,
    of: {
      readonly collection: CollectionId;
      readonly subject: SubjectId;
      readonly grant: GrantId;
    },
  ) {
    assert(key === PERMIT_KEY, "A Permit is minted from a live grant.");
    this.#use = use;
    this.collection = of.collection;
    this.subject = of.subject;
    this.grant = of.grant;
  }

  /** What it permits. */
  get use(): Use {
    return this.#use;
  }
}

/** For consent.ts alone; test/rooms.test.ts holds that nobody else imports it. */
export function mint<Use extends PermittedUse>(
  use: Use,
  of: ConstructorParameters<typeof Permit>[2],
): Permit<Use> {
  return new Permit(PERMIT_KEY, use, of);
}
