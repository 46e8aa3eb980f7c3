import { type Clock, DAY_MS, type Instant } from "../base/clock.ts";
import type { PasskeySignature } from "../verify/passkey.ts";
import { ConsentError } from "./errors.ts";

/** A form signed by hand, kept by the operator, witnessed by staff. */
export interface PaperEvidence extends OfPerson {
  readonly kind: "paper";
  /** Where the signed form is kept: a binder and page, a file number. */
  readonly form: string;
  /** The day of the signature, `YYYY-MM-DD`. */
  readonly signedOn: string;
  /** Who of the staff saw the signature. */
  readonly witness: string;
}

/** A yes on a web page. No address of the machine it came from is kept. */
export interface WebEvidence extends OfPerson {
  readonly kind: "web";
  /** The language the page was in, as BCP 47 has it. */
  readonly language: string;
  /** SHA-256 of the notice that was shown, as hex digits. */
  readonly noticeHash: string;
  /** What the person declared, in the words they saw or typed. */
  readonly declaration: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Who stands in for a person who is too young to say yes alone. */
export interface Guardian {
  readonly name: string;
  /** What they are to the person: mother, foster father. */
  readonly relation: string;
}

interface OfPerson {
  /** The person's date of birth, `YYYY-MM-DD`, where the age is near the collection's floor. */
  readonly born?: string | undefined;
  readonly guardian?: Guardian | undefined;
}

/** How a consent was given. */
export type Evidence = PaperEvidence | WebEvidence;

/** Evidence as it is kept: a passkey may have signed the receipt since. */
export type KeptEvidence = Evidence & { readonly passkey?: PasskeySignature };

const TEXT_LENGTH_MAX = 200;
/** A declaration is a sentence or a few. */
const DECLARATION_LENGTH_MAX = 2000;
/** Nobody lived longer than 122 years. */
const AGE_YEARS_MAX = 130;

/**
 * Checks evidence as it comes from outside. Throws ConsentError: form_missing, witness_missing,
 * signed_on_invalid, signed_on_future, declaration_missing, born_invalid, guardian_invalid.
 */
export function parseEvidence(evidence: Evidence, clock: Clock): Evidence {
  const of = parsePerson(evidence, clock);
  return evidence.kind === "paper"
    ? { ...parsePaper(evidence, clock), ...of }
    : { ...parseWeb(evidence, clock), ...of };
}

/** When a consent was given: the midnight (UTC) of a form's day, the moment of a yes on the web. */
export function givenAt(evidence: Evidence): Instant {
  return (evidence.kind === "paper" ? instantOfDay(evidence.signedOn) : evidence.at) as Instant;
}

/** Whether two pieces of evidence are one and the same form, or one and the same yes. */
export function isSameEvidence(one: Evidence, other: Evidence): boolean {
  if (one.kind === "paper") {
    return other.kind === "paper" && one.form === other.form && one.signedOn === other.signedOn;
  }
  return other.kind === "web" && one.at === other.at && one.noticeHash === other.noticeHash;
}

/**
 * Whether something was certainly said before `instant`. A form bears a day and no hour: one of the
 * very day may have been signed after.
 */
export function isGivenBefore(evidence: Evidence, instant: Instant): boolean {
  return givenAt(evidence) + (evidence.kind === "paper" ? DAY_MS : 0) <= instant;
}

/** Midnight UTC of a day `YYYY-MM-DD`. Throws signed_on_invalid. */
export function instantOfDay(day: string): number {
  const instant = readDay(day);
  if (instant !== null) return instant;
  throw new ConsentError("signed_on_invalid", "Give the date of signature as YYYY-MM-DD.");
}

function readDay(day: string): number | null {
  const instant = /^\d{4}-\d{2}-\d{2}$/u.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  const real = !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day);
  return real ? instant : null;
}

function parsePaper(evidence: PaperEvidence, clock: Clock): PaperEvidence {
  const form = shortText(evidence.form);
  const witness = shortText(evidence.witness);
  if (form === null) {
    throw new ConsentError("form_missing", "Say where the signed form is kept (--form).");
  }
  if (witness === null) {
    throw new ConsentError("witness_missing", "Say who witnessed the signature (--witness).");
  }
  const signedOn = evidence.signedOn.trim();
  // A day ahead is allowed: it may be tomorrow already where the form was signed.
  if (instantOfDay(signedOn) > clock.now() + DAY_MS) {
    throw new ConsentError("signed_on_future", "The form's date lies in the future.");
  }
  return { kind: "paper", form, signedOn, witness };
}

function parseWeb(evidence: WebEvidence, clock: Clock): WebEvidence {
  const { noticeHash, at } = evidence;
  const declaration = evidence.declaration.trim();
  if (declaration === "" || declaration.length > DECLARATION_LENGTH_MAX) {
    throw new ConsentError("declaration_missing", "The words the person agreed to are missing.");
  }
  if (!Number.isSafeInteger(at) || at > clock.now()) {
    throw new ConsentError("signed_on_future", "The time of this consent lies in the future.");
  }
  return { kind: "web", language: evidence.language, noticeHash, declaration, at };
}

function parsePerson(of: OfPerson, clock: Clock): OfPerson {
  const born = of.born?.trim() ?? "";
  const name = of.guardian?.name.trim() ?? "";
  const relation = of.guardian?.relation.trim() ?? "";
  const guardian = name !== "" || relation !== "" ? { name, relation } : null;
  if (guardian && (shortText(name) === null || shortText(relation) === null)) {
    const advice = "Give the guardian's name and what they are to the person (--relation).";
    throw new ConsentError("guardian_invalid", advice);
  }
  return {
    ...(born === "" ? {} : { born: parseBorn(born, clock) }),
    ...(guardian ? { guardian } : {}),
  };
}

function parseBorn(born: string, clock: Clock): string {
  const day = readDay(born);
  const now = new Date(clock.now());
  const oldest = now.getUTCFullYear() - AGE_YEARS_MAX;
  if (day !== null && day <= now.getTime() && new Date(day).getUTCFullYear() >= oldest) return born;
  throw new ConsentError("born_invalid", "Give the date of birth as YYYY-MM-DD.");
}

function shortText(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === "" || trimmed.length > TEXT_LENGTH_MAX ? null : trimmed;
}
