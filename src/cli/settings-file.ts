import { readFile } from "node:fs/promises";
import { z } from "zod";
import { UsageError } from "./errors.ts";

/** A file of settings is a page, not a book. */
const FILE_CHARACTERS_MAX = 100_000;

/** The settings there are (docs/operations.md): one that is misspelt would be none, and nobody told. */
const NAMES: ReadonlySet<string> = new Set(
  [
    "DATA DATABASE DATABASE_SCHEMA MASTER_KEY MASTER_KEY_FILE MODELS WORKERS ACCOUNT SMTP_URL",
    "MAIL_FROM HOST PORT ORIGIN PROXIES METRICS_TOKEN IMPORT_ROOT RATE_ADDRESS RATE_ACCOUNT",
    "RATE_COLLECTION LOG CONFIG DEBUG",
  ].flatMap((line) => line.split(" ").map((name) => `ASSENT_${name}`)),
);

/** Settings in a file have the names of the environment's; text, numbers and yes or no. */
const settingsFile = z.record(
  z.string().regex(/^ASSENT_[A-Z_]+$/u),
  z.union([z.string(), z.number(), z.boolean()]).transform(String),
);

/**
 * Takes the settings of a file into the environment, where every command looks for them; what is
 * set there already stays. Throws UsageError.
 */
export async function takeSettings(path: string, environment = process.env): Promise<void> {
  for (const [name, value] of Object.entries(await readSettings(path))) {
    if (!NAMES.has(name)) throw new UsageError(`--config: there is no setting ${name}.`);
    environment[name] ??= value;
  }
}

async function readSettings(path: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new UsageError("--config can't be read.");
  });
  try {
    const parsed = settingsFile.safeParse(JSON.parse(text.slice(0, FILE_CHARACTERS_MAX)));
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UsageError('--config takes a JSON object like {"ASSENT_PORT": 4400}.');
}
