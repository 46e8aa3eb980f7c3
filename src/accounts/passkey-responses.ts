import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { z } from "zod";
import { AccountsError } from "./errors.ts";

/** An attestation with its certificates is the longest; nobody is asked for one. */
const PART_LENGTH_MAX = 16_384;
const ID_LENGTH_MAX = 1400;
const TRANSPORTS_MAX = 10;

const part = z
  .string()
  .max(PART_LENGTH_MAX)
  .regex(/^[\w-]*$/u);
const id = z
  .string()
  .max(ID_LENGTH_MAX)
  .regex(/^[\w-]+$/u);

const registrationSchema = z.object({
  id,
  rawId: id,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: part,
    attestationObject: part,
    transports: z
      .array(z.enum(["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]))
      .max(TRANSPORTS_MAX)
      .exactOptional()
      .catch([]),
  }),
});

const authenticationSchema = z.object({
  id,
  rawId: id,
  type: z.literal("public-key"),
  response: z.object({ clientDataJSON: part, authenticatorData: part, signature: part }),
});

/** What a browser says of a passkey it made. Throws AccountsError passkey_refused. */
export function parseRegistration(input: unknown): RegistrationResponseJSON {
  const parsed = registrationSchema.safeParse(input);
  if (!parsed.success) throw invalid();
  return { ...parsed.data, clientExtensionResults: {} };
}

/** What a browser says of a passkey that signed. Throws AccountsError passkey_refused. */
export function parseAuthentication(input: unknown): AuthenticationResponseJSON {
  const parsed = authenticationSchema.safeParse(input);
  if (!parsed.success) throw invalid();
  return { ...parsed.data, clientExtensionResults: {} };
}

function invalid(): AccountsError {
  return new AccountsError("passkey_refused", "This is not what a browser says of a passkey.");
}
