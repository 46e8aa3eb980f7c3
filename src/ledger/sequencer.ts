import { sql } from "kysely";
import type { Clock } from "../base/clock.ts";
import { assert } from "../base/errors.ts";
import type { Reader, Tx } from "../storage/db.ts";
import type { Vault } from "../storage/vault.ts";
import { fromBase64Url, sameBytes } from "../verify/base64.ts";
import { formatCheckpoint } from "../verify/checkpoint.ts";
import { EMPTY_ROOT, hashLeaf, type TreeHead } from "../verify/merkle.ts";
import {
  parseNote,
  SIGNATURE_TYPE,
  signatureLine,
  type VerifierKey,
  verifierKeyOf,
} from "../verify/note.ts";
import type { PublicJwk } from "../verify/jws.ts";
import { instanceIdOf, originOf, takeTreeTurn } from "./origin.ts";
import { openSigner } from "./signing.ts";
import { TreeEdge, writeTiles } from "./tiles.ts";

/**
 * Entries that one transaction gives their places. SQLite's other writers wait for it, and so does
 * whatever else this process does: 2048 took up to 60 ms beside a hundred searches a second, and 512
 * up to 15.
 */
export const BATCH_ENTRIES_MAX = 256;

/** The newest state of the tree that was signed, and its note. */
export interface StoredCheckpoint extends TreeHead {
  readonly note: string;
}

/**
 * [Note: sequencing] Entries are committed without a place. One transaction takes the turn, gives
 * the entries that wait the next places in the order of `seq`, adds their leaves to the tiles and
 * stores the signed checkpoint: all of it, or nothing. Whoever is killed in between leaves entries
 * that wait. On PostgreSQL an entry may be committed after a later `seq`; it waits for the next turn,
 * for what waits is asked for, and not what is behind the last place.
 *
 * Returns how many got a place: fewer than BATCH_ENTRIES_MAX when none is left. Throws LedgerError
 * tree_damaged rather than signing a tree that contradicts the last.
 */
export async function sequenceBatch(tx: Tx, vault: Vault, clock: Clock): Promise<number> {
  await takeTreeTurn(tx);
  const last = await newestCheckpoint(tx);
  const leaves = await givePlaces(tx, last?.size ?? 0);
  if (leaves.length === 0 && last) return 0;
  const edge = await TreeEdge.read(tx, last ?? { size: 0, root: EMPTY_ROOT });
  for (const leaf of leaves) edge.add(hashLeaf(leaf));
  await writeTiles(tx, edge.takeTiles());
  const head = edge.head();
  const note = await signHead(tx, vault, head);
  const root = Buffer.from(head.root);
  const made_at = clock.now();
  await tx.write
    .insertInto("checkpoints")
    .values({ size: head.size, root, note, made_at })
    .execute();
  return leaves.length;
}

/** Whether entries wait for their place. */
export async function entriesWait(db: Reader): Promise<boolean> {
  const query = db.read.selectFrom("entries").select("seq").where("leaf_index", "is", null);
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}

/** The newest checkpoint, or null before the first. */
export async function newestCheckpoint(db: Reader): Promise<StoredCheckpoint | null> {
  const query = db.read.selectFrom("checkpoints").select(["size", "root", "note"]);
  return (await query.orderBy("size", "desc").limit(1).executeTakeFirst()) ?? null;
}

/**
 * Has the key that signs now sign the newest checkpoint too, where an earlier one did: who knows
 * the one key or the other can check it. Returns its note.
 */
export async function signNewest(tx: Tx, vault: Vault): Promise<string> {
  await takeTreeTurn(tx);
  const newest = await newestCheckpoint(tx);
  assert(newest, "There is a checkpoint to sign.");
  if (isSignedBy(newest.note, await logKeyOf(tx, vault))) return newest.note;
  const fresh = await signHead(tx, vault, newest);
  const note = newest.note + fresh.slice(fresh.indexOf("\n\n") + 2);
  await tx.write.updateTable("checkpoints").set({ note }).where("size", "=", newest.size).execute();
  return note;
}

/** Whether a note carries a line of this key; the line itself is not checked. */
export function isSignedBy(note: string, key: VerifierKey): boolean {
  const { signatures } = parseNote(note);
  return signatures.some(({ name, keyId }) => name === key.name && sameBytes(keyId, key.id));
}

/** The key that checks what this ledger signs now. */
export async function logKeyOf(db: Reader, vault: Vault): Promise<VerifierKey> {
  const { publicJwk } = await openSigner(db, vault, "ledger");
  return verifierKeyFrom(originOf(await instanceIdOf(db)), publicJwk);
}

/** A published key as C2SP has it, under the name of a log. */
export function verifierKeyFrom(
  name: string,
  { x }: PublicJwk,
  type: VerifierKey["type"] = SIGNATURE_TYPE.ed25519,
): VerifierKey {
  return verifierKeyOf(name, type, fromBase64Url(x) ?? new Uint8Array());
}

async function signHead(tx: Tx, vault: Vault, head: TreeHead): Promise<string> {
  const signer = await openSigner(tx, vault, "ledger");
  const origin = originOf(await instanceIdOf(tx));
  const text = formatCheckpoint({ origin, ...head });
  const { name, id: keyId } = verifierKeyFrom(origin, signer.publicJwk);
  const signature = signer.sign(new TextEncoder().encode(text));
  return `${text}\n${signatureLine({ name, keyId, signature })}`;
}

/**
 * The next places for those that wait longest, in one statement: another one would see other rows.
 * Returns the leaves in their order.
 */
async function givePlaces(tx: Tx, size: number): Promise<readonly Uint8Array[]> {
  const { rows } = await sql<{ leaf_index: number; leaf: Uint8Array }>`
    update entries set leaf_index = waiting.place + ${size}
    from (
      select seq, row_number() over (order by seq) - 1 as place from entries
      where leaf_index is null order by seq limit ${BATCH_ENTRIES_MAX}
    ) as waiting
    where entries.seq = waiting.seq
    returning leaf_index, leaf`.execute(tx.write);
  const sorted = rows.toSorted((a, b) => a.leaf_index - b.leaf_index);
  assert(
    sorted.every((row, index) => row.leaf_index === size + index),
    "Places in the ledger have no gap.",
  );
  return sorted.map(({ leaf }) => leaf);
}
