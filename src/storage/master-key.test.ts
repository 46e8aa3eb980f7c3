import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { makeMasterKey, readMasterKey } from "./master-key.ts";
import { KEY_BYTES } from "./seal.ts";

async function keyPath(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  return join(folder, "master.key");
}

const readFrom = async (path: string) => readMasterKey({ kind: "file", path });
const good = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f1";

test("R19 makes a random key that only its owner may read", async (t) => {
  const path = await keyPath(t);
  await makeMasterKey(path);
  const key = await readFrom(path);
  assert.equal(key.length, KEY_BYTES);
  if (process.platform !== "win32") assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(join(path, "..")), ["master.key"]);
});

test("R19 never writes over a master key", async (t) => {
  const path = await keyPath(t);
  await makeMasterKey(path);
  const key = await readFrom(path);
  await assert.rejects(makeMasterKey(path), { code: "master_key_exists" });
  assert.deepEqual(await readFrom(path), key);
});

test("R19 refuses a missing key and says how to get one", async (t) => {
  const path = await keyPath(t);
  await assert.rejects(readFrom(path), { code: "master_key_missing", message: /assent init/u });
});

for (const mode of [0o604, 0o640, 0o644, 0o602, 0o620, 0o610]) {
  const name = `R19 refuses a key file of mode ${mode.toString(8)} and says what to do`;
  test(name, { skip: process.platform === "win32" && "no modes here" }, async (t) => {
    const path = await keyPath(t);
    await writeFile(path, good);
    await chmod(path, mode);
    await assert.rejects(readFrom(path), { code: "master_key_exposed", message: /chmod 600/u });
    await chmod(path, 0o400);
    assert.equal((await readFrom(path)).toString("hex"), good);
  });
}

for (const [kind, text] of [
  ["empty", ""],
  ["short", good.slice(2)],
  ["long", `${good}00`],
  ["not hexadecimal", `g${good.slice(1)}`],
  ["hexadecimal with a hole", `${good.slice(0, 30)}  ${good.slice(32)}`],
  ["all zeros", "00".repeat(KEY_BYTES)],
  ["one byte over and over", "ab".repeat(KEY_BYTES)],
] as const) {
  test(`R19 refuses a weak key: ${kind}`, async (t) => {
    await assert.rejects(readMasterKey({ kind: "text", text }), { code: "master_key_invalid" });
    const path = await keyPath(t);
    await writeFile(path, text, { mode: 0o600 });
    await assert.rejects(readFrom(path), { code: "master_key_invalid" });
  });
}

test("takes a key from the environment, with space around it", async () => {
  const key = await readMasterKey({ kind: "text", text: ` ${good}\n` });
  assert.equal(key.toString("hex"), good);
});
