import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
  WebAuthnCredential,
} from "@simplewebauthn/server";
import { type Clock, type Instant, later } from "../base/clock.ts";
import type { SessionId } from "../base/ids.ts";
import { append, type Recorder } from "../ledger/ledger.ts";
import type { Db, Reader, Tx } from "../storage/db.ts";
import { askForKeyFiles } from "../storage/key-places.ts";
import { AccountsError } from "./errors.ts";
import { signIn, type SignedIn } from "./links.ts";
import { parseAuthentication, parseRegistration } from "./passkey-responses.ts";
import { columnsOf, type Owner, ownerOf } from "./sessions.ts";
import { hashToken, newToken } from "./tokens.ts";
import { webauthn } from "./webauthn.ts";

/** The site that passkeys are for. */
export interface Site {
  /** The name of the host, as `photos.club.example`: passkeys are bound to it. */
  readonly host: string;
  /** The whole origin, as `https://photos.club.example`. */
  readonly origin: string;
  /** What the browser calls it. */
  readonly name: string;
}

/** A passkey as its owner sees it. */
export interface Passkey {
  readonly id: string;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
}

/** What passkeys work with. */
export interface PasskeyDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly site: Site;
}

/** Time to find the key, plug it in and touch it. */
const CHALLENGE_MS = 5 * 60_000;
/** A phone, a laptop, a key on the ring, and one in the drawer; and room for as many again. */
const PASSKEYS_MAX = 8;
/** EdDSA, ES256 and RS256 (RFC 9053, RFC 8812): what today's authenticators sign with. */
const ALGORITHMS = [-8, -7, -257];

/**
 * What the browser needs to make a passkey. Staff must unlock theirs (PIN or whatever the device
 * has); nobody's face is asked for here, and a person's passkey need not be unlocked at all. `label`
 * is what the person's own device will call it. Throws AccountsError passkeys_full.
 */
export async function startRegistration(
  { db, clock, site }: PasskeyDeps,
  owner: Owner,
  label: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const known = await storedPasskeys(db, owner);
  if (known.length >= PASSKEYS_MAX) {
    throw new AccountsError("passkeys_full", "You have passkeys enough. Remove one first.");
  }
  return (await webauthn()).generateRegistrationOptions({
    rpName: site.name,
    rpID: site.host,
    userName: label,
    // Says nothing, and is the same for all passkeys of this owner.
    userID: new Uint8Array(Buffer.from(hashToken(owner.id), "hex")),
    challenge: await newChallenge(db, clock, "register", owner),
    timeout: CHALLENGE_MS,
    attestationType: "none",
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: known.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: "required", userVerification: verificationOf(owner) },
  });
}

/**
 * Checks and keeps the passkey that the browser made. Throws AccountsError: passkey_refused,
 * passkeys_full.
 */
