import type { Tx } from "../storage/db.ts";
import { askForKeyFiles } from "../storage/key-places.ts";
import type { SigningPurpose } from "../storage/schema.ts";
import { append, type Recorder } from "./ledger.ts";
import { addSigningKey } from "./signing.ts";

/** Signs with a new key from now on. What earlier ones signed can still be checked with them. */
export async function rotateSigningKey(
  tx: Tx,
  recorder: Recorder,
  purpose: SigningPurpose,
): Promise<void> {
  await addSigningKey(tx, recorder.vault, recorder.clock, purpose);
  await append(tx, recorder, { kind: "signing_key.added", collection: null, purpose });
  // A backup that is restored signs with it as well.
  await askForKeyFiles(tx);
}
