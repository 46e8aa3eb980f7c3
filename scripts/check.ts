import { spawn } from "node:child_process";
import { join } from "node:path";

/**
 * What stands before the tests in `npm run check`: types, lint and format, side by side, for each
 * alone leaves cores idle. TypeScript checks with one thread a program: more of them check the
 * same types anew, at twice the work.
 */
const ROOT = join(import.meta.dirname, "..");
const CHECKS = [
  ["tsc", "--checkers", "1"],
  ["tsc", "-p", "web", "--checkers", "1"],
  ["oxlint", "--type-aware", "--deny-warnings"],
  ["oxfmt", "--check"],
] as const;

/** True where the check has nothing to say against the repository; it says so itself. */
async function passes([command, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  const path = join(ROOT, "node_modules", ".bin", command);
  const child = spawn(path, args, { cwd: ROOT, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
}

const passed = await Promise.all(CHECKS.map(passes));
process.exitCode = passed.every(Boolean) ? 0 : 1;
