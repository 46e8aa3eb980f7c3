import { newId, type WitnessId } from "../base/ids.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { parseCheckpoint, parseSize } from "../verify/checkpoint.ts";
import { VerifyError } from "../verify/errors.ts";
import {
  type NoteSignature,
  parseNote,
  parseSignatureLines,
  parseVerifierKey,
  SIGNATURE_TYPE,
  signatureLine,
  type VerifierKey,
  verifyNote,
} from "../verify/note.ts";
import { sameBytes } from "../verify/base64.ts";
import { LedgerError } from "./errors.ts";
import { append, type Recorder } from "./ledger.ts";
import type { Ledger } from "./log.ts";
import { takeTreeTurn } from "./origin.ts";
import { entriesWait, newestCheckpoint } from "./sequencer.ts";

/** Somebody who cosigns this ledger's checkpoints, at an address that the operator gave. */
export interface Witness {
  readonly id: WitnessId;
  readonly url: string;
  readonly key: VerifierKey;
  /** The size of the newest checkpoint that they have cosigned. */
  readonly cosignedSize: number;
}

/** An answer is a few lines; a size or signatures. */
const ANSWER_LENGTH_MAX = 65_536;
const ANSWER_MS_MAX = 20_000;
/** First with the size that is remembered, then with the one that the witness names. */
const ATTEMPTS_MAX = 2;

/**
 * Adds a witness by the prefix of its address (C2SP tlog-witness) and its key. A service asks it
 * from now on, every hour; a command only when told to. Throws VerifyError format_invalid, LedgerError witness_known.
 */
export async function addWitness(
  tx: Tx,
  recorder: Recorder,
  witness: { readonly url: string; readonly key: string },
): Promise<void> {
  const { name, type } = parseVerifierKey(witness.key);
  const protocol = URL.parse(witness.url)?.protocol;
  if (type !== SIGNATURE_TYPE.cosignature || (protocol !== "https:" && protocol !== "http:")) {
    throw new VerifyError(
      "format_invalid",
      "A witness has an http(s) address and a key for cosignatures, as `assent witness key` prints it.",
    );
  }
  const url = witness.url.replace(/\/+$/u, "");
  const { numInsertedOrUpdatedRows } = await tx.write
    .insertInto("witnesses")
    .values({ id: newId("wit"), url, verifier_key: witness.key, added_at: recorder.clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) {
    throw new LedgerError(
      "witness_known",
      "A witness of this address or this key is there already.",
    );
  }
  await append(tx, recorder, { kind: "witness.added", collection: null, witness: name });
}

/** Asks a witness no more. What they have cosigned stays. Throws LedgerError witness_unknown. */
export async function removeWitness(tx: Tx, recorder: Recorder, id: WitnessId): Promise<void> {
  const row = await tx.write
    .deleteFrom("witnesses")
    .where("id", "=", id)
    .returning("verifier_key")
    .executeTakeFirst();
  if (!row) throw new LedgerError("witness_unknown", "There is no witness of this id.");
  const { name } = parseVerifierKey(row.verifier_key);
  await append(tx, recorder, { kind: "witness.removed", collection: null, witness: name });
}

/** Everybody who was added, and not removed, in the order of it. */
export async function listWitnesses(db: Reader): Promise<readonly Witness[]> {
  const rows = await db.read.selectFrom("witnesses").selectAll().orderBy("added_at").execute();
  return rows.map(({ id, url, verifier_key, cosigned_size: cosignedSize }) => {
    return { id, url, key: parseVerifierKey(verifier_key), cosignedSize };
  });
}

/**
 * Asks a witness to cosign the newest checkpoint, and keeps the cosignature with it. Asks the
 * address the operator gave and no other. Throws LedgerError witness_unreachable, witness_refused;
 * witness_ahead where the witness has seen a larger tree than there is: entries were lost, as they
 * are when an old backup is restored, or taken out.
 */
export async function askWitness(db: Db, ledger: Ledger, witness: Witness): Promise<void> {
  const note = await ledger.checkpoint();
  const { text } = parseNote(note);
  const { size } = parseCheckpoint(text);
  let old = Math.min(witness.cosignedSize, size);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const { hashes } = await ledger.consistency(old, size);
    const lines = [`old ${old}`, ...hashes].map((line) => `${line}\n`).join("");
    const answer = await post(`${witness.url}/add-checkpoint`, `${lines}\n${note}`);
    if (answer.status === 200) {
      await keepCosignature(
        db,
        witness,
        size,
        await cosignaturesIn(answer.body, text, witness.key),
      );
      return;
    }
    const known = answer.status === 409 ? parseSize(answer.body.trimEnd()) : null;
    if (known === null) throw refused(`It answered with status ${answer.status}.`);
    if (known > size) {
      throw new LedgerError(
        "witness_ahead",
        `The witness has cosigned ${known} entries of this ledger, and it has ${size}: some were lost or taken out.`,
      );
    }
    old = known;
  }
  throw refused("It names a new size each time.");
}

