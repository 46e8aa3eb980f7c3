import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "./base/clock.ts";
import type { CollectionId } from "./base/ids.ts";
import { BACKFILL } from "./collections/collections.ts";
import type { EnrolDeps, Engines } from "./collections/enrol.ts";
import { ENROL_LIST, enrolListed } from "./collections/enrol-lists.ts";
import type { ImportDeps } from "./collections/import.ts";
import { importAsked, type ImportRoot } from "./collections/import-job.ts";
import { importUploads } from "./collections/import-uploads.ts";
import { IMPORT_FILES, IMPORT_UPLOADS, type UploadDeps } from "./collections/uploads.ts";
import type { Engine } from "./faces/engine.ts";
import { openEngine } from "./faces/faces.ts";
import { parsePackName } from "./faces/packs.ts";
import type { EndedJob, Job } from "./jobs/jobs.ts";
import { type Handler, type JobContext, Runner } from "./jobs/runner.ts";
import type { Recorder } from "./ledger/ledger.ts";
import { Ledger } from "./ledger/log.ts";
import { expireOverdue } from "./rights/consent-changes.ts";
import { DELIVER, makeDelivery } from "./rights/deliveries.ts";
import { backfill } from "./search/backfill.ts";
import { CHANGE_PACK_JOBS, changePack } from "./search/change-pack.ts";
import { Galleries } from "./search/galleries.ts";
import { ScanHelpers } from "./search/gallery/scan-helpers.ts";
import { makeRecogniser, type ScanDeps } from "./search/scan.ts";
import { Blobs } from "./storage/blobs.ts";
import { Db, type Tx } from "./storage/db.ts";
import { type MasterKeySource, readMasterKey } from "./storage/master-key.ts";
import { openVault } from "./storage/master-roll.ts";
import { StorageError } from "./storage/errors.ts";
import { updateKeyFiles } from "./storage/key-places.ts";
import { scrub } from "./storage/scrub.ts";
import { readSetting } from "./storage/settings.ts";
import type { Vault } from "./storage/vault.ts";
import { enqueueMessage } from "./webhooks/messages.ts";

/** Everything an instance must be told. */
export interface Config {
  /** Holds the SQLite file, photos, master key and models, unless told otherwise below. */
  readonly folder: string;
  /** `postgres://...`, or null for the SQLite file in the folder. */
  readonly database: string | null;
  /** PostgreSQL's schema; null for the connection's own. */
  readonly schema: string | null;
  readonly masterKey: MasterKeySource;
  /** Where model files lie. */
  readonly models: string;
  /** Threads that look at photos; 0 does it in the caller's own thread. */
  readonly workers: number;
  /** The folder of this machine that imports asked for over HTTP may read; null: none. */
  readonly importRoot: string | null;
  /** Who does what this process does, as the record names them. */
  readonly account: string;
}

/** An open instance: what the doors (command line, later HTTP) are handed. */
export interface App extends AsyncDisposable {
  readonly config: Config;
  readonly db: Db;
  readonly vault: Vault;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly ledger: Ledger;
  readonly engines: Engines;
  readonly galleries: Galleries;
  readonly importDeps: ImportDeps;
  /** Folder of the files that are being sent. */
  readonly uploads: string;
  /** Folder of the archives that wait to be fetched. */
  readonly deliveries: string;
  readonly runner: Runner;
}

/** Parts that tests replace. */
export interface Overrides {
  readonly clock?: Clock;
  readonly openEngine?: (pack: string) => Promise<Engine>;
}

/** The configuration of an instance in a folder, with nothing said beyond it. */
export function configFor(folder: string): Config {
  return {
    folder,
    database: null,
    schema: null,
    masterKey: { kind: "file", path: join(folder, "master.key") },
    models: join(folder, "models"),
    workers: availableParallelism(),
    importRoot: null,
    account: "operator",
  };
}

/**
 * Opens an instance: the only place where the rooms are put together, in their order. What a
 * killed process left half-done (temporary files, a log with deleted bytes, overdue grants) is put
 * right first. Throws StorageError.
 */