export async function finishRegistration(
  { db, clock, site }: PasskeyDeps,
  recorder: Recorder,
  owner: Owner,
  response: unknown,
): Promise<string> {
  const parsed = parseRegistration(response);
  const { credential } = await verifyNew(parsed, {
    site,
    owner,
    isExpected: async (challenge) => useChallenge(db, clock, challenge, "register", owner),
  });
  await db.write(async (tx) => {
    await lockOwner(tx, owner);
    if ((await storedPasskeys(tx, owner)).length >= PASSKEYS_MAX) {
      throw new AccountsError("passkeys_full", "You have passkeys enough. Remove one first.");
    }
    const made = await tx.write
      .insertInto("passkeys")
      .values({
        id: credential.id,
        ...columnsOf(owner),
        public_key: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: JSON.stringify(credential.transports ?? []),
        created_at: clock.now(),
        last_used_at: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .executeTakeFirst();
    if (!made) throw refused();
    await appendChange(tx, recorder, owner, "added");
  });
  return credential.id;
}

/** What the browser needs to sign in with whichever passkey it has. It tells of nobody's. */
export async function startPasskeyLogin({
  db,
  clock,
  site,
}: PasskeyDeps): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return (await webauthn()).generateAuthenticationOptions({
    rpID: site.host,
    challenge: await newChallenge(db, clock, "sign_in", null),
    timeout: CHALLENGE_MS,
    userVerification: "preferred",
  });
}

/**
 * Signs in with a passkey. The session before, if any, ends. Throws AccountsError: passkey_refused,
 * sign_in_refused.
 */
export async function finishPasskeyLogin(
  { db, clock, site }: PasskeyDeps,
  recorder: Recorder,
  response: unknown,
  replacing: SessionId | null = null,
): Promise<SignedIn> {
  const parsed = parseAuthentication(response);
  const row = await db.read
    .selectFrom("passkeys")
    .selectAll()
    .where("id", "=", parsed.id)
    .executeTakeFirst();
  const owner = row && ownerOf(row);
  if (!owner) throw refused();
  const counter = await verifyKnown(parsed, {
    site,
    owner,
    credential: {
      id: row.id,
      publicKey: new Uint8Array(row.public_key),
      counter: row.counter,
    },
    isExpected: async (challenge) => useChallenge(db, clock, challenge, "sign_in", null),
  });
  return db.write(async (tx) => {
    const used = await tx.write
      .updateTable("passkeys")
      .set({ counter, last_used_at: clock.now() })
      .where("id", "=", row.id)
      .where("counter", "=", row.counter)
      .returning("id")
      .executeTakeFirst();
    // Removed, or used elsewhere at the same moment.
    if (!used) throw refused();
    return signIn(tx, recorder, owner, replacing);
  });
}

/** Somebody's passkeys, the oldest first. */
export async function listPasskeys(db: Reader, owner: Owner): Promise<readonly Passkey[]> {
  const rows = await storedPasskeys(db, owner);
  return rows.map(({ id, created_at, last_used_at }) => ({
    id,
    createdAt: created_at,
    lastUsedAt: last_used_at,
  }));
}

/** Takes one of somebody's passkeys away. Throws AccountsError passkey_refused. */
export async function removePasskey(
  db: Db,
  recorder: Recorder,
  owner: Owner,
  id: string,
): Promise<void> {
  await db.write(async (tx) => {
    if (!(await storedPasskeys(tx, owner)).some((one) => one.id === id)) throw refused();
    await tx.write.deleteFrom("passkeys").where("id", "=", id).execute();
    await appendChange(tx, recorder, owner, "removed");
    await askForKeyFiles(tx);
  });
}

interface Expected {
  readonly site: Site;
  readonly owner: Owner;
  readonly isExpected: (challenge: string) => Promise<boolean>;
}

async function verifyNew(response: RegistrationResponseJSON, expected: Expected) {
  const { verified, registrationInfo } = await refuseFailures(
    (await webauthn()).verifyRegistrationResponse({
      response,
      expectedChallenge: expected.isExpected,
      expectedOrigin: expected.site.origin,
      expectedRPID: expected.site.host,
      requireUserVerification: verificationOf(expected.owner) === "required",
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (!verified) throw refused();
  return registrationInfo;
}

async function verifyKnown(
  response: AuthenticationResponseJSON,
  expected: Expected & {
    readonly credential: WebAuthnCredential;
  },
): Promise<number> {
  const { verified, authenticationInfo } = await refuseFailures(
    (await webauthn()).verifyAuthenticationResponse({
      response,
      credential: expected.credential,
      expectedChallenge: expected.isExpected,
      expectedOrigin: expected.site.origin,
      expectedRPID: expected.site.host,
      requireUserVerification: verificationOf(expected.owner) === "required",
    }),
  );
  if (!verified) throw refused();
  return authenticationInfo.newCounter;
}

/** The library throws plain errors for whatever does not fit; what exactly, is not told. */
async function refuseFailures<T>(verifying: Promise<T>): Promise<T> {
  try {
    return await verifying;
  } catch (cause) {
    if (cause instanceof AccountsError) throw cause;
    throw refused(cause);
  }
}

function verificationOf(owner: Owner): "required" | "preferred" {
  return owner.kind === "account" ? "required" : "preferred";
}

async function newChallenge(
  db: Db,
  clock: Clock,
  use: "register" | "sign_in",
  owner: Owner | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const { token } = newToken();
  await db.write(async (tx) =>
    tx.write
      .insertInto("passkey_challenges")
      .values({
        challenge_hash: hashToken(token),
        use,
        ...(owner ? columnsOf(owner) : { account_id: null, subject_id: null }),
        expires_at: later(clock.now(), CHALLENGE_MS),
      })
      .execute(),
  );
  // As bytes: given as text, the library would encode the text once more.
  return new Uint8Array(Buffer.from(token, "base64url"));
}

/** True once for each challenge, for whom it was made and in its time. */
async function useChallenge(
  db: Db,
  clock: Clock,
  challenge: string,
  use: "register" | "sign_in",
  owner: Owner | null,
): Promise<boolean> {
  const row = await db.write(async (tx) =>
    tx.write
      .deleteFrom("passkey_challenges")
      .where("challenge_hash", "=", hashToken(challenge))
      .returningAll()
      .executeTakeFirst(),
  );
  if (row?.use !== use || clock.now() >= row.expires_at) return false;
  return ownerOf(row)?.id === owner?.id;
}

/** Whoever adds a passkey waits for an erasure or removal of its owner, and finds nobody then. */
async function lockOwner(tx: Tx, owner: Owner): Promise<void> {
  const row =
    owner.kind === "account"
      ? await tx.write
          .updateTable("accounts")
          .set({ state: "active" })
          .where("id", "=", owner.id)
          .where("state", "=", "active")
          .returning("id")
          .executeTakeFirst()
      : await tx.write
          .updateTable("subjects")
          .set({ erased_at: null })
          .where("id", "=", owner.id)
          .where("erased_at", "is", null)
          .returning("id")
          .executeTakeFirst();
  if (!row) throw refused();
}

async function storedPasskeys(db: Reader, owner: Owner) {
  const all = db.read.selectFrom("passkeys").select(["id", "created_at", "last_used_at"]);
  const own =
    owner.kind === "account"
      ? all.where("account_id", "=", owner.id)
      : all.where("subject_id", "=", owner.id);
  return own.orderBy("created_at").orderBy("id").execute();
}

async function appendChange(
  tx: Tx,
  recorder: Recorder,
  owner: Owner,
  change: "added" | "removed",
): Promise<void> {
  await append(
    tx,
    recorder,
    owner.kind === "account"
      ? { kind: `account.passkey_${change}`, collection: null, changed: owner.id }
      : { kind: `subject.passkey_${change}`, collection: null, subject: owner.id },
  );
}

function refused(cause?: unknown): AccountsError {
  return new AccountsError(
    "passkey_refused",
    "This passkey does not fit. Try again, or ask for a link.",
    {
      cause,
    },
  );
}
