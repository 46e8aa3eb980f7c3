import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { hasEnded, processMark } from "./processes.ts";

const printMark = `import { processMark } from ${JSON.stringify(new URL("processes.ts", import.meta.url))};
  console.log(processMark); setInterval(() => {}, 1000);`;

test("a process that was killed has ended, and one that runs has not", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", printMark], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  const mark = printed.toString().trim();
  assert.equal(hasEnded(mark), false);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(hasEnded(mark), true);
});

test("this process runs; one before it with the same id has ended", () => {
  assert.equal(hasEnded(processMark), false);
  const before = processMark.replace(/[0-9a-f]{8}$/u, "00000000");
  assert.equal(hasEnded(before), true);
});

test("nothing is said of another machine's process, nor of what is no mark", () => {
  const elsewhere = processMark.replace(/^[0-9a-f]{8}-\d+/u, "00000000-999999999");
  assert.equal(hasEnded(elsewhere), false);
  assert.equal(hasEnded("young"), false);
  assert.equal(hasEnded(""), false);
});
