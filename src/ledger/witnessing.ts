import type { Clock, Instant } from "../base/clock.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";
import { readSetting, writeSetting } from "../storage/settings.ts";
import type { Vault } from "../storage/vault.ts";
import { fromBase64 } from "../verify/base64.ts";
import {
  type Checkpoint,
  parseCheckpoint,
  parseSize,
  verifyCheckpoint,
} from "../verify/checkpoint.ts";
import { VerifyError } from "../verify/errors.ts";
import { EMPTY_ROOT, PATH_HASHES_MAX, provesConsistency, type TreeHead } from "../verify/merkle.ts";
import {
  cosignatureBytes,
  cosignedText,
  NOTE_LENGTH_MAX,
  parseNote,
  parseVerifierKey,
  SIGNATURE_TYPE,
  signatureLine,
  type VerifierKey,
} from "../verify/note.ts";
import { append, type Recorder } from "./ledger.ts";
import { instanceIdOf, witnessNameOf } from "./origin.ts";
import { verifierKeyFrom } from "./sequencer.ts";
import { openSigner, type Signer } from "./signing.ts";

/** The longest request that is read: 63 hashes and the longest note. */
export const REQUEST_LENGTH_MAX = NOTE_LENGTH_MAX + 4096;

/** What a witness answers over HTTP (C2SP tlog-witness). */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: "text/plain; charset=utf-8" | "text/x.tlog.size";
  readonly body: string;
}

interface WitnessDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** The key that checks this instance's cosignatures. */
export async function witnessKeyOf(db: Reader, vault: Vault): Promise<VerifierKey> {
  return witnessKey(db, await openSigner(db, vault, "witness"));
}

async function witnessKey(db: Reader, { publicJwk }: Signer): Promise<VerifierKey> {
  const name = witnessNameOf(await instanceIdOf(db));
  return verifierKeyFrom(name, publicJwk, SIGNATURE_TYPE.cosignature);
}

/**
 * Begins to witness a ledger, named by its key, from its beginning on; or takes its new key, and
 * goes on from what was cosigned. Throws VerifyError format_invalid.
 */
export async function watchLog(tx: Tx, clock: Clock, verifierKey: string): Promise<void> {
  const { name: origin, type } = parseVerifierKey(verifierKey);
  if (type !== SIGNATURE_TYPE.ed25519) {
    throw new VerifyError("format_invalid", "This is the key of a witness, and not of a ledger.");
  }
  const row = { origin, verifier_key: verifierKey, size: 0, root: Buffer.from(EMPTY_ROOT) };
  await tx.write
    .insertInto("witnessed_logs")
    .values({ ...row, updated_at: clock.now() })
    .onConflict((conflict) => conflict.column("origin").doUpdateSet({ verifier_key: verifierKey }))
    .execute();
}

/** A ledger that is cosigned here. */
export interface WatchedLedger {
  readonly name: string;
  /** Entries in the newest checkpoint that was cosigned. */
  readonly size: number;
  readonly cosignedAt: Instant;
}

/** The ledgers that are cosigned here, by name. */
export async function listWatched(db: Reader): Promise<readonly WatchedLedger[]> {
  return db.read
    .selectFrom("witnessed_logs")
    .select(["origin as name", "size", "updated_at as cosignedAt"])
    .orderBy("origin")
    .execute();
}

/** As `watchLog`, with a word in the record. Throws VerifyError format_invalid. */
export async function watchLedger(tx: Tx, recorder: Recorder, key: string): Promise<void> {
  await watchLog(tx, recorder.clock, key);
  const ledger = parseVerifierKey(key).name;
  await append(tx, recorder, { kind: "witnessing.began", collection: null, ledger });
}

/** Whether the service answers `add-checkpoint`: not before an owner says so. */
export async function isWitnessing(db: Reader): Promise<boolean> {
  return (await readSetting(db, "witnessing")) === "on";
}

