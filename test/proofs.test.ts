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

/** The compiler's complaints about each of some files, of these statements, beside the sources. */
async function compile(statements: readonly string[]): Promise<readonly (readonly string[])[]> {
  const folder = mkdtempSync(join(ROOT, ".proof-"));
  try {
    const files = statements.map((statement, index) => {
      const file = `proof-${index}.ts`;
      writeFileSync(join(folder, file), `${HEAD}\n${statement}\nexport {};\n`);
      return file;
    });
    const config = { extends: "../tsconfig.json", include: files, exclude: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const asking = run(process.execPath, [tsc, "--pretty", "false", "-p", folder]);
    const said = await asking.then(
      ({ stdout }) => stdout,
      (error: unknown) => {
        assert.ok(error instanceof Error && "stdout" in error);
        return String(error.stdout);
      },
    );
    const lines = said.split("\n").filter((line) => line.includes("error TS"));
    const sorted = files.map((file) => lines.filter((line) => line.includes(`/${file}(`)));
    assert.equal(sorted.flat().length, lines.length, said);
    return sorted;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a permit and a transaction can't be forged: it does not compile", async () => {
  const [right, ...wrong] = await compile([RIGHT, ...Object.values(WRONG)]);
  assert.deepEqual(right, []);
  for (const [index, name] of Object.keys(WRONG).entries()) {
    assert.match(wrong[index]?.join("\n") ?? "", /: error TS2(322|345|741)/u, name);
  }
});
