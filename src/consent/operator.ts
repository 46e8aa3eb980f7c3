import { z } from "zod";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { readSetting, writeSetting } from "../storage/settings.ts";
import { ConsentError } from "./errors.ts";

/** Lines of an imprint, not documents. */
const LINE_LENGTH_MAX = 500;
/** Who may get the data, as a notice names them one by one; a longer list is a list of groups. */
const RECIPIENTS_MAX = 50;

const line = z.string().trim().min(1).max(LINE_LENGTH_MAX);

/** Who runs the instance and answers for it, as a notice must name them (GDPR 13(1)(a), (b)). */
export const operatorSchema = z.strictObject({
  name: line,
  address: line,
  email: z.email().max(LINE_LENGTH_MAX),
  /** Where they are established: ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/u),
  /** Name and contact of the representative in the Union, where there must be one (GDPR 27). */
  representative: line.optional(),
  /** Contact of the data protection officer, where there is one (GDPR 37). */
  dataProtectionOfficer: line.optional(),
  /** Where people complain (GDPR 77). */
  authority: z.strictObject({ name: line, address: line.optional() }),
  /** Where people exercise their rights on the web. */
  url: z
    .url({ protocol: /^https?$/u })
    .max(LINE_LENGTH_MAX)
    .optional(),
  /** Who else gets the data: processors, and whoever receives matches (GDPR 13(1)(e)). */
  recipients: z.array(line).max(RECIPIENTS_MAX).default([]),
  /** Countries outside the Union the data goes to, and the safeguard; absent: none (13(1)(f)). */
  transfers: line.optional(),
});

export type Operator = z.infer<typeof operatorSchema>;

/** The operator's profile, or null where it was never set. */
export async function readOperator(db: Reader): Promise<Operator | null> {
  const text = await readSetting(db, "operator");
  return text === null ? null : operatorSchema.parse(JSON.parse(text));
}

/** As `readOperator`, for what can't be made without. Throws ConsentError operator_unknown. */
export async function requireOperator(db: Reader): Promise<Operator> {
  const operator = await readOperator(db);
  if (operator) return operator;
  throw new ConsentError(
    "operator_unknown",
    'Say first who runs this instance: "assent operator set" shows how.',
  );
}

/** Sets who the operator is. Throws ConsentError operator_invalid, which names the field. */
export async function writeOperator(
  tx: Tx,
  recorder: Recorder,
  profile: z.input<typeof operatorSchema>,
): Promise<Operator> {
  const parsed = operatorSchema.safeParse(profile);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new ConsentError("operator_invalid", `The operator's ${field} is missing or not valid.`);
  }
  await writeSetting(tx, "operator", JSON.stringify(parsed.data));
  await append(tx, recorder, { kind: "operator.changed", collection: null });
  return parsed.data;
}
