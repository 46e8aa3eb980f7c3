import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import canonicalize from "canonicalize";
import { sha256Hex } from "../base/bytes.ts";
import { hasEnded, processMark } from "../base/processes.ts";
import type { Db, Tx } from "../storage/db.ts";
import { locked } from "../storage/locks.ts";
import type { Vault } from "../storage/vault.ts";
import { HttpError } from "./errors.ts";
import type { Input } from "./input.ts";
import { REQUEST_MS_MAX, STOP_MS_MAX } from "./limits.ts";

/** A write's answer, as it is kept for whoever sends the write again. */
export interface KeptAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

/** What answers are kept with. */
export interface IdempotencyDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** A write that its sender has given a key. */
export interface KeyedWrite {
  readonly principal: string;
  readonly key: string;
  /** From `requestHash`. */
  readonly hash: string;
  /** What is answered holds a secret: that it was done is kept, and not the answer. */
  readonly forget: boolean;
}

/** Whoever reserved a key is dead by then, where their process can't be asked. */
const RESERVED_MS = REQUEST_MS_MAX + STOP_MS_MAX;
const KEY = /^[\x21-\x7e]{1,200}$/u;
/** The key that answers are sealed under. */
const OWNER = { kind: "instance", id: "record" } as const;

/** The Idempotency-Key of a request, or null. Throws HttpError idempotency_key_invalid. */
export function parseKey(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === "string" && KEY.test(header)) return header;
  throw new HttpError("idempotency_key_invalid");
}

/** What two requests must share to be the same: route, parameters, fields, and files by hash. */
export function requestHash(route: string, input: Input): string {
  const files = Object.entries(input.files).map(([name, bytes]) => [name, sha256Hex(bytes)]);
  const spooled = input.spooled.map(({ part, name: file, sha256 }) => [part, file, sha256]);
  const { params, query, body } = input;
  const whole = canonicalize({ route, params, query, body, files, spooled }) ?? "";
  return createHash("sha256").update(whole).digest("hex");
}

/**
 * Does a write once: the key is reserved, the work done, its answer kept sealed for a day. Sent
 * again, the same request is given that answer. Work that fails leaves the key free.
 *
 * [Note: begun] The work's transactions also say, by the database that it is handed, that it has
 * begun. So when its process is killed, either nothing was changed, and the next request with the key
 * does it at once; or something was, and it is not done again: idempotency_forgotten.
 *
 * Throws HttpError: idempotency_mismatch (the key was another request's), idempotency_busy,
 * idempotency_forgotten.
 */
export async function once(
  deps: IdempotencyDeps,
  write: KeyedWrite,
  work: (db: Db) => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const kept = await reserve(deps, write);
  if (kept) return kept;
  try {
    const answer = await work(deps.db.with(async (tx) => begin(tx, write)));
    await keep(deps, write, answer);
    return answer;
  } catch (error) {
    await release(deps, write);
    throw error;
  }
}

async function reserve(deps: IdempotencyDeps, write: KeyedWrite): Promise<KeptAnswer | null> {
  const { principal, key, hash } = write;
  const now = deps.clock.now();
  return deps.db.write(async (tx) => {
    const fresh = { request_hash: hash, holder: processMark, created_at: now };
    const made = await tx.write
      .insertInto("idempotency")
      .values({ principal, key, status: null, sealed_body: null, ...fresh })
      .onConflict((conflict) => conflict.columns(["principal", "key"]).doNothing())
      .returning("key")
      .executeTakeFirst();
    if (made) return null;
    // Locked: of two who find that its holder has died, one takes it over.
    const known = tx.write
      .selectFrom("idempotency")
      .selectAll()
      .where("principal", "=", principal)
      .where("key", "=", key);
    const row = await locked(tx, known, "update").executeTakeFirst();
    // Released in this very moment: whoever sends it again finds it free.
    if (!row) throw new HttpError("idempotency_busy");
    const isLeft = row.created_at < now - RESERVED_MS || hasEnded(row.holder ?? "");
    const takeOver = row.status === null && isLeft && row.begun === 0;
    if (takeOver) {
      await tx.write
        .updateTable("idempotency")
        .set(fresh)
        .where("principal", "=", principal)
        .where("key", "=", key)
        .execute();
      return null;
    }
    if (row.request_hash !== hash) throw new HttpError("idempotency_mismatch");
    if (row.status === null && !isLeft) throw new HttpError("idempotency_busy");
    // A secret is kept nowhere; an erasure clears every answer, as it may name who was erased; and
    // what nobody has lived to answer is not done twice.
    if (row.status === null || !row.sealed_body) throw new HttpError("idempotency_forgotten");
    const body = await deps.vault.unseal(tx, OWNER, row.sealed_body, ["answer", principal, key]);
    return { status: row.status, body: body.toString() };
  });
}

/** Said by each transaction of the work: a repeat of it is not safe any more. */
async function begin({ write }: Tx, { principal, key }: KeyedWrite): Promise<void> {
  await write
    .updateTable("idempotency")
    .set({ begun: 1 })
    .where("principal", "=", principal)
    .where("key", "=", key)
    .execute();
}

async function keep(deps: IdempotencyDeps, write: KeyedWrite, answer: KeptAnswer): Promise<void> {
  const { principal, key, forget } = write;
  await deps.db.write(async (tx) => {
    const bytes = Buffer.from(answer.body);
    const sealed_body = forget
      ? null
      : await deps.vault.seal(tx, OWNER, bytes, ["answer", principal, key]);
    await tx.write
      .updateTable("idempotency")
      .set({ status: answer.status, sealed_body })
      .where("principal", "=", principal)
      .where("key", "=", key)
      .execute();
  });
}

async function release({ db }: IdempotencyDeps, { principal, key }: KeyedWrite): Promise<void> {
  await db.write(async (tx) =>
    tx.write
      .deleteFrom("idempotency")
      .where("principal", "=", principal)
      .where("key", "=", key)
      .where("status", "is", null)
      .execute(),
  );
}
