import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { whyNoBrowser } from "../test/browser/chromium.ts";
import { shared } from "../test/shared.ts";

/**
 * What `npm test` runs: every test of the repository, by Node's own runner. Says first, in one line
 * each, what can't be tested on this machine; the runner's own count comes last.
 */
const ROOT = join(import.meta.dirname, "..");
const FOLDERS = ["src", "client", "web", "test", "samples", "bench", "scripts"];
const COMPILED = join(tmpdir(), "assent-test-compiled");
/** One file's tests; the longest, which kill and restart many times, take about two minutes. */
const FILE_MS_MAX = 900_000;

async function main(): Promise<number> {
  const wanted = process.argv.slice(2);
  const files = wanted.length > 0 ? wanted : everyTest();
  if (!(await postgresAnswers())) {
    console.log("No PostgreSQL server answers: what runs on both databases runs on SQLite alone.");
  }
  if (!shared(".")) {
    console.log(
      "../shared is absent: what needs its photos or model files is skipped, and says so.",
    );
  }
  const noBrowser = whyNoBrowser();
  if (noBrowser !== false) console.log(`The screens are not tested: ${noBrowser}.`);
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "--import",
      pathToFileURL(join(ROOT, "test/seed.ts")).href,
      "--test",
      "--test-reporter=spec",
      `--test-concurrency=${Math.max(1, availableParallelism())}`,
      `--test-timeout=${FILE_MS_MAX}`,
      ...files,
    ],
    // Each file is a process of its own; what one has compiled, the next need not compile again.
    { cwd: ROOT, stdio: "inherit", env: { NODE_COMPILE_CACHE: COMPILED, ...process.env } },
  );
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

function everyTest(): readonly string[] {
  return FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: ROOT })).toSorted();
}

async function postgresAnswers(): Promise<boolean> {
  const { POSTGRES } = await import("../test/databases.ts");
  const client = new pg.Client({ connectionString: POSTGRES, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

process.exitCode = await main();
