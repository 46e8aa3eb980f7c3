import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { type App, type Config, configFor, openApp } from "../app.ts";
import type { CollectionId, SubjectId } from "../base/ids.ts";
import { type Collection, findCollection } from "../collections/collections.ts";
import { findSubject, readSubject } from "../subjects/subjects.ts";
import { isPostgres } from "../storage/db.ts";
import { deliverDue } from "../webhooks/deliver.ts";
import { UsageError } from "./errors.ts";

const DEFAULT_FOLDER = "assent-data";
/** As the service listens when nothing is said. */
const ORIGIN_DEFAULT = "http://localhost:4400";
/** More threads than this only take turns, whatever the machine. */
const WORKERS_MAX = 256;
/** Nobody waits longer for somebody else's server at the end of a command. */
const SEND_MS_MAX = 5000;

/** Options that every command takes. */
export interface CommonOptions {
  readonly data?: string;
  readonly database?: string;
  readonly workers?: string;
  readonly account?: string;
  readonly config?: string;
}

/** Reads the configuration: command line before environment before defaults. */
export function readConfig(command: Command, environment: NodeJS.ProcessEnv = process.env): Config {
  const options = command.optsWithGlobals<CommonOptions>();
  const folder = resolve(options.data ?? environment["ASSENT_DATA"] ?? DEFAULT_FOLDER);
  const database = options.database ?? environment["ASSENT_DATABASE"] ?? null;
  if (database !== null && !isPostgres(database)) {
    throw new UsageError(
      "--database takes an address like postgres://user@host/name. For the embedded database " +
        "leave it out and give the folder with --data.",
    );
  }
  const base = configFor(folder);
  const key = environment["ASSENT_MASTER_KEY"];
  return {
    ...base,
    database,
    schema: environment["ASSENT_DATABASE_SCHEMA"] ?? null,
    masterKey:
      key === undefined
        ? {
            kind: "file",
            path: environment["ASSENT_MASTER_KEY_FILE"] ?? join(folder, "master.key"),
          }
        : { kind: "text", text: key },
    models: resolve(environment["ASSENT_MODELS"] ?? base.models),
    importRoot: environment["ASSENT_IMPORT_ROOT"] ?? null,
    workers: parseWorkers(options.workers ?? environment["ASSENT_WORKERS"]),
    account: options.account ?? environment["ASSENT_ACCOUNT"] ?? base.account,
  };
}

/**
 * Opens the instance, runs `work`, sends what endpoints are due to be told, and closes it again
 * whatever happens.
 */
export async function withApp<T>(command: Command, work: (app: App) => Promise<T>): Promise<T> {
  await using app = await openApp(readConfig(command));
  const result = await work(app);
  await sendDue(app);
  return result;
}

/** The command is done already: what can't be sent now goes with a later one. */
async function sendDue(app: App): Promise<void> {
  const signal = AbortSignal.timeout(SEND_MS_MAX);
  await deliverDue(app, { signal }).catch(() => undefined);
}

/** The collection named on the command line. */
export async function collectionOf(app: App, name: string): Promise<Collection> {
  return findCollection(app.db, name);
}

/** The person named on the command line, by name, contact or id. */
export async function subjectOf(app: App, text: string): Promise<SubjectId> {
  return findSubject(app.db, app.vault, text);
}

/** As `subjectOf`; who is erased already may be named by their id: something of theirs may be left to do. */
export async function anySubjectOf(app: App, text: string): Promise<SubjectId> {
  return isSubjectId(text) ? text : subjectOf(app, text);
}

function isSubjectId(text: string): text is SubjectId {
  return /^sub_[\w-]{16}$/u.test(text);
}

/** A person's name, for the screen of whoever may see it. */
export async function nameOf(app: App, subject: SubjectId): Promise<string> {
  return (await readSubject(app.db, app.vault, subject)).name;
}

/** The scope of a change of consent: one collection, or all of the person's. */
export async function scopeOf(app: App, name: string | undefined): Promise<CollectionId | "all"> {
  return name === undefined ? "all" : (await findCollection(app.db, name)).id;
}

function parseWorkers(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  const workers = Number(text);
  if (Number.isInteger(workers) && workers >= 0 && workers <= WORKERS_MAX) return workers;
  throw new UsageError(`--workers takes a whole number from 0 to ${WORKERS_MAX}.`);
}

/** Where people reach the service, for links that are handed to them. Throws UsageError. */
export function originOf(environment: NodeJS.ProcessEnv = process.env): string {
  const text = environment["ASSENT_ORIGIN"] ?? ORIGIN_DEFAULT;
  if (URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol)) return new URL(text).origin;
  throw new UsageError("ASSENT_ORIGIN must be an address like https://photos.club.example.");
}
