import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/**
 * `npm run bench`: everything that is measured, one after the other, each in a process of its own.
 * Figures are medians; a ratio compares two ways that took turns in the same run, so it holds on a
 * busy machine where the figures themselves do not. `npm run bench -- search` runs one of them, and
 * options go to it: `npm run bench -- video --hours 2`.
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

/** As bin/assent starts commands, which says why. */
const HELPERS = Math.min(4, Math.ceil(availableParallelism() / 2));
const FLAGS = [`--v8-pool-size=${HELPERS}`, "--max-semi-space-size=8"];
const ENVIRONMENT = {
  MALLOC_ARENA_MAX: String(availableParallelism()),
  GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
  ...process.env,
};

const given = process.argv.slice(2);
const first = given.findIndex((word) => word.startsWith("--"));
const wanted = first < 0 ? given : given.slice(0, first);
const options = given.slice(wanted.length);
for (const name of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  const path = join(import.meta.dirname, `${name}.ts`);
  const { status } = spawnSync(process.execPath, [...FLAGS, path, ...options], {
    stdio: "inherit",
    env: ENVIRONMENT,
  });
  if (status !== 0) process.exitCode = 1;
}
