import { assent } from "../service.ts";

type Response = Parameters<typeof assent.addPasskey>[0]["response"];

/** Whether this browser can make passkeys, with the JSON forms of Web Authentication Level 3. */
export function hasPasskeys(): boolean {
  return (
    typeof PublicKeyCredential !== "undefined" &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential
  );
}

/** Has the browser make a passkey and the service keep it. Throws as the service, or DOMException. */
export async function makePasskey(): Promise<void> {
  const options = await assent.startPasskey();
  // The contract says `string` where the browser's type lists words; the browser checks them.
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  const made = await navigator.credentials.create({ publicKey });
  if (!(made instanceof PublicKeyCredential)) {
    throw new DOMException("No passkey was made.", "NotAllowedError");
  }
  // The browser's own object is the service's to check.
  const response: unknown = made.toJSON();
  await assent.addPasskey({ response: response as Response });
}
