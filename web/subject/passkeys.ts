import { ask } from "./service.ts";

type AddResponse = Parameters<typeof ask<"addPasskey">>[1]["response"];
type SignInResponse = Parameters<typeof ask<"signInWithPasskey">>[1]["response"];

/** Whether this browser can use passkeys, with the JSON forms of Web Authentication Level 3. */
export function hasPasskeys(): boolean {
  return (
    typeof PublicKeyCredential !== "undefined" &&
    "parseRequestOptionsFromJSON" in PublicKeyCredential
  );
}

/** Has the browser make a passkey and the service keep it. Throws Refused, or what the browser does. */
export async function makePasskey(): Promise<void> {
  const options = await ask("startPasskey", {});
  // The contract says `string` where the browser's type lists words; the browser checks them.
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  const made = await navigator.credentials.create({ publicKey });
  await ask("addPasskey", { response: asJson(made) as AddResponse });
}

/** Signs in with a passkey that the person picks. Throws Refused, or what the browser does. */
export async function signInByPasskey() {
  const options = await ask("startPasskeySignIn", {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const given = await navigator.credentials.get({ publicKey });
  return ask("signInWithPasskey", { response: asJson(given) as SignInResponse });
}

/**
 * Has one of the person's passkeys sign a receipt's hash; makes one first where they have none.
 * Throws Refused, or what the browser does.
 */
export async function signReceipt(receipt: {
  readonly subject: string;
  readonly consent: string;
}): Promise<void> {
  const { items } = await ask("listPasskeys", {});
  if (items.length === 0) await makePasskey();
  const options = await ask("startReceiptSignature", receipt);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const given = await navigator.credentials.get({ publicKey });
  await ask("signReceipt", { ...receipt, response: asJson(given) as SignInResponse });
}

function asJson(credential: Credential | null): unknown {
  if (credential instanceof PublicKeyCredential) return credential.toJSON();
  throw new DOMException("No passkey was given.", "NotAllowedError");
}
