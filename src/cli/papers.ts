import type { Command } from "commander";
import { type PaperGap, type PaperName, paperNames, writePapers } from "../papers/papers.ts";
import { type PaperLanguage, paperLanguages } from "../papers/words/words.ts";
import { withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { count, say } from "./output.ts";

interface PapersOptions {
  readonly to: string;
  readonly only?: string;
  readonly collection?: string;
  readonly url?: string;
  readonly language: string;
}

/** papers: what the law wants written down, made from the configuration. */
export function papersCommands(assent: Command): void {
  assent
    .command("papers")
    .description("Write the papers the law asks for, from the configuration: HTML and PDF of each.")
    .requiredOption("--to <folder>", "where to")
    .option("--only <paper>", paperNames.join(", "))
    .option("--collection <name>", "only this collection (default: all)")
    .option("--url <address>", "where the QR codes of door sign and poster lead")
    .option(
      "--language <language>",
      `of sign, poster, schedule: ${paperLanguages.join(", ")}`,
      "en",
    )
    .action(async (options: PapersOptions, command: Command) => {
      const request = {
        to: options.to,
        only: parseName(options.only),
        collection: options.collection ?? null,
        url: parseUrl(options.url),
        language: parseLanguage(options.language),
      };
      await withApp(command, async (app) => {
        const { files, missing } = await writePapers(app, request);
        for (const file of files) say(file);
        if (missing.length === 0) return;
        say();
        say(`${count(missing.length, "thing")} nobody said yet, marked in the papers:`);
        for (const gap of missing) say(`  ${sentenceOf(gap)}`);
      });
    });
}

function sentenceOf({ kind, collection }: PaperGap): string {
  const sentences = {
    operator: 'Who runs this instance is not said. "assent operator set" does.',
    collection: "There is no collection yet.",
    alternative: `Collection ${collection} does not say what people get who say no.`,
    url: "Door sign and poster have no QR code: give the address of the notice with --url.",
  };
  return sentences[kind];
}

function parseName(text: string | undefined): PaperName | null {
  if (text === undefined) return null;
  const name = paperNames.find((one) => one === text);
  if (name) return name;
  throw new UsageError(`--only takes one of: ${paperNames.join(", ")}.`);
}

function parseLanguage(text: string): PaperLanguage {
  const language = paperLanguages.find((one) => one === text);
  if (language) return language;
  throw new UsageError(`--language takes one of: ${paperLanguages.join(", ")}.`);
}

function parseUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  const url = URL.parse(text);
  if (url?.protocol === "https:" || url?.protocol === "http:") return url.href;
  throw new UsageError("--url takes an address that begins with https://.");
}
