import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { compileKernel, KERNEL_BINARY, KERNEL_SOURCE } from "../../../scripts/build-kernel.ts";

test("the kernel that runs is what its source compiles to", async () => {
  const compiled = await compileKernel(KERNEL_SOURCE);
  const committed = await readFile(KERNEL_BINARY);
  assert.ok(committed.equals(compiled), "Run `node scripts/build-kernel.ts` and commit its output");
});
