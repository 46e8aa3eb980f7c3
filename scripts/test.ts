import { randomBytes } from "node:crypto";
import { globSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import pg from "pg";
import { whyNoBrowser } from "../test/browser/chromium.ts";
import { shared } from "../test/shared.ts";

/**
 * What `npm test` runs: every test of the repository, by Node's own runner. Says first, in one line
 * each, what can't be tested on this machine; the runner's own count comes last.
 */
const ROOT = join(import.meta.dirname, "..");
/** Journeys first, for some take minutes: what comes last is short, and the cores end together. */
const FOLDERS = ["test", "samples", "src", "client", "web", "bench", "scripts"];
const COMPILED = join(tmpdir(), "assent-test-compiled");
/** Linux keeps in memory what is written there. */
const MEMORY = "/dev/shm";
/** What tests hold at a time is under one; where there is less than this, they go to the disk. */
const MEMORY_BYTES_MIN = 4 * 1024 ** 3;
/** One file's tests; the longest, which kill and restart many times, take about two minutes. */
const FILE_MS_MAX = 900_000;
/** One file more than there are cores: tests wait for disks, databases and browsers, too. */
const FILES_AT_A_TIME = availableParallelism() + 1;

/** What this run's schemas on PostgreSQL are named by. */
const RUN = randomBytes(4).toString("hex");
// What a process has compiled or made, the next need not compile or make again.
process.env["NODE_COMPILE_CACHE"] ??= COMPILED;
process.env["ASSENT_TEST_RUN"] = RUN;

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const { POSTGRES, dropSchemas } = await import("../test/databases.ts");
  const hasPostgres = await postgresAnswers(POSTGRES);
  if (!hasPostgres) {
    console.log("No PostgreSQL server answers: what runs on both databases runs on SQLite alone.");
  }
  if (!shared(".")) {
    console.log(
      "../shared is absent: what needs its photos or model files is skipped, and says so.",
    );
  }
  const noBrowser = whyNoBrowser();
  if (noBrowser !== false) console.log(`The screens are not tested: ${noBrowser}.`);
  process.env["TMPDIR"] = makeFolder();
  await runFiles(wanted.length > 0 ? wanted : everyTest());
  if (hasPostgres) await dropSchemas(RUN);
}

/** Makes the folder that all files of this run write in; it goes with this process, also by Ctrl-C. */
function makeFolder(): string {
  const folder = mkdtempSync(join(hasMemory() ? MEMORY : tmpdir(), "assent-test-run-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  return folder;
}

/**
 * Tests kill processes and no machine, so nothing that they write need reach a disk: waiting for it
 * is half of what some of them take.
 */
function hasMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MEMORY_BYTES_MIN;
  } catch {
    return false;
  }
}

/** Runs files side by side, each as a process of its own, and tells how it went. */
async function runFiles(files: readonly string[]): Promise<void> {
  const tests = run({
    cwd: ROOT,
    files: files.map((file) => join(ROOT, file)),
    concurrency: FILES_AT_A_TIME,
    timeout: FILE_MS_MAX,
    execArgv: [
      "--disable-warning=ExperimentalWarning",
      `--import=${new URL("../test/seed.ts", import.meta.url).href}`,
    ],
  });
  process.exitCode = 1;
  tests.on("test:summary", ({ file, success }) => {
    if (file === undefined) process.exitCode = success ? 0 : 1;
  });
  for await (const line of tests.compose(spec)) process.stdout.write(String(line));
}

function everyTest(): readonly string[] {
  return FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: ROOT }).toSorted());
}

async function postgresAnswers(address: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

await main();
