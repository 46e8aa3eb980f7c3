import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { App } from "../app.ts";
import { noticeBody } from "../consent/layered-notice.ts";
import { currentNotices, publishNotice } from "../consent/notices.ts";
import { collectionOf, withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { say, table, writeJson } from "./output.ts";

interface PublishOptions {
  readonly collection: string;
  readonly language: string;
  readonly text?: string;
  readonly file?: string;
  readonly dryRun?: boolean;
}

interface ListOptions {
  readonly collection: string;
  readonly json?: string;
}

/** notice publish, list: what people are told before they say yes. */
export function noticeCommands(assent: Command): void {
  const notice = assent.command("notice").description("What people are told before they say yes.");
  notice
    .command("publish")
    .description(
      "Publish the next version of a notice: your own text if you give one, and below it every " +
        "item of GDPR article 13, made from the collection and the operator (in en and nl).",
    )
    .requiredOption("--collection <name>", "whose notice it is")
    .requiredOption("--language <code>", "en, nl; another one needs a text of its own, complete")
    .option("--text <text>", "your own first lines")
    .option("--file <file>", "the same, from a file")
    .option("--dry-run", "show it and publish nothing")
    .action(async (options: PublishOptions, command: Command) =>
      withApp(command, async (app) => publish(app, options)),
    );
  notice
    .command("list")
    .description("Show the notices in force, the collection's own language first.")
    .requiredOption("--collection <name>", "whose notices")
    .option("--json <file>", "write them with their texts as JSON (- for standard output)")
    .action(async (options: ListOptions, command: Command) =>
      withApp(command, async (app) => list(app, options)),
    );
}

async function publish(app: App, options: PublishOptions): Promise<void> {
  const { language } = options;
  const { id: collection } = await collectionOf(app, options.collection);
  const own = await ownText(options);
  const body = await app.db.write(async (tx) => {
    const text = await noticeBody(tx, collection, { language, own });
    if (!options.dryRun) {
      await publishNotice(tx, app.recorder, { collection, language, body: text });
    }
    return text;
  });
  if (options.dryRun) {
    say(body);
    return;
  }
  const notices = await currentNotices(app.db, collection);
  const made = notices.find((one) => one.language === language);
  say(`Published: ${language}, version ${made?.version}, SHA-256 ${made?.hash}.`);
}

async function ownText({ text, file }: PublishOptions): Promise<string | null> {
  if (text !== undefined && file !== undefined) {
    throw new UsageError("Give one of --text and --file.");
  }
  return file === undefined ? (text ?? null) : await readFile(file, "utf8");
}

async function list(app: App, options: ListOptions): Promise<void> {
  const { id } = await collectionOf(app, options.collection);
  const notices = await currentNotices(app.db, id);
  if (options.json !== undefined) await writeJson(options.json, notices);
  if (options.json === "-") return;
  const rows = notices.map(({ language, version, hash }) => [language, String(version), hash]);
  for (const line of table([["LANGUAGE", "VERSION", "SHA-256"], ...rows])) say(line);
}
