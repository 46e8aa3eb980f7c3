import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

const LAUNCHER = join(import.meta.dirname, "../bin/assent");

/** Calls the launcher with a Node in the place of the pinned one that only tells, line by line. */
async function launcherOf(t: TestContext, tells: string) {
  const folder = await mkdtemp(join(tmpdir(), "assent-launcher-"));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "node_modules/.bin"), { recursive: true });
  const script = `#!/bin/sh\nprintf '%s\\n' ${tells}\n`;
  await writeFile(join(folder, "node_modules/.bin/node"), script, { mode: 0o755 });
  await cp(LAUNCHER, join(folder, "bin/assent"));
  return (words: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const env = { PATH: process.env["PATH"], ...environment };
    const told = execFileSync(join(folder, "bin/assent"), words, { encoding: "utf8", env });
    return told.trim().split("\n");
  };
}

test("the launcher has memory taken in large pages, unless it is said otherwise", async (t) => {
  const launch = await launcherOf(t, '"$GLIBC_TUNABLES"');
  assert.deepEqual(launch(["status"]), ["glibc.malloc.hugetlb=1"]);
  const other = { GLIBC_TUNABLES: "glibc.malloc.check=1" };
  assert.deepEqual(launch(["status"], other), ["glibc.malloc.check=1"]);
});

test("the launcher gives each flag once, and room to what answers requests", async (t) => {
  const launch = await launcherOf(t, '"$@"');
  const given = (...words: readonly string[]) => launch(words);
  for (const [words, young] of [
    [["serve"], 64],
    [["import", "a folder"], 8],
  ] as const) {
    const [helpers = "", ...others] = given(...words).filter((word) => word.startsWith("--"));
    assert.match(helpers, /^--v8-pool-size=[1-4]$/u);
    const quiet = "--disable-warning=ExperimentalWarning";
    assert.deepEqual(others, [`--max-semi-space-size=${young}`, quiet]);
    assert.deepEqual(given(...words).slice(-words.length), words);
  }
});
