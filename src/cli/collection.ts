import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { App } from "../app.ts";
import { createCollection, listCollections } from "../collections/collections.ts";
import { changeLimits } from "../collections/limits.ts";
import type { NoticeText } from "../consent/layered-notice.ts";
import { changeCollection } from "../rights/change-collection.ts";
import { closeCollection } from "../rights/consent-changes.ts";
import { changePack } from "../search/change-pack.ts";
import { parsePackName } from "../faces/packs.ts";
import { readSetting } from "../storage/settings.ts";
import { collectionOf, withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { runJobs } from "./jobs.ts";
import { count, say, table, writeJson } from "./output.ts";

/** Two years: long enough for an archive's use, short enough that consent is asked again. */
const RETENTION_DAYS_DEFAULT = "730";
/** GDPR article 8's highest age, and so the safe one anywhere in Europe. */
const AGE_FLOOR_DEFAULT = "16";

interface CreateOptions {
  readonly name: string;
  readonly purpose: string;
  readonly notice?: string;
  readonly noticeFile?: string;
  readonly noticeLanguage?: string;
  readonly alternative?: string;
  readonly contact: string;
  readonly retention: string;
  readonly grace?: string;
  readonly ageFloor: string;
  readonly sceneBasis?: string;
  readonly uploads: boolean;
  readonly pack?: string;
}

/** collection create, list, pack, change, close. */
export function collectionCommands(assent: Command): void {
  const collection = assent.command("collection").description("Make and list collections.");
  collection
    .command("create")
    .description("Make a collection of photos with one purpose.")
    .requiredOption("--name <name>", "a short name, used by the other commands")
    .requiredOption("--purpose <text>", "what the collection is for")
    .option("--notice <text>", "what people are told before they say yes")
    .option("--notice-file <file>", "the same, from a file")
    .option("--notice-language <code>", "the language it is in (default: en)")
    .option("--alternative <text>", "what people get who say no")
    .requiredOption("--contact <mail>", "who answers people's questions")
    .option("--retention <days>", "when consent ends", RETENTION_DAYS_DEFAULT)
    .option("--grace <days>", "when the evidence goes after that (default: 30)")
    .option("--age-floor <years>", "who may consent alone", AGE_FLOOR_DEFAULT)
    .option("--scene-basis <text>", "why everyone pictured may be compared; without it nobody is")
    .option("--no-uploads", "people show their face with a camera, and hand in no photo")
    .option("--pack <name>", "the model pack (default: what init installed)")
    .action(async (options: CreateOptions, command: Command) => create(options, command));
  collection
    .command("list")
    .description("Show the collections.")
    .option("--json <file>", "write the list as JSON (- for standard output)")
    .action(async (options: { readonly json?: string }, command: Command) =>
      list(options, command),
    );
  collection
    .command("pack")
    .description("Move a collection to another model pack.")
    .requiredOption("--collection <name>", "the collection that moves")
    .requiredOption("--use <pack>", "recommended or bundled")
    .action(
      async (options: { readonly collection: string; readonly use: string }, command: Command) =>
        withApp(command, async (app) => {
          const pack = parsePackName(options.use);
          const change = await changePack(app, app.recorder, options.collection, pack);
          say(
            `${options.collection} uses ${pack}: ${count(change.remade, "person", "people")} kept.`,
          );
          if (change.again.length > 0) {
            say("These kept no enrolment photo and must enrol again:");
            for (const subject of change.again) say(`  ${subject}`);
          }
          await runJobs(app);
        }),
    );
  changeCommand(collection);
  closeCommand(collection);
}

interface ChangeOptions {
  readonly collection: string;
  readonly name?: string;
  readonly purpose?: string;
  readonly retention?: string;
  readonly alternative?: string;
  readonly tell?: readonly string[];
  readonly uploads?: string;
}

function changeCommand(collection: Command): void {
  collection
    .command("change")
    .description("Change a collection, as far as what people said yes to allows.")
    .requiredOption("--collection <name>", "the collection")
    .option("--name <name>", "its new name")
    .option("--purpose <text>", "another purpose; only while nobody's consent is in force")
    .option("--retention <days>", "when consent ends; only shorter while one is in force")
    .option("--alternative <text>", "what people get who say no")
    .option(
      "--tell <language=lines...>",
      "with another purpose or longer retention: the first lines of the notice in each language " +
        "there is one in (en=... nl=...; with nothing behind the sign all of it is written)",
    )
    .option(
      "--uploads <yes|no>",
      "whether people may hand in a photo of their face, or use a camera",
    )
    .action(async (options: ChangeOptions, command: Command) =>
      withApp(command, async (app) => change(app, options)),
    );
}

async function change(app: App, options: ChangeOptions): Promise<void> {
  const { id } = await collectionOf(app, options.collection);
  const uploadPhoto = parseYes(options.uploads);
  const changed = await changeCollection(app.db, app.recorder, id, {
    name: options.name,
    purpose: options.purpose,
    retentionDays: options.retention === undefined ? undefined : Number(options.retention),
    alternative: options.alternative,
    notices: options.tell?.map(parseLines),
  });
  if (uploadPhoto !== undefined) await changeLimits(app.db, app.recorder, id, { uploadPhoto });
  say(`${changed.name}: ${changed.purpose}; a consent holds ${changed.retentionDays} days.`);
}

function parseYes(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === "yes" || text === "no") return text === "yes";
  throw new UsageError("Say --uploads yes or --uploads no.");
}

