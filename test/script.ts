import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = new URL("..", import.meta.url);

/** Another operating-system process that runs a piece of TypeScript. */
export interface Script extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Waits until it has printed a line that starts so, and returns the line. */
  line(start: string): Promise<string>;
  /** Waits until it ends; throws with what it printed to stderr unless it ended well. */
  end(): Promise<string>;
  kill(): Promise<void>;
  /** Everything printed to stdout so far, and to stderr. */
  printed(): string;
  complained(): string;
}

/**
 * Starts a module whose imports are written from the repository's root (`./src/app.ts`). `values`
 * are constants in it.
 */
export function startScript(
  source: string,
  values: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string>> = {},
): Script {
  const constants = Object.entries(values)
    .map(([name, value]) => `const ${name} = ${JSON.stringify(value ?? null)};\n`)
    .join("");
  const absolute = source.replaceAll(/from "\.\//gu, `from "${ROOT.href}`);
  // A file rather than --eval, whose flags worker threads would inherit and choke on.
  const folder = mkdtempSync(join(tmpdir(), "assent-script-"));
  const file = join(folder, "script.mts");
  writeFileSync(file, constants + absolute);
  const options = ["--disable-warning=ExperimentalWarning", file];
  const child = spawn(process.execPath, options, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const exit = once(child, "exit");
  child.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const kill = async () => {
    child.kill("SIGKILL");
    await exit;
  };
  return {
    child,
    line: async (start) => {
      for (;;) {
        const line = output
          .split("\n")
          .slice(0, -1)
          .find((one) => one.startsWith(start));
        if (line !== undefined) return line;
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`The script ended without "${start}": ${errors}`);
        }
        await Promise.race([once(child.stdout, "data"), exit]);
      }
    },
    end: async () => {
      await exit;
      if (child.exitCode !== 0) throw new Error(`The script failed: ${errors}`);
      return output;
    },
    printed: () => output,
    complained: () => errors,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/** Runs a script to its end and returns what it printed. */
export async function runScript(
  source: string,
  values: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return startScript(source, values).end();
}
