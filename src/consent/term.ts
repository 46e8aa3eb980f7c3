import { type Clock, DAY_MS, type Instant } from "../base/clock.ts";
import { ConsentError } from "./errors.ts";
import { type Evidence, givenAt } from "./evidence.ts";

/** No consent outlives three years after it was given, whatever the collection's rule (R37). */
const GRANT_DAYS_MAX = 3 * 365;

/** From when to when a consent holds, and who gave it. */
export interface Term {
  readonly grantedAt: Instant;
  readonly expiresAt: Instant;
  readonly byGuardian: boolean;
}

/**
 * How long a consent holds: for the collection's retention, and one that a guardian gave not beyond
 * the day on which the person is old enough to say yes themselves (R5). Days are UTC days. Throws
 * ConsentError: guardian_needed, guardian_not_needed, born_missing, consent_too_old.
 */
export function termOf(
  clock: Clock,
  rules: { readonly retentionDays: number; readonly ageFloor: number },
  evidence: Evidence,
): Term {
  const grantedAt = givenAt(evidence);
  const floor = evidence.born === undefined ? null : dayOfAge(evidence.born, rules.ageFloor);
  const byGuardian = floor !== null && grantedAt < floor;
  checkGuardian(evidence, byGuardian, rules.ageFloor);
  const days = Math.min(rules.retentionDays, GRANT_DAYS_MAX);
  const end = grantedAt + days * DAY_MS;
  const expiresAt = (byGuardian ? Math.min(end, floor) : end) as Instant;
  if (expiresAt > clock.now()) return { grantedAt, expiresAt, byGuardian };
  throw new ConsentError(
    "consent_too_old",
    expiresAt < end
      ? "A guardian gave this consent, and the person is old enough now. Ask them themselves."
      : `This consent ended ${days} days after it was signed. Ask the person for a new one.`,
  );
}

/**
 * The day (midnight UTC) on which a person born on `born` (`YYYY-MM-DD`) turns `age`. Who was born
 * on 29 February does so on 1 March of a year that has none.
 */
export function dayOfAge(born: string, age: number): Instant {
  const [year, month, day] = born.split("-").map(Number);
  return Date.UTC(Number(year) + age, Number(month) - 1, Number(day)) as Instant;
}

function checkGuardian({ born, guardian }: Evidence, needed: boolean, age: number): void {
  if (needed && !guardian) {
    throw new ConsentError(
      "guardian_needed",
      `Below ${age} years a guardian says yes (--guardian, --relation).`,
    );
  }
  if (!guardian || needed) return;
  if (born === undefined) {
    throw new ConsentError(
      "born_missing",
      "A guardian's consent ends at an age: give the person's date of birth (--born).",
    );
  }
  throw new ConsentError(
    "guardian_not_needed",
    `From ${age} years on nobody says yes for another. Ask the person themselves.`,
  );
}
