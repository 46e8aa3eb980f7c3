import { z } from "zod";
import { VerifyError } from "./errors.ts";
import { type KeySet, verifyJws } from "./jws.ts";

/** The header type of a signed certificate of erasure. */
export const CERTIFICATE_TYPE = "assent-erasure-certificate";

/** What is left of a person after their erasure. */
export const REMAINS = ["grants", "leaves", "photos", "certificate"] as const;

const line = z.string().min(1).max(500);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const count = z.int().nonnegative();

export const certificateSchema = z.strictObject({
  schema: z.literal("assent-erasure-certificate/1"),
  id: z.string().regex(/^cer_[\w-]{16}$/u),
  /** The person, by the id that nothing hangs on any more. */
  subject: z.string().regex(/^sub_[\w-]{16}$/u),
  erasedAt: z.iso.datetime(),
  /** Who erased; absent where the operator never said who they are. */
  operator: z
    .strictObject({ name: line, address: line, email: line, country: line })
    .exactOptional(),
  /** How many of each there were, and are no more. */
  destroyed: z.strictObject({
    templates: count,
    enrolmentPhotos: count,
    /** Everything sealed under them opens no more, in whatever copy. */
    keys: count,
    evidence: count,
    receipts: count,
    sightings: count,
    searchReturns: count,
    /** Entries of the ledger whose text and salt went. */
    entryBodies: count,
  }),
  /**
   * What stays: the dates of grants without a person, leaves of the ledger that tell nothing, the
   * collection's photos, and this certificate.
   */
  remains: z.array(z.enum(REMAINS)),
  /** SHA-256 of each receipt the person was given, so that they can tell which this is about. */
  receipts: z.array(sha256).max(10_000),
  /** The newest signed state of the ledger before the erasure; absent where there was none. */
  ledger: z.strictObject({ size: count, root: z.base64() }).exactOptional(),
});

/** That a person was erased, when, by whom, and what went and what stayed. */
export type ErasureCertificate = z.infer<typeof certificateSchema>;

/**
 * Checks a signed certificate of erasure and returns what it says. Throws VerifyError:
 * format_invalid, key_unknown, signature_invalid.
 */
export async function verifyCertificate(jws: string, keySet: KeySet): Promise<ErasureCertificate> {
  const payload = await verifyJws(jws, CERTIFICATE_TYPE, keySet);
  const parsed = certificateSchema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(" / ") ?? "";
  throw new VerifyError("format_invalid", `This is no certificate of erasure: ${where} is wrong.`);
}
