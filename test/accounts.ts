import { randomBytes } from "node:crypto";
import { type Clock, fixedClock } from "../src/base/clock.ts";
import type { AccountId } from "../src/base/ids.ts";
import { type AccountRequest, createAccount } from "../src/accounts/accounts.ts";
import { type Collection, createCollection } from "../src/collections/collections.ts";
import type { Recorder } from "../src/ledger/ledger.ts";
import type { Db } from "../src/storage/db.ts";
import type { Schema } from "../src/storage/schema.ts";
import { columns } from "../src/storage/columns.ts";
import { Vault } from "../src/storage/vault.ts";
import { withEachDatabase } from "./databases.ts";

/** What the accounts room works with: a database with keys, and a clock that is moved. */
export interface Office {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock & { move(milliseconds: number): void };
  readonly recorder: Recorder;
  readonly origin: string;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** Any day; every deadline is counted from it. */
const START = Date.UTC(2026, 0, 5, 9);

/** Runs a test on each database with an office of its own. */
export function inEachOffice(name: string, body: (office: Office) => Promise<void>): void {
  withEachDatabase(name, async (db) => {
    const clock = fixedClock(START);
    const vault = await Vault.open(db, randomBytes(32), clock);
    const recorder = { clock, account: "operator", vault };
    await body({ db, vault, clock, recorder, origin: "https://photos.club.example" });
    vault.close();
  });
}

/** Makes an account; an owner unless said otherwise. */
export async function makeAccount(
  { db, recorder }: Pick<Office, "db" | "recorder">,
  request: Partial<AccountRequest> = {},
): Promise<AccountId> {
  const whole = {
    name: "Anna",
    email: "anna@club.example",
    role: "owner",
    collections: [],
  } as const;
  return db.write(async (tx) => createAccount(tx, recorder, { ...whole, ...request }));
}

/** Makes a collection that nothing is imported into. */
export async function makeOfficeCollection(office: Office, name = "gala"): Promise<Collection> {
  return createCollection(office.db, office.recorder, {
    name,
    purpose: "give the guests their pictures",
    notice: "We look for your face in the photos of the gala.",
    contact: "office@club.example",
    retentionDays: 365,
    ageFloor: 16,
    sceneBasis: null,
    pack: "bundled",
  });
}

/** Every value of every row, as text: what a reader of the database file would see. */
export async function everythingStored(db: Db): Promise<string> {
  const rows: unknown[] = [];
  for (const table of Object.keys(columns) as (keyof Schema)[]) {
    rows.push(await db.read.selectFrom(table).selectAll().execute());
  }
  return JSON.stringify(rows, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
  );
}

/** How many of these succeeded, and with which codes the others failed. */
export async function outcomesOf(
  work: readonly Promise<unknown>[],
): Promise<{ readonly done: number; readonly codes: readonly string[] }> {
  const settled = await Promise.allSettled(work);
  const codes = settled.flatMap((one) =>
    one.status === "rejected" ? [String((one.reason as { code?: unknown }).code)] : [],
  );
  return { done: settled.length - codes.length, codes };
}
