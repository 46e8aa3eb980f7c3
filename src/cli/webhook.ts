import type { Command } from "commander";
import type { MessageId, WebhookId } from "../base/ids.ts";
import { deliverDue } from "../webhooks/deliver.ts";
import { deadMessages, replay } from "../webhooks/messages.ts";
import { addWebhook, listWebhooks, removeWebhook } from "../webhooks/webhooks.ts";
import { collectionOf, withApp } from "./context.ts";
import { count, say, table, writeJson } from "./output.ts";

/** Dead messages shown at a time: what is above wants a look at the receiver first. */
const DEAD_SHOWN_MAX = 1000;

/** webhook add, list, remove, deliver, dead, replay. */
export function webhookCommands(assent: Command): void {
  const webhook = assent
    .command("webhook")
    .description("Endpoints that are told when somebody withdraws or is erased.");
  webhook
    .command("add")
    .description("Add an endpoint to a collection. Its secret is shown this once.")
    .requiredOption("--collection <name>", "whose news it is told")
    .requiredOption("--url <address>", "https://...")
    .option("--allow-private", "it may lie in your own network, and speak http", false)
    .action(async (options: AddOptions, command: Command) => add(options, command));
  webhook
    .command("list")
    .description("Show the endpoints.")
    .option("--json <file>", "write the list as JSON (- for standard output)")
    .action(async (options: JsonOption, command: Command) => list(options, command));
  webhook
    .command("remove")
    .description("Take an endpoint out of use. What waits for it is not sent any more.")
    .argument("<endpoint>", "its id, as assent webhook list shows it")
    .action(async (id: string, _: unknown, command: Command) =>
      withApp(command, async (app) => {
        await removeWebhook(app.db, app.recorder, id as WebhookId);
        say("Removed: it is told nothing from now on.");
      }),
    );
  webhook
    .command("deliver")
    .description("Send what is due. Every other command does so too, at its end.")
    .action(async (_: unknown, command: Command) =>
      withApp(command, async (app) => {
        const { delivered, failed, dead } = await deliverDue(app);
        say(
          `${count(delivered, "message")} delivered, ${failed} to be tried again, ${dead} given up.`,
        );
      }),
    );
  webhook
    .command("dead")
    .description("List the messages that were given up.")
    .option("--json <file>", "write the list as JSON (- for standard output)")
    .action(async (options: JsonOption, command: Command) => dead(options, command));
  webhook
    .command("replay")
    .description("Send messages that were given up once more.")
    .argument("[message]", "only this one (default: all)")
    .action(async (id: string | undefined, _: unknown, command: Command) =>
      withApp(command, async (app) => {
        const again = await replay(app.db, app.clock, (id as MessageId | undefined) ?? "all");
        const { delivered } = await deliverDue(app);
        say(`${count(again, "message")} sent once more, ${delivered} delivered.`);
      }),
    );
}

interface AddOptions {
  readonly collection: string;
  readonly url: string;
  readonly allowPrivate: boolean;
}

interface JsonOption {
  readonly json?: string;
}

async function add(options: AddOptions, command: Command): Promise<void> {
  await withApp(command, async (app) => {
    const { id: collection } = await collectionOf(app, options.collection);
    const { url, allowPrivate } = options;
    const made = await addWebhook(app.db, app.recorder, { collection, url, allowPrivate });
    say(`Added ${made.id}. Its secret, shown this once:`);
    say(`  ${made.secret}`);
    say("Messages are signed with it as Standard Webhooks says (standardwebhooks.com).");
  });
}

async function list(options: JsonOption, command: Command): Promise<void> {
  await withApp(command, async (app) => {
    const endpoints = await listWebhooks(app.db);
    if (options.json !== undefined) await writeJson(options.json, endpoints);
    if (options.json === "-") return;
    if (endpoints.length === 0) return say("There is no endpoint.");
    const head = ["ID", "COLLECTION", "PRIVATE", "URL"];
    const rows: (readonly string[])[] = [];
    for (const { id, collection, allowPrivate, url } of endpoints) {
      const { name } = await collectionOf(app, collection);
      rows.push([id, name, allowPrivate ? "allowed" : "refused", url]);
    }
    for (const line of table([head, ...rows])) say(line);
  });
}

async function dead(options: JsonOption, command: Command): Promise<void> {
  await withApp(command, async (app) => {
    const messages = await deadMessages(app.db, DEAD_SHOWN_MAX);
    if (options.json !== undefined) await writeJson(options.json, messages);
    if (options.json === "-") return;
    if (messages.length === 0) return say("No message was given up.");
    const head = ["ID", "KIND", "ATTEMPTS", "LAST ANSWER", "SINCE", "URL"];
    const rows = messages.map((one) => [
      one.id,
      one.kind,
      String(one.attempts),
      one.lastStatus === null ? "none" : String(one.lastStatus),
      new Date(one.createdAt).toISOString(),
      one.url,
    ]);
    for (const line of table([head, ...rows])) say(line);
  });
}
