import { spawnSync } from "node:child_process";
import { join } from "node:path";

/**
 * `npm run bench`: everything that is measured, one after the other, each in a process of its own.
 * Figures are medians; a ratio compares two ways that took turns in the same run, so it holds on a
 * busy machine where the figures themselves do not. `npm run bench -- search` runs one of them.
 */
const BENCHES = [
  "bundled",
  "recommended",
  "scan",
  "search",
  "ledger",
  "service",
  "grid",
  "video",
] as const;

const wanted = process.argv.slice(2);
for (const name of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  const path = join(import.meta.dirname, `${name}.ts`);
  const { status } = spawnSync(process.execPath, [path], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
