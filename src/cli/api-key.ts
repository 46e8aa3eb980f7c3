import type { Command } from "commander";
import {
  type ApiKey,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  SCOPES,
} from "../accounts/api-keys.ts";
import type { Instant } from "../base/clock.ts";
import type { ApiKeyId } from "../base/ids.ts";
import { collectionOf, withApp } from "./context.ts";
import { say, table, writeJson } from "./output.ts";

/** A quarter: long enough to forget no renewal, short enough that a lost key ends by itself. */
const DAYS_DEFAULT = "90";

interface CreateOptions {
  readonly collection: string;
  readonly label: string;
  readonly scope: readonly string[];
  readonly days: string;
}

interface ListOptions {
  readonly collection?: string;
  readonly json?: string;
}

/** api-key create, list, revoke. */
export function apiKeyCommands(assent: Command): void {
  const key = assent.command("api-key").description("Keys with which programs use the service.");
  key
    .command("create")
    .description("Make a key for one collection. It is shown this once.")
    .requiredOption("--collection <name>", "the one collection it opens")
    .requiredOption("--label <text>", "what it is for")
    .requiredOption("--scope <scope...>", `what it may do: ${SCOPES.join(", ")}`)
    .option("--days <n>", "when it ends by itself", DAYS_DEFAULT)
    .action(async (options: CreateOptions, command: Command) => create(options, command));
  key
    .command("list")
    .description("Show the keys, without what they open with.")
    .option("--collection <name>", "only of this collection")
    .option("--json <file>", "write the list as JSON (- for standard output)")
    .action(async (options: ListOptions, command: Command) => list(options, command));
  key
    .command("revoke")
    .description("End a key at once.")
    .argument("<key>", "its id, as assent api-key list shows it")
    .action(async (id: string, _: unknown, command: Command) =>
      withApp(command, async (app) => {
        await revokeApiKey(app.db, app.recorder, id as ApiKeyId);
        say("Revoked: it opens nothing from now on.");
      }),
    );
}

async function create(options: CreateOptions, command: Command): Promise<void> {
  await withApp(command, async (app) => {
    const { id: collection } = await collectionOf(app, options.collection);
    const made = await createApiKey(app.db, app.recorder, {
      collection,
      label: options.label,
      scopes: options.scope,
      days: Number(options.days),
    });
    say(`Made ${made.id} for ${made.scopes.join(", ")}, until ${day(made.expiresAt)}.`);
    say("This is the key. It is shown this once:");
    say(made.text);
  });
}

async function list(options: ListOptions, command: Command): Promise<void> {
  await withApp(command, async (app) => {
    const { collection: name } = options;
    const collection = name === undefined ? null : (await collectionOf(app, name)).id;
    const keys = await listApiKeys(app.db, collection);
    if (options.json !== undefined) return writeJson(options.json, keys);
    if (keys.length === 0) return say("There is no API key yet.");
    const rows = keys.map((one) => [
      one.id,
      one.label,
      one.scopes.join(","),
      stateOf(one, app.clock.now()),
      one.lastUsedAt === null ? "never" : day(one.lastUsedAt),
    ]);
    const head = ["ID", "LABEL", "SCOPES", "STATE", "LAST USED"];
    for (const line of table([head, ...rows])) say(line);
  });
}

function stateOf({ revokedAt, expiresAt }: ApiKey, now: Instant): string {
  if (revokedAt !== null) return "revoked";
  return now >= expiresAt ? "expired" : `until ${day(expiresAt)}`;
}

function day(instant: Instant): string {
  return new Date(instant).toISOString().slice(0, 10);
}
