import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export const ASSENT = join(import.meta.dirname, "..", "bin", "assent");

/** How a command ended. */
export interface Ended {
  /** The exit code, or the signal's name. */
  readonly exit: number | NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Far beyond what any command of a test takes, however busy the machine. */
const COMMAND_MS = 240_000;

/** Where the compiled code of processes under test is kept. */
export const COMPILED = process.env["NODE_COMPILE_CACHE"] ?? join(tmpdir(), "assent-test-compiled");

/**
 * What of the caller's environment a command under test gets: nothing that configures Assent, but
 * one worker, for a command of a test looks at a handful of photos and others wait for the cores.
 */
export function plainEnvironment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("ASSENT_"));
  const defaults = { NODE_COMPILE_CACHE: COMPILED, ASSENT_WORKERS: "1" };
  return { ...Object.fromEntries(own), ...defaults, ...more };
}

/** Runs `bin/assent` as a user would, with the instance in `data`. */
export async function runAssent(
  data: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(ASSENT, args, {
    env: plainEnvironment({ ASSENT_DATA: data, ...environment }),
    stdio: ["ignore", "pipe", "pipe"],
    timeout: COMMAND_MS,
    killSignal: "SIGKILL",
  });
  const exit = new Promise<Ended["exit"]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(signal ?? code));
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exit: await exit, out, err };
}

/** As `runAssent`, and tells the most memory that the process ever held, in bytes. */
export async function runMeasured(
  data: string,
  args: readonly string[],
): Promise<Ended & { readonly memory: number }> {
  const report = join(data, "..", "memory.txt");
  const measure = new URL("print-memory.ts", import.meta.url).href;
  const ended = await runAssent(data, args, {
    NODE_OPTIONS: `--import=${measure}`,
    ASSENT_TEST_MEMORY: report,
  });
  return { ...ended, memory: Number(await readFile(report, "utf8")) };
}
