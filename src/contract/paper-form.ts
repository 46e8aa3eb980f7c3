import { day, text } from "./fields.ts";

/** Long enough to say where a form lies, or who saw it signed; short enough for a caption. */
export const EVIDENCE_LENGTH_MAX = 200;

/** What is asked of a consent that was signed on paper. */
export const paperForm = {
  form: text(EVIDENCE_LENGTH_MAX).meta({ description: "Where the signed form is kept." }),
  signedOn: day.meta({ description: "The day of the signature." }),
  witness: text(EVIDENCE_LENGTH_MAX).meta({ description: "Who of the staff saw it." }),
  born: day.optional().meta({ description: "Where the age is near the collection's floor." }),
} as const;

/** Why such a consent can't be taken in. */
export const PAPER_ERRORS = [
  "form_missing",
  "witness_missing",
  "signed_on_invalid",
  "signed_on_future",
  "consent_too_old",
  "consent_withdrawn",
  "born_invalid",
  "born_missing",
  "guardian_invalid",
  "guardian_needed",
  "guardian_not_needed",
] as const;