/** Has the service answer `add-checkpoint`, or no longer. */
export async function switchWitnessing(tx: Tx, recorder: Recorder, on: boolean): Promise<void> {
  await writeSetting(tx, "witnessing", on ? "on" : "off");
  await append(tx, recorder, { kind: "witnessing.switched", collection: null, on });
}

/**
 * Answers `add-checkpoint` (C2SP tlog-witness): cosigns a checkpoint that is consistent with the
 * newest one cosigned of that ledger, and remembers it before it answers. What is remembered is
 * compared and changed in one transaction, so that no two trees of one ledger are ever cosigned,
 * nor a smaller one after a larger.
 */
export async function addCheckpoint(deps: WitnessDeps, body: string): Promise<WitnessAnswer> {
  const request = parseRequest(body);
  if (!request) return refuse(400, "This is not a request to add a checkpoint.");
  return deps.db.write(async (tx) => {
    const query = tx.write
      .selectFrom("witnessed_logs")
      .selectAll()
      .where("origin", "=", request.checkpoint.origin);
    const known = await locked(tx, query, "update").executeTakeFirst();
    if (!known) return refuse(404, "This ledger is not witnessed here.");
    if (!(await isSigned(request.note, known.verifier_key))) {
      return refuse(403, "The checkpoint is not signed with the ledger's key.");
    }
    const refusal = judge(request, known);
    if (refusal) return refusal;
    const { size, origin } = request.checkpoint;
    const root = Buffer.from(request.checkpoint.root);
    await tx.write
      .updateTable("witnessed_logs")
      .set({ size, root, updated_at: deps.clock.now() })
      .where("origin", "=", origin)
      .execute();
    return { status: 200, type: TEXT, body: await cosign(tx, deps, request.text) };
  });
}

interface Request {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

/** What contradicts a request, given what was cosigned before; null if nothing does. */
function judge({ old, proof, checkpoint }: Request, known: TreeHead): WitnessAnswer | null {
  if (old > checkpoint.size) return refuse(400, "The old size is larger than the checkpoint's.");
  if (old !== known.size) {
    return { status: 409, type: "text/x.tlog.size", body: `${known.size}\n` };
  }
  const older = { size: old, root: new Uint8Array(known.root) };
  if (provesConsistency(older, checkpoint, proof)) return null;
  return refuse(422, "The checkpoint does not follow from the one that was cosigned before.");
}

async function cosign(tx: Tx, { vault, clock }: WitnessDeps, text: string): Promise<string> {
  const signer = await openSigner(tx, vault, "witness");
  const { name, id: keyId } = await witnessKey(tx, signer);
  const seconds = Math.floor(clock.now() / 1000);
  const signature = signer.sign(new TextEncoder().encode(cosignedText(text, seconds)));
  return signatureLine({ name, keyId, signature: cosignatureBytes(seconds, signature) });
}

async function isSigned(note: string, key: string): Promise<boolean> {
  try {
    await verifyCheckpoint(note, key);
    return true;
  } catch (error) {
    if (error instanceof VerifyError) return false;
    throw error;
  }
}

/** `old <size>`, hashes, an empty line, and the note. */
function parseRequest(body: string): Request | null {
  if (body.length > REQUEST_LENGTH_MAX) return null;
  const end = body.indexOf("\n\n");
  const [first = "", ...lines] = body.slice(0, Math.max(0, end)).split("\n");
  const old = first.startsWith("old ") ? parseSize(first.slice("old ".length)) : null;
  if (old === null || lines.length > PATH_HASHES_MAX) return null;
  const proof = lines.map(fromBase64).filter((hash) => hash !== null);
  if (proof.length !== lines.length) return null;
  const note = body.slice(end + 2);
  try {
    const { text } = parseNote(note);
    return { old, proof, note, text, checkpoint: parseCheckpoint(text) };
  } catch (error) {
    if (error instanceof VerifyError) return null;
    throw error;
  }
}

const TEXT = "text/plain; charset=utf-8";

function refuse(status: 400 | 403 | 404 | 422, sentence: string): WitnessAnswer {
  return { status, type: TEXT, body: `${sentence}\n` };
}
