import { isIP } from "node:net";
import type { Command } from "commander";
import ipaddr from "ipaddr.js";
import { firstOwnerLink, linkTo } from "../accounts/links.ts";
import type { MailTransport } from "../accounts/mail.ts";
import {
  type MailSettings,
  printingTransport,
  readMailSettings,
  smtpTransport,
} from "../accounts/smtp.ts";
import { type App, type Config, openApp } from "../app.ts";
import { openLog } from "../http/log.ts";
import { openService } from "../http/service.ts";
import { PORT_DEFAULT, type ServiceSettings, settingsFor } from "../http/settings.ts";
import { beOneService } from "../storage/one-service.ts";
import { readConfig } from "./context.ts";
import { UsageError } from "./errors.ts";
import { say } from "./output.ts";

interface ServeOptions {
  readonly port?: string;
  readonly host?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** serve: the instance as a service. */
export function serveCommands(assent: Command): void {
  assent
    .command("serve")
    .description("Serve the instance over HTTP, and work in the background.")
    .option("--port <n>", `where to listen (default: ${PORT_DEFAULT}, or ASSENT_PORT)`)
    .option("--host <address>", "on which address (default: 127.0.0.1, or ASSENT_HOST)")
    .action(async (options: ServeOptions, command: Command) => serve(options, command));
}

async function serve(options: ServeOptions, command: Command): Promise<void> {
  const environment = process.env;
  const config = readConfig(command);
  const settings = readServiceSettings(options, environment, config.workers);
  const mail = readMailSettings(environment);
  for (const line of summaryOf(config, settings, mail)) say(line);
  await using app = await openApp(config);
  // On PostgreSQL several services share the work.
  using _ = config.database === null ? beOneService(config.folder) : null;
  const stopped = untilStopped();
  const log = openLog(settings.logLevel);
  await using service = await openService(app, settings, {
    log,
    mail: transportOf(mail, environment),
  });
  say(`Listening: ${service.origin}`);
  await sayFirstLink(app, service.origin);
  await stopped;
  say("Stopping: requests under way are answered, jobs go back to the queue.");
}

/** Without an owner nobody can sign in: whoever started this becomes the first. */
async function sayFirstLink(app: App, origin: string): Promise<void> {
  const token = await firstOwnerLink(app.db, app.clock);
  if (token === null) return;
  say("Nobody owns this instance yet. This link makes the first owner's account, once:");
  say(`  ${linkTo(origin, "first_owner", token)}`);
}

/** Resolves at the first SIGINT or SIGTERM; the next one ends the process at once. */
async function untilStopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => resolve());
  }
  return promise;
}

/** Mail without a server is printed where somebody develops, and waits in the queue elsewhere. */
function transportOf(mail: MailSettings | null, environment: Environment): MailTransport | null {
  if (mail) return smtpTransport(mail);
  return environment["NODE_ENV"] === "development" ? printingTransport(say) : null;
}

/** The service's settings: command line before environment before defaults. */
export function readServiceSettings(
  options: Pick<ServeOptions, "port" | "host">,
  environment: Environment,
  workers: number,
): ServiceSettings {
  const base = settingsFor(workers);
  const token = environment["ASSENT_METRICS_TOKEN"] ?? "";
  return {
    ...base,
    host: options.host ?? environment["ASSENT_HOST"] ?? base.host,
    port: parsePort(options.port ?? environment["ASSENT_PORT"] ?? String(base.port)),
    origin: parseOrigin(environment["ASSENT_ORIGIN"]),
    proxies: parseProxies(environment["ASSENT_PROXIES"] ?? ""),
    // Set to nothing it is not set: no token would be everybody's.
    metricsToken: token === "" ? null : token,
    rates: {
      address: parseRate(environment, "ASSENT_RATE_ADDRESS", base.rates.address),
      account: parseRate(environment, "ASSENT_RATE_ACCOUNT", base.rates.account),
      collection: parseRate(environment, "ASSENT_RATE_COLLECTION", base.rates.collection),
    },
    logLevel: parseLevel(environment["ASSENT_LOG"] ?? base.logLevel),
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/u.test(text) && port <= 65_535) return port;
  throw new UsageError("--port takes a number from 0 to 65535; 0 takes any that is free.");
}

/** Addresses, networks, or what Fastify has names for. */
function parseProxies(text: string): readonly string[] {
  const proxies = text.split(",").flatMap((one) => one.trim() || []);
  const named = new Set(["loopback", "linklocal", "uniquelocal"]);
  const fit = (one: string): boolean => isIP(one) > 0 || ipaddr.isValidCIDR(one) || named.has(one);
  if (proxies.every(fit)) return proxies;
  throw new UsageError("ASSENT_PROXIES takes addresses or networks like 10.0.0.0/8, with commas.");
}

/** A million a minute is more than one process can answer: as good as no bound. */
const RATE_MAX = 1_000_000;

function parseRate(environment: Environment, name: string, usual: number): number {
  const text = environment[name] ?? String(usual);
  const rate = Number(text);
  if (/^\d{1,7}$/u.test(text) && rate >= 1 && rate <= RATE_MAX) return rate;
  throw new UsageError(`${name} takes requests a minute, from 1 to ${RATE_MAX}.`);
}

function parseOrigin(text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const local = url?.hostname === "localhost" || url?.hostname === "127.0.0.1";
  const fit = url?.protocol === "https:" || (url?.protocol === "http:" && local);
  if (url && fit && url.origin === text.replace(/\/$/u, "")) return url.origin;
  throw new UsageError(
    "ASSENT_ORIGIN takes the address that people use, like https://photos.club.example. Only " +
      "localhost goes without https.",
  );
}

const LEVELS = ["debug", "info", "warn", "error", "silent"];

function parseLevel(text: string): string {
  if (LEVELS.includes(text)) return text;
  throw new UsageError(`ASSENT_LOG takes one of ${LEVELS.join(", ")}.`);
}

/** The settings in force, without anything secret: no password, no key, no token. */
export function summaryOf(
  config: Config,
  settings: ServiceSettings,
  mail: MailSettings | null,
): readonly string[] {
  const key = config.masterKey.kind === "file" ? `file ${config.masterKey.path}` : "environment";
  const { host, port, origin, proxies, gate, metricsToken } = settings;
  return [
    `Instance:   ${config.folder}`,
    `Database:   ${config.database === null ? "embedded" : addressOf(config.database)}`,
    `Master key: ${key}`,
    `Models:     ${config.models}, ${config.workers} workers`,
    `Address:    ${host}:${port}${origin === null ? "" : `, reached as ${origin}`}`,
    `Proxies:    ${proxies.length === 0 ? "none" : proxies.join(", ")}`,
    `At once:    ${gate.slots} photos under way, ${gate.queue} waiting`,
    `Imports:    ${config.importRoot === null ? "as uploads alone" : `from ${config.importRoot}`}`,
    `Metrics:    ${metricsToken === null ? "for this machine alone" : "by token"}`,
    `Mail:       ${mail === null ? "no server: it waits in the queue" : `${mail.host}:${mail.port}`}`,
  ];
}

/** A database's host and name. */
function addressOf(database: string): string {
  const url = new URL(database);
  return `${url.protocol}//${url.host}${url.pathname}`;
}
