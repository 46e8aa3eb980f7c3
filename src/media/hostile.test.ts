import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeHostileFiles, type HostileFile } from "../../test/hostile.ts";

/** The bombs unpack to gigabytes; what they may cost is the decoder's own strips and one frame. */
const GROWN_BYTES_MAX = 512 * 1024 * 1024;

/** Not a speed target: the decoder hung (a pipe, a loop) if it takes this long. */
const HANG_MS = 120_000;

const SCRIPT = fileURLToPath(new URL("../../test/decode-hostile.ts", import.meta.url));

async function decodeApart(
  files: readonly HostileFile[],
): Promise<{ readonly outcomes: readonly string[]; readonly grownKilobytes: number }> {
  const child = spawn(process.execPath, [SCRIPT], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: HANG_MS,
  });
  child.stdin.end(JSON.stringify(files.map((file) => file.path)));
  return JSON.parse(await text(child.stdout));
}

test("every hostile file gives its pixels or its reason, in bounded memory", async () => {
  const root = await mkdtemp(join(tmpdir(), "assent-hostile-"));
  try {
    const folder = join(root, "photos");
    await mkdir(folder);
    const files = await makeHostileFiles(folder);
    assert.ok(files.length >= 40, `only ${files.length} hostile files`);
    const { outcomes, grownKilobytes } = await decodeApart(files);
    const told = files.map(({ name }, index) => [name, outcomes[index]]);
    const expected = files.map(({ name, expect }) => [name, expect]);
    assert.deepEqual(told, expected);
    assert.ok(grownKilobytes * 1024 < GROWN_BYTES_MAX, `memory grew by ${grownKilobytes} kB`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