export async function openApp(config: Config, overrides: Overrides = {}): Promise<App> {
  await using stack = new AsyncDisposableStack();
  const clock = overrides.clock ?? systemClock;
  const master = await readMasterKey(config.masterKey);
  const db = stack.use(await openDatabase(config));
  await refuseUnfinished(db);
  const keys = { source: config.masterKey, master };
  const vault = stack.adopt(await openVault(db, keys, clock), (one) => one.close());
  const ledger = stack.use(await Ledger.open(db, vault, clock));
  const recorder = { clock, account: config.account, vault };
  const blobs = new Blobs(join(config.folder, "photos"));
  await blobs.sweep();
  await scrub(db, { vault, clock });
  await expireOverdue(db, recorder);
  // Places that can't be reached stay asked for; whoever does what they must know of is told.
  await updateKeyFiles(db, vault, clock).catch(keyFileDue);
  const { engines, arePhotosLookedAt } = keepEngines(
    stack,
    overrides.openEngine ?? engineOpener(config),
  );
  const helpers = stack.use(new ScanHelpers(arePhotosLookedAt));
  const galleries = stack.use(new Galleries(db, vault, clock, () => helpers.forLargeScan()));
  const scan: ScanDeps = { db, clock, galleries };
  const parallel = Math.max(1, config.workers) + 1;
  const recogniser = makeRecogniser(scan);
  const importDeps = { db, blobs, engines, recogniser, parallel };
  const uploads = join(config.folder, "uploads");
  const deliveries = join(config.folder, "deliveries");
  const files = { ...importDeps, galleries, uploads, importRoot: config.importRoot };
  const handlers = {
    ...fileJobs(files, deliveries, recorder),
    ...changePackJobs({ db, vault, engines }, recorder),
    [ENROL_LIST]: async ({ target }: Job, context: JobContext) =>
      enrolListed({ db, vault, engines, parallel }, recorder, target, context),
    [BACKFILL]: async (job: Job, context: JobContext) =>
      backfill({ ...scan, blobs, engines, parallel }, job.target as CollectionId, context),
  };
  const runner = new Runner(db, clock, handlers, async (tx, job) => tellEnded(tx, clock, job));
  const closing = stack.move();
  return {
    config,
    db,
    vault,
    blobs,
    clock,
    recorder,
    ledger,
    engines,
    galleries,
    importDeps,
    uploads,
    deliveries,
    runner,
    [Symbol.asyncDispose]: async () => closing.disposeAsync(),
  };
}

/** Tells the endpoints of a job's collection that it has ended. */
async function tellEnded(tx: Tx, clock: Clock, job: EndedJob): Promise<void> {
  const { id, kind: work, target, state, doneSteps: done } = job;
  // A target begins with the id of its collection.
  const [collection = ""] = target.split("/");
  const event = { kind: "job.finished", job: id, work, state, done } as const;
  await enqueueMessage(tx, { clock }, collection as CollectionId, event);
}

/** What takes files in, and makes files to be fetched. */
function fileJobs(
  deps: UploadDeps & ImportRoot & Pick<App, "galleries">,
  deliveries: string,
  recorder: Recorder,
): Readonly<Record<string, Handler>> {
  return {
    [IMPORT_UPLOADS]: async ({ target }, context) =>
      importUploads(deps, recorder, target as CollectionId, context),
    [IMPORT_FILES]: async ({ target }, context) => importAsked(deps, recorder, target, context),
    [DELIVER]: async ({ target }, context) =>
      makeDelivery({ ...deps, folder: deliveries }, recorder, target, context),
  };
}

/** What moves a collection to each of the packs. */
function changePackJobs(deps: EnrolDeps, recorder: Recorder): Readonly<Record<string, Handler>> {
  const jobs = CHANGE_PACK_JOBS.map(([kind, pack]) => {
    const work: Handler = async ({ target }, context) => {
      await changePack(deps, recorder, target, pack, context);
    };
    return [kind, work] as const;
  });
  return Object.fromEntries(jobs);
}

/** Opens the database of an instance, and brings its tables up to date. */
export async function openDatabase(config: Config): Promise<Db> {
  const address = config.database ?? join(config.folder, "assent.sqlite");
  return Db.open(address, config.schema === null ? {} : { schema: config.schema });
}

function keyFileDue(error: unknown): void {
  if (!(error instanceof StorageError && error.code === "key_file_due")) throw error;
}

/** Throws StorageError restore_unfinished: people who were erased may not be found meanwhile. */
async function refuseUnfinished(db: Db): Promise<void> {
  if ((await readSetting(db, "restore")) === null) return;
  throw new StorageError(
    "restore_unfinished",
    'A backup was not restored to its end. Give the same "assent restore" once more: it goes on.',
  );
}

function engineOpener(config: Config): (pack: string) => Promise<Engine> {
  return async (pack) =>
    openEngine({ pack: parsePackName(pack), folder: config.models, workers: config.workers });
}

/**
 * Starts each pack's engine when it is first asked for, and closes them all at the end.
 * `arePhotosLookedAt`: whether any has photos in hand now.
 */
function keepEngines(
  stack: AsyncDisposableStack,
  open: (pack: string) => Promise<Engine>,
): { readonly engines: Engines; readonly arePhotosLookedAt: () => boolean } {
  const started = new Map<string, Promise<Engine>>();
  const opened: Engine[] = [];
  stack.defer(async () => {
    for (const engine of await Promise.allSettled(started.values())) {
      if (engine.status === "fulfilled") await engine.value[Symbol.asyncDispose]();
    }
  });
  const start = async (pack: string): Promise<Engine> => {
    const engine = await open(pack);
    opened.push(engine);
    return engine;
  };
  const engines = async (pack: string): Promise<Engine> => {
    const known = started.get(pack) ?? start(pack);
    started.set(pack, known);
    // One that could not be opened is tried anew: its models may be installed meanwhile.
    known.catch(() => started.delete(pack));
    return known;
  };
  return { engines, arePhotosLookedAt: () => opened.some(({ busy }) => busy) };
}
