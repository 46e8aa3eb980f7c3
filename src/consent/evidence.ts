import type { Clock } from "../base/clock.ts";
import { DAY_MS } from "../base/clock.ts";
import { ConsentError } from "./errors.ts";

/** A form signed by hand, kept by the operator, witnessed by staff. */
export interface PaperEvidence {
  readonly kind: "paper";
  /** Where the signed form is kept: a binder and page, a file number. */
  readonly form: string;
  /** The day of the signature, `YYYY-MM-DD`. */
  readonly signedOn: string;
  /** Who of the staff saw the signature. */
  readonly witness: string;
}

/** How a grant came to be. A union: consent on a web page will be another kind. */
export type Evidence = PaperEvidence;

const TEXT_LENGTH_MAX = 200;

/**
 * Checks evidence as it comes from outside. Throws ConsentError: form_missing, witness_missing,
 * signed_on_invalid, signed_on_future.
 */
export function parseEvidence(evidence: Evidence, clock: Clock): Evidence {
  const form = evidence.form.trim();
  const witness = evidence.witness.trim();
  if (form === "" || form.length > TEXT_LENGTH_MAX) {
    throw new ConsentError("form_missing", "Say where the signed form is kept (--form).");
  }
  if (witness === "" || witness.length > TEXT_LENGTH_MAX) {
    throw new ConsentError("witness_missing", "Say who witnessed the signature (--witness).");
  }
  const signedOn = evidence.signedOn.trim();
  // A day ahead is allowed: it may be tomorrow already where the form was signed.
  if (instantOfDay(signedOn) > clock.now() + DAY_MS) {
    throw new ConsentError("signed_on_future", "The form's date lies in the future.");
  }
  return { kind: "paper", form, signedOn, witness };
}

/** Midnight UTC of a day `YYYY-MM-DD`. Throws signed_on_invalid. */
export function instantOfDay(day: string): number {
  const instant = /^\d{4}-\d{2}-\d{2}$/u.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  const real = !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day);
  if (real) return instant;
  throw new ConsentError("signed_on_invalid", "Give the date of signature as YYYY-MM-DD.");
}
