import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../../..");

for (const workers of [0, 1]) {
  test(`the runtime reports to nobody where ${workers} workers look at photos`, async (t) => {
    const home = await mkdtemp(join(tmpdir(), "assent-home-"));
    t.after(() => rm(home, { recursive: true, force: true }));
    // It keeps an identifier of the machine and what it has not sent yet at home. That of a machine
    // that tests on every commit (CI=...) does not report, so nothing of this environment goes along.
    const env = { HOME: home, PATH: process.env["PATH"] };
    const code = `
      const { openEngine } = await import(${JSON.stringify(join(ROOT, "src/faces/faces.ts"))});
      const engine = await openEngine({ pack: "bundled", folder: ".", workers: ${workers} });
      const picture = { width: 320, height: 240, data: new Uint8Array(320 * 240 * 3) };
      const faces = await engine.analyseFrame(picture, { embed: false });
      await engine[Symbol.asyncDispose]();
      console.log(faces.length + " faces");`;
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], { env });
    assert.match((await run).stdout, /^0 faces$/mu);
    assert.deepEqual(await readdir(home, { recursive: true }), []);
  });
}

test("sessions are made in one place", () => {
  const makers = globSync("{src,bench,scripts,samples,test,client,web/src}/**/*.{ts,tsx}", {
    cwd: ROOT,
    exclude: (path) => path.includes("node_modules"),
  }).filter((path) =>
    /import \{[^}]*(?<!type )InferenceSession/u.test(readFileSync(join(ROOT, path), "utf8")),
  );
  assert.deepEqual(makers, ["src/faces/onnx/session.ts"]);
});
