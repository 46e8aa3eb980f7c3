import { statfs } from "node:fs/promises";
import type { Command } from "commander";
import { MailFailure } from "../accounts/mail.ts";
import { greetMailServer, readMailSettings } from "../accounts/smtp.ts";
import { type App, type Config, openApp } from "../app.ts";
import { assert } from "../base/errors.ts";
import { type Collection, listCollections } from "../collections/collections.ts";
import { locatePack, packManifest, type PackName, parsePackName } from "../faces/packs.ts";
import { readMasterKey } from "../storage/master-key.ts";
import { readSetting } from "../storage/settings.ts";
import { readConfig } from "./context.ts";
import { describeFailure, EXIT } from "./errors.ts";
import { say, table, writeJson } from "./output.ts";

/** What was looked at, and what to do about it where it is not well. */
interface Finding {
  readonly check: string;
  readonly state: "well" | "worry" | "ill";
  readonly detail: string;
}

const GB = 1e9;
/** An erasure writes the database anew beside itself, and imports need room for their photos. */
const DISK_WORRY_BYTES = 5 * GB;
const DISK_ILL_BYTES = 0.5 * GB;
/** Grants end by the clock: one that is an hour off ends them an hour wrong. */
const CLOCK_WORRY_MS = 60_000;
/** Probes timed; the median of so many is steady. */
const PROBES = 50;
/** Above it a person who waits notices the search itself, beside the look at their photo. */
const SEARCH_WORRY_MS = 100;

/** A mail server that takes longer to greet is one that people wait for. */
const MAIL_MS_MAX = 5000;

/** `assent doctor`: looks at everything that an instance stands on. */
export function doctorCommands(assent: Command): void {
  assent
    .command("doctor")
    .description("Look at disk, key, mail server, database, clock, models and time to search.")
    .option("--json <file>", "write the findings there (- for standard output)")
    .action(async (options: { readonly json?: string }, command: Command) => {
      const findings = await examine(readConfig(command));
      if (options.json !== undefined) await writeJson(options.json, { findings });
      if (options.json !== "-") for (const line of lines(findings)) say(line);
      if (findings.some(({ state }) => state === "ill")) process.exitCode = EXIT.failed;
    });
}

async function examine(config: Config): Promise<readonly Finding[]> {
  const before = [
    await attempt("disk", diskSpace(config)),
    await attempt("key", key(config)),
    await attempt("mail", mail(process.env)),
  ];
  try {
    await using app = await openApp(config);
    return [
      ...before,
      await attempt("database", database(app)),
      await attempt("clock", clock(app)),
      ...(await models(app)),
      ...(await timesToSearch(app)),
    ];
  } catch (error) {
    return [...before, failed("database", error)];
  }
}

async function diskSpace({ folder }: Config): Promise<Omit<Finding, "check">> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${(free / GB).toFixed(1)} GB free where the data lies`;
  if (free < DISK_ILL_BYTES) return { state: "ill", detail: `${detail}: make room` };
  return { state: free < DISK_WORRY_BYTES ? "worry" : "well", detail };
}

async function key({ masterKey }: Config): Promise<Omit<Finding, "check">> {
  (await readMasterKey(masterKey)).fill(0);
  const where = masterKey.kind === "file" ? masterKey.path : "the environment";
  return { state: "well", detail: `read from ${where}, and nobody else can` };
}

/** The server is greeted, and signed in to where there is a password. No mail is sent. */
async function mail(environment: NodeJS.ProcessEnv): Promise<Omit<Finding, "check">> {
  const settings = readMailSettings(environment);
  if (!settings) {
    return { state: "worry", detail: "no server is set: links to sign in wait in the queue" };
  }
  const server = `${settings.host}:${settings.port}`;
  try {
    await greetMailServer(settings, MAIL_MS_MAX);
    return { state: "well", detail: `${server} takes mail from here` };
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error;
    return { state: "ill", detail: `${server}: ${error.code}. Check ASSENT_SMTP_URL.` };
  }
}

async function database(app: App): Promise<Omit<Finding, "check">> {
  const complaint = await app.db.complaint();
  if (complaint === null) return { state: "well", detail: `${app.db.kind}, sound` };
  return { state: "ill", detail: `${app.db.kind}: ${complaint}. Restore a backup.` };
}

async function clock(app: App): Promise<Omit<Finding, "check">> {
  const skew = Math.abs(await app.db.clockSkew());
  const newest = await app.db.read
    .selectFrom("checkpoints")
    .select((select) => select.fn.max("made_at").as("at"))
    .executeTakeFirst();
  const ahead = (newest?.at ?? 0) - app.clock.now();
  if (ahead > CLOCK_WORRY_MS) {
    return { state: "ill", detail: "behind what the ledger holds: set the machine's clock" };
  }
  const state = skew > CLOCK_WORRY_MS ? "worry" : "well";
  return { state, detail: `${(skew / 1000).toFixed(1)} s from the database's` };
}

async function models(app: App): Promise<readonly Finding[]> {
  const collections = await listCollections(app.db);
  const chosen = await readSetting(app.db, "pack");
  const used = new Set([...collections.map(({ pack }) => pack), ...(chosen ? [chosen] : [])]);
  const findings: Finding[] = [];
  for (const name of [...used].sort()) {
    findings.push(await attempt(`models ${name}`, model(app, parsePackName(name))));
  }
  return findings;
}

async function model(app: App, name: PackName): Promise<Omit<Finding, "check">> {
  if (name !== "bundled") {
    const located = await locatePack(name, [app.config.models]);
    if (located.kind === "missing") return { state: "ill", detail: located.reason };
  }
  await app.engines(name);
  return { state: "well", detail: "whole, and the engine starts" };
}

async function timesToSearch(app: App): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const collection of await listCollections(app.db)) {
    const check = `search ${collection.name}`;
    findings.push(await attempt(check, timeToSearch(app, collection)));
  }
  return findings;
}

/**
 * The bare scan of the gallery, with noise for a probe: nobody is looked for, so nothing is
 * recorded, and nothing is told but how long it took.
 */
async function timeToSearch(app: App, collection: Collection): Promise<Omit<Finding, "check">> {
  const begun = performance.now();
  const { gallery } = await app.galleries.current(collection.id);
  const loaded = performance.now() - begun;
  const { templateSize } = packManifest(parsePackName(collection.pack));
  const times: number[] = [];
  for (let probe = 0; probe < PROBES; probe += 1) {
    const noise = Float32Array.from({ length: templateSize }, () => Math.random() - 0.5);
    const length = Math.hypot(...noise);
    const unit = noise.map((value) => value / length);
    const start = performance.now();
    gallery.search(unit, { limit: 1 });
    times.push(performance.now() - start);
  }
  const median = times.sort((a, b) => a - b)[PROBES / 2];
  assert(median !== undefined, "There are as many times as probes.");
  const state = median > SEARCH_WORRY_MS ? "worry" : "well";
  const size = `${gallery.size} templates`;
  const detail = `${median.toFixed(2)} ms a face in ${size}, read in ${Math.round(loaded)} ms`;
  return { state, detail };
}

async function attempt(check: string, work: Promise<Omit<Finding, "check">>): Promise<Finding> {
  try {
    return { check, ...(await work) };
  } catch (error) {
    return failed(check, error);
  }
}

function failed(check: string, error: unknown): Finding {
  return { check, state: "ill", detail: describeFailure(error).line };
}

function lines(findings: readonly Finding[]): readonly string[] {
  return table(findings.map(({ check, state, detail }) => [state, check, detail]));
}
