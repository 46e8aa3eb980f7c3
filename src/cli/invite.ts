import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { pageOfInvites } from "../accounts/invite-list.ts";
import { createInvites, endInvite, resendInvite } from "../accounts/invites.ts";
import type { Sender } from "../accounts/invite-mail.ts";
import { linkTo } from "../accounts/links.ts";
import type { App } from "../app.ts";
import type { InviteId } from "../base/ids.ts";
import { checkOpen, NOTICE_LANGUAGE } from "../collections/collections.ts";
import { requireOperator } from "../consent/operator.ts";
import { collectionOf, originOf, withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { count, say, table, writeJson } from "./output.ts";

/** Two weeks: a holiday long. */
const DAYS_DEFAULT = "14";
const SHOWN_MAX = 1000;

interface CreateOptions {
  readonly collection: string;
  readonly contact?: readonly string[];
  readonly contacts?: string;
  readonly count?: string;
  readonly language: string;
  readonly days: string;
}

/** invite create, list, resend, end. */
export function inviteCommands(assent: Command): void {
  const invite = assent.command("invite").description("Ask people whether they want to be found.");
  invite
    .command("create")
    .description("Invite people: by mail, or with links to hand over, which are shown this once.")
    .requiredOption("--collection <name>", "to what")
    .option("--contact <mail...>", "whom, by mail: one or more addresses")
    .option("--contacts <file>", "whom, by mail: a file with an address a line")
    .option("--count <n>", "how many links to hand over")
    .option("--language <tag>", "the language of notice and mail", NOTICE_LANGUAGE)
    .option("--days <n>", "how long they are open", DAYS_DEFAULT)
    .action(async (options: CreateOptions, command: Command) => create(options, command));
  invite
    .command("list")
    .description("Show a collection's invites. Whom they are for is not told.")
    .requiredOption("--collection <name>", "whose")
    .option("--json <file>", "write the list as JSON (- for standard output)")
    .action(
      async (options: { readonly collection: string; readonly json?: string }, command: Command) =>
        list(options, command),
    );
  invite
    .command("resend")
    .description("Mail an invite once more, with a new link.")
    .argument("<invite>", "its id")
    .action(async (id: string, _: unknown, command: Command) =>
      withApp(command, async (app) => {
        await resendInvite(app.db, app.recorder, id as InviteId, await senderOf(app));
        say("Queued. The link before opens nothing any more.");
      }),
    );
  invite
    .command("end")
    .description("End an invite: its link opens nothing.")
    .argument("<invite>", "its id")
    .action(async (id: string, _: unknown, command: Command) =>
      withApp(command, async (app) => {
        await endInvite(app.db, app.recorder, id as InviteId);
        say("Ended.");
      }),
    );
}

async function create(options: CreateOptions, command: Command): Promise<void> {
  const contacts = await readContacts(options);
  await withApp(command, async (app) => {
    const found = await collectionOf(app, options.collection);
    checkOpen(found);
    const collection = found.id;
    const mailed = contacts.some((contact) => contact !== null);
    const { language } = options;
    const request = { collection, language, contacts, days: Number(options.days) };
    const sender = mailed ? await senderOf(app) : null;
    const made = await createInvites(app.db, app.recorder, request, sender);
    if (mailed) return say(`${count(made.length, "invite")} queued to be mailed by the service.`);
    say("Hand these over, one a person. They are shown this once:");
    for (const { token } of made) say(linkTo(originOf(), "invite", token));
  });
}

async function readContacts(options: CreateOptions): Promise<readonly (string | null)[]> {
  const ways = [options.contact, options.contacts, options.count].filter(
    (one) => one !== undefined,
  );
  if (ways.length !== 1) throw new UsageError("Give one of --contact, --contacts and --count.");
  if (options.contact) return options.contact;
  if (options.contacts === undefined) {
    const wanted = Number(options.count);
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > SHOWN_MAX) {
      throw new UsageError(`--count takes a whole number from 1 to ${SHOWN_MAX}.`);
    }
    return Array.from({ length: wanted }, () => null);
  }
  const text = await readFile(options.contacts, "utf8").catch(() => {
    throw new UsageError("--contacts can't be read.");
  });
  return text.split("\n").flatMap((line) => line.trim() || []);
}

async function list(
  options: { readonly collection: string; readonly json?: string },
  command: Command,
): Promise<void> {
  await withApp(command, async (app) => {
    const { id } = await collectionOf(app, options.collection);
    const invites = await pageOfInvites(app.db, app.clock, {
      collection: id,
      after: null,
      limit: SHOWN_MAX,
    });
    if (options.json !== undefined) return writeJson(options.json, invites);
    if (invites.length === 0) return say("Nobody was invited yet.");
    const rows = invites.map((one) => [
      one.id,
      one.state,
      one.hasContact ? "mailed" : "handed over",
      new Date(one.expiresAt).toISOString().slice(0, 10),
    ]);
    for (const line of table([["ID", "STATE", "HOW", "UNTIL"], ...rows])) say(line);
  });
}

async function senderOf(app: App): Promise<Sender> {
  return { origin: originOf(), operator: (await requireOperator(app.db)).name };
}
