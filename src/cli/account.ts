import type { Command } from "commander";
import {
  changeAccount,
  createAccount,
  findAccount,
  listAccounts,
  removeAccount,
  setActive,
} from "../accounts/accounts.ts";
import { linkTo, makeAccountLink } from "../accounts/links.ts";
import type { App } from "../app.ts";
import type { AccountId, CollectionId } from "../base/ids.ts";
import type { Role } from "../storage/service-schema.ts";
import { collectionOf, originOf, withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { say, table, writeJson } from "./output.ts";

const ROLES: readonly Role[] = ["owner", "staff", "auditor"];

interface AddOptions {
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly collection?: readonly string[];
}

/** account add, link, list, change, disable, enable, remove. */
export function accountCommands(assent: Command): void {
  const account = assent.command("account").description("Who may sign in to the service.");
  account
    .command("add")
    .description("Add an account. A link that signs in once is shown this once.")
    .requiredOption("--name <name>", "the person's name")
    .requiredOption("--email <mail>", "where their sign-in links go")
    .requiredOption("--role <role>", "owner, staff or auditor")
    .option("--collection <name...>", "what staff work with, one or more")
    .action(async (options: AddOptions, command: Command) => add(options, command));
  account
    .command("list")
    .description("Show the accounts.")
    .option("--json <file>", "write the list as JSON (- for standard output)")
    .action(async (options: { readonly json?: string }, command: Command) =>
      list(options, command),
    );
  account
    .command("change")
    .description("Give an account another role or other collections.")
    .argument("<account>", "its address or id")
    .option("--role <role>", "owner, staff or auditor")
    .option("--collection <name...>", "in place of those it had")
    .action(async (name: string, options: Partial<AddOptions>, command: Command) =>
      withApp(command, async (app) => {
        const { role } = options;
        const collections = options.collection && (await collectionsOf(app, options.collection));
        const change = {
          ...(role === undefined ? {} : { role: parseRole(role) }),
          ...(collections ? { collections } : {}),
        };
        const id = await findAccount(app.db, app.vault, name);
        await app.db.write(async (tx) => changeAccount(tx, app.recorder, id, change));
        say("Changed: it holds from the account's next request on.");
      }),
    );
  changes(account);
}

/** What is done to one account, with a sentence afterwards. */
function changes(account: Command): void {
  const commands = [
    {
      name: "link",
      description: "Show a link that signs an account in, once, within 15 minutes.",
      run: async (app: App, id: AccountId) => showLink(app, id),
    },
    {
      name: "disable",
      description: "Sign an account out, and keep it from signing in.",
      run: async (app: App, id: AccountId) => {
        await app.db.write(async (tx) => setActive(tx, app.recorder, id, false));
        say("Disabled: it is signed out, and no link or passkey lets it in.");
      },
    },
    {
      name: "enable",
      description: "Let a disabled account in again.",
      run: async (app: App, id: AccountId) => {
        await app.db.write(async (tx) => setActive(tx, app.recorder, id, true));
        say("Enabled.");
      },
    },
    {
      name: "remove",
      description: "Take an account's name, address and passkeys away for good.",
      run: async (app: App, id: AccountId) => {
        await app.db.write(async (tx) => removeAccount(tx, app.recorder, id));
        say("Removed: its id alone is left, for the record names it.");
      },
    },
  ] as const;
  for (const { name, description, run } of commands) {
    account
      .command(name)
      .description(description)
      .argument("<account>", "its address or id")
      .action(async (text: string, _: unknown, command: Command) =>
        withApp(command, async (app) => run(app, await findAccount(app.db, app.vault, text))),
      );
  }
}

async function add(options: AddOptions, command: Command): Promise<void> {
  const role = parseRole(options.role);
  await withApp(command, async (app) => {
    const collections = await collectionsOf(app, options.collection ?? []);
    const { name, email } = options;
    const request = { name, email, role, collections };
    const id = await app.db.write(async (tx) => createAccount(tx, app.recorder, request));
    say(`Added ${id}, ${role}.`);
    await showLink(app, id);
  });
}

async function showLink(app: App, id: AccountId): Promise<void> {
  const token = await app.db.write(async (tx) => makeAccountLink(tx, app.clock, id));
  say("This link signs them in, once, within 15 minutes. It is shown this once:");
  say(linkTo(originOf(), "account", token));
}

async function list(options: { readonly json?: string }, command: Command): Promise<void> {
  await withApp(command, async (app) => {
    const accounts = await listAccounts(app.db, app.vault);
    if (options.json !== undefined) return writeJson(options.json, accounts);
    if (accounts.length === 0) return say("There is no account yet.");
    const rows = accounts.map(({ id, role, state, name, email, collections }) => {
      return [id, role, state, email, name, role === "staff" ? `${collections.length}` : "all"];
    });
    const head = ["ID", "ROLE", "STATE", "E-MAIL", "NAME", "COLLECTIONS"];
    for (const line of table([head, ...rows])) say(line);
  });
}

async function collectionsOf(app: App, names: readonly string[]): Promise<readonly CollectionId[]> {
  const ids: CollectionId[] = [];
  for (const name of names) ids.push((await collectionOf(app, name)).id);
  return ids;
}

function parseRole(text: string): Role {
  const role = ROLES.find((one) => one === text);
  if (role) return role;
  throw new UsageError(`--role takes one of ${ROLES.join(", ")}.`);
}
