import { makePasskey, usePasskey } from "../shared/passkeys.ts";
import { ask } from "./service.ts";

/** Has the browser make a passkey and the service keep it. Throws Refused, or what the browser does. */
export async function addPasskey(): Promise<void> {
  const options = await ask("startPasskey", {});
  await ask("addPasskey", { response: await makePasskey(options) });
}

/** Signs in with a passkey that the person picks. Throws Refused, or what the browser does. */
export async function signInByPasskey() {
  const options = await ask("startPasskeySignIn", {});
  return ask("signInWithPasskey", { response: await usePasskey(options) });
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
  if (items.length === 0) await addPasskey();
  const options = await ask("startReceiptSignature", receipt);
  await ask("signReceipt", { ...receipt, response: await usePasskey(options) });
}
