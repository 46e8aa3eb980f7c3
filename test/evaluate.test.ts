import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { shared } from "./shared.ts";

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, "../bench/evaluate.ts");
const ENROLLED = 60;

interface Evaluation {
  readonly pack: string;
  readonly rank1: { readonly hit: number; readonly of: number };
  readonly fnir: number;
  readonly fpir: { readonly hit: number; readonly of: number };
  readonly tar: Readonly<Record<string, number>>;
  readonly pairs: { readonly mated: number; readonly nonMated: number };
  readonly failuresToEnrol: number;
  readonly failuresToProbe: number;
  readonly photosPerSecond: number;
}

/** Enrol neutral, probe smiling; the people after the first sixty are strangers. */
function londonManifest(photos: string): string {
  const ids = readdirSync(join(photos, "neutral_front")).map((file) => file.slice(0, 3));
  const rows = ids.toSorted().flatMap((id, index) => {
    const smiling = `smiling_front/${id}_08.jpg`;
    if (index >= ENROLLED) return [`${smiling},${id},stranger`];
    return [`neutral_front/${id}_03.jpg,${id},enrol`, `${smiling},${id},probe`];
  });
  return ["path,person,role", ...rows].join("\n");
}

for (const pack of ["recommended", "bundled"]) {
  test(`evaluate finds all of 60 and none of 42 strangers with ${pack}`, async (t) => {
    const photos = shared("data/london");
    const models = shared("models");
    if (!photos || !models) return t.skip("../shared is absent: no London photos");
    const folder = mkdtempSync(join(tmpdir(), "assent-test-"));
    try {
      const manifest = join(folder, "london.csv");
      const rows = londonManifest(photos).replaceAll(/^(neutral|smiling)/gmu, `${photos}/$1`);
      writeFileSync(manifest, rows);
      const json = join(folder, "out.json");
      const plot = join(folder, "out.png");
      const options = ["--manifest", manifest, "--pack", pack, "--json", json, "--plot", plot];
      await run(process.execPath, [SCRIPT, ...options, "--models", models]);
      const result = JSON.parse(readFileSync(json, "utf8")) as Evaluation;
      assert.deepEqual(result.rank1, { hit: 60, of: 60 });
      assert.deepEqual(result.fpir, { hit: 0, of: 42 });
      assert.deepEqual(result.pairs, { mated: 60, nonMated: 60 * 59 + 42 * 60 });
      assert.equal(result.fnir, 0);
      assert.deepEqual(result.tar, { "1e-2": 1, "1e-3": 1, "1e-4": 1 });
      assert.deepEqual([result.failuresToEnrol, result.failuresToProbe], [0, 0]);
      assert.ok(result.photosPerSecond > 0);
      assert.equal(readFileSync(plot).subarray(1, 4).toString(), "PNG");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return undefined;
  });
}

test("evaluate says how it is used", async () => {
  await assert.rejects(run(process.execPath, [SCRIPT]), { code: 2 });
});
