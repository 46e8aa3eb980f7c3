/** Whether this browser can use passkeys, with the JSON forms of Web Authentication Level 3. */
export function hasPasskeys(): boolean {
  return (
    typeof PublicKeyCredential !== "undefined" &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential &&
    "parseRequestOptionsFromJSON" in PublicKeyCredential
  );
}

/** What a browser gives of a passkey, for the service to check. */
export interface PasskeyAnswer {
  readonly id: string;
  readonly [name: string]: unknown;
}

/** Has the browser make a passkey. Throws DOMException: NotAllowedError where none was made. */
export async function makePasskey(options: object): Promise<PasskeyAnswer> {
  if (!isCreation(options)) throw new DOMException("No passkey can be made.", "DataError");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return answerOf(await navigator.credentials.create({ publicKey }));
}

/** Has a passkey sign. Throws DOMException: NotAllowedError where none was given. */
export async function usePasskey(
  options: PublicKeyCredentialRequestOptionsJSON,
): Promise<PasskeyAnswer> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return answerOf(await navigator.credentials.get({ publicKey }));
}

/** The contract leaves what browsers are told to the service's library; they check it themselves. */
function isCreation(options: object): options is PublicKeyCredentialCreationOptionsJSON {
  return "rp" in options && "user" in options && "pubKeyCredParams" in options;
}

function answerOf(credential: Credential | null): PasskeyAnswer {
  if (!(credential instanceof PublicKeyCredential)) {
    throw new DOMException("No passkey was given.", "NotAllowedError");
  }
  const json: unknown = credential.toJSON();
  return { ...(typeof json === "object" ? json : {}), id: credential.id };
}
