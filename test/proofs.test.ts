import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..");

const HEAD = `
import type { Permit } from "../src/consent/permit.ts";
import type { Db, Tx } from "../src/storage/db.ts";
declare const permit: Permit<"enrol">;
declare const other: Permit<"deliver">;
declare const db: Db;
declare const tx: Tx;
declare function write(tx: Tx, permit: Permit<"enrol">): void;
`;

/** What must compile, so that the rest fails for its own reason. */
const RIGHT = "write(tx, permit);";

const WRONG = {
  "a look-alike object":
    'write(tx, { use: "enrol", collection: permit.collection, subject: permit.subject, grant: permit.grant });',
  "a permit for another use": "write(tx, other);",
  "a Db where a Tx is asked": "write(db, permit);",
  "a Tx made by hand": "write({ kind: tx.kind, read: tx.read, write: tx.write }, permit);",
};

/** The compiler's complaints about a file with these statements, beside the sources. */
async function compile(statement: string): Promise<string> {
  const folder = mkdtempSync(join(ROOT, ".proof-"));
  try {
    writeFileSync(join(folder, "proof.ts"), `${HEAD}\n${statement}\nexport {};\n`);
    const config = { extends: "../tsconfig.json", include: ["proof.ts"], exclude: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [tsc, "-p", join(folder, "tsconfig.json")]);
    return "";
  } catch (error) {
    assert.ok(error instanceof Error && "stdout" in error);
    return String(error.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a permit and a transaction can't be forged: it does not compile", async (t) => {
  assert.equal(await compile(RIGHT), "");
  for (const [name, statement] of Object.entries(WRONG)) {
    await t.test(name, async () => {
      assert.match(await compile(statement), /proof\.ts\(\d+,\d+\): error TS2(322|345|741)/u);
    });
  }
});
