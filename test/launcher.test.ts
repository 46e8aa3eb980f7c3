import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const LAUNCHER = join(import.meta.dirname, "../bin/assent");

test("the launcher gives each flag once, and room to what answers requests", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "assent-launcher-"));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  // In the place of the pinned Node, one that tells what it is given.
  await mkdir(join(folder, "node_modules/.bin"), { recursive: true });
  const tells = `#!/bin/sh\nprintf '%s\\n' "$@"\n`;
  await writeFile(join(folder, "node_modules/.bin/node"), tells, { mode: 0o755 });
  await cp(LAUNCHER, join(folder, "bin/assent"));
  const given = (...words: readonly string[]) => {
    const told = execFileSync(join(folder, "bin/assent"), words, { encoding: "utf8" });
    return told.trim().split("\n");
  };
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