/**
 * Asks every witness that has not cosigned the newest checkpoint. One that fails keeps no other from
 * being asked; the first failure is thrown then. Throws what `askWitness` throws.
 */
export async function askWitnesses(db: Db, ledger: Ledger): Promise<void> {
  const witnesses = await listWitnesses(db);
  if (witnesses.length === 0) return;
  await ledger.sequence();
  const size = (await newestCheckpoint(db))?.size ?? 0;
  const behind = witnesses.filter(({ cosignedSize }) => cosignedSize !== size);
  const asked = await Promise.allSettled(behind.map(async (one) => askWitness(db, ledger, one)));
  const failed = asked.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

/** Whether somebody independent has seen the newest state of the ledger. */
export interface WitnessState {
  readonly state: "WITNESSED" | "UNWITNESSED";
  /** Entries in the newest checkpoint. */
  readonly size: number;
  /** Whether entries wait that are in no checkpoint yet. */
  readonly waiting: boolean;
  readonly witnesses: readonly {
    readonly id: WitnessId;
    readonly name: string;
    readonly url: string;
    readonly cosignedSize: number;
    /** When they cosigned the newest checkpoint, in seconds since 1970; null if they have not. */
    readonly at: number | null;
  }[];
}

/**
 * Who has cosigned the newest checkpoint, as the cosignatures kept with it prove. Without one it is
 * UNWITNESSED: the operator alone says what the ledger is.
 */
export async function witnessState(db: Reader): Promise<WitnessState> {
  const newest = await newestCheckpoint(db);
  const note = newest && parseNote(newest.note);
  const witnesses = [];
  for (const { id, key, url, cosignedSize } of await listWitnesses(db)) {
    const times = note ? await timesOf(note, key) : [];
    witnesses.push({ id, name: key.name, url, cosignedSize, at: times.at(-1) ?? null });
  }
  const seen = witnesses.some(({ at }) => at !== null);
  return {
    state: seen ? "WITNESSED" : "UNWITNESSED",
    size: newest?.size ?? 0,
    waiting: await entriesWait(db),
    witnesses,
  };
}

async function timesOf(
  note: ReturnType<typeof parseNote>,
  key: VerifierKey,
): Promise<readonly (number | null)[]> {
  try {
    return (await verifyNote(note, [key])).map(({ time }) => time);
  } catch (error) {
    if (error instanceof VerifyError) return [];
    throw error;
  }
}

/** The lines of the witness itself, each checked; others are ignored. */
async function cosignaturesIn(
  body: string,
  text: string,
  key: VerifierKey,
): Promise<readonly NoteSignature[]> {
  try {
    const signatures = parseSignatureLines(body).filter(
      ({ name, keyId }) => name === key.name && sameBytes(keyId, key.id),
    );
    await verifyNote({ text, signatures }, [key]);
    return signatures;
  } catch (cause) {
    if (!(cause instanceof VerifyError)) throw cause;
    throw refused("Its answer is no cosignature by the key that was given for it.", cause);
  }
}

/** An earlier cosignature of the same witness makes room for the new one. */
async function keepCosignature(
  db: Db,
  { id, key }: Witness,
  size: number,
  signatures: readonly NoteSignature[],
): Promise<void> {
  await db.write(async (tx) => {
    // A key that is new to the ledger may sign the same note just now.
    await takeTreeTurn(tx);
    const query = tx.read.selectFrom("checkpoints").select("note").where("size", "=", size);
    const row = await query.executeTakeFirstOrThrow();
    const { text, signatures: kept } = parseNote(row.note);
    const others = kept.filter(({ name, keyId }) => name !== key.name || !sameBytes(keyId, key.id));
    const note = `${text}\n${[...others, ...signatures].map(signatureLine).join("")}`;
    await tx.write.updateTable("checkpoints").set({ note }).where("size", "=", size).execute();
    await tx.write
      .updateTable("witnesses")
      .set({ cosigned_size: size })
      .where("id", "=", id)
      .where("cosigned_size", "<=", size)
      .execute();
  });
}

async function post(
  address: string,
  body: string,
): Promise<{ readonly status: number; readonly body: string }> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const answer = await fetch(address, { method: "POST", body, signal, redirect: "error" });
    return { status: answer.status, body: await readBounded(answer) };
  } catch (cause) {
    if (cause instanceof LedgerError) throw cause;
    throw new LedgerError(
      "witness_unreachable",
      "The witness can't be reached. Nothing is lost: ask again later.",
      { cause },
    );
  }
}

async function readBounded({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > ANSWER_LENGTH_MAX) throw refused("Its answer is too long.");
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

function refused(detail: string, cause?: unknown): LedgerError {
  return new LedgerError("witness_refused", `The witness did not cosign. ${detail}`, { cause });
}