function parseLines(text: string): NoticeText {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError("Give --tell as en=The first lines.");
  const own = text.slice(at + 1).trim();
  return { language: text.slice(0, at), own: own === "" ? null : own };
}

function closeCommand(collection: Command): void {
  collection
    .command("close")
    .description("End a collection's purpose: every consent there ends, and nobody is found.")
    .requiredOption("--collection <name>", "the collection")
    .action(async (options: { readonly collection: string }, command: Command) =>
      withApp(command, async (app) => {
        const { id, name } = await collectionOf(app, options.collection);
        const ended = await closeCollection(app.db, app.recorder, id);
        say(`Closed ${name}: ${count(ended, "consent")} ended, and nobody is found there.`);
        say("What is left of them goes with the sweeps to come, within a year.");
      }),
    );
}

async function create(options: CreateOptions, command: Command): Promise<void> {
  const notice = await readNotice(options);
  await withApp(command, async (app) => {
    const installed = await readSetting(app.db, "pack");
    const made = await createCollection(app.db, app.recorder, {
      name: options.name,
      purpose: options.purpose,
      notice,
      contact: options.contact,
      retentionDays: Number(options.retention),
      ageFloor: Number(options.ageFloor),
      sceneBasis: options.sceneBasis ?? null,
      noticeLanguage: options.noticeLanguage,
      alternative: options.alternative,
      graceDays: options.grace === undefined ? undefined : Number(options.grace),
      uploadPhoto: options.uploads,
      pack: parsePackName(options.pack ?? installed ?? "bundled"),
    });
    say(`Made ${made.name} (${made.id}), pack ${made.pack}.`);
    if (made.sceneBasis === null) {
      say("It has no scene basis: photos are kept, and only a face pointed at is compared.");
    }
  });
}

async function readNotice(options: CreateOptions): Promise<string> {
  if (options.notice !== undefined) return options.notice;
  if (options.noticeFile !== undefined) {
    return readFile(options.noticeFile, "utf8").catch(() => {
      throw new UsageError("--notice-file can't be read.");
    });
  }
  throw new UsageError("Give the notice that people read before they say yes (--notice).");
}

async function list(options: { readonly json?: string }, command: Command): Promise<void> {
  await withApp(command, async (app) => {
    const collections = await listCollections(app.db);
    if (options.json !== undefined) return writeJson(options.json, collections);
    if (collections.length === 0) return say("There is no collection yet.");
    const head = ["NAME", "PACK", "SCENE BASIS", "PURPOSE"];
    const rows = collections.map((one) => [
      one.name,
      one.pack,
      one.sceneBasis === null ? "no" : "yes",
      one.purpose,
    ]);
    for (const line of table([head, ...rows])) say(line);
  });
}
