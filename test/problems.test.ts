import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROBLEMS } from "../src/contract/problems.ts";

const SOURCE = join(import.meta.dirname, "..", "src");

/**
 * Every code that an AppError of any room may carry, from the text of the unions. The command line
 * has its own, which no request meets.
 */
function codesOfRooms(): ReadonlyMap<string, string> {
  const codes = new Map<string, string>();
  for (const file of globSync("**/*.ts", { cwd: SOURCE })) {
    if (file.endsWith(".test.ts") || file.startsWith("cli/")) continue;
    const text = readFileSync(join(SOURCE, file), "utf8").replaceAll(/\/\*.*?\*\//gsu, "");
    for (const [, name = ""] of text.matchAll(/extends AppError<([^>]+)>/gu)) {
      const union = name.includes('"')
        ? name
        : new RegExp(`type ${name}\\s*=([^;]+);`, "u").exec(text)?.[1];
      assert.ok(union !== undefined, `${file}: the codes of ${name} are not beside their error`);
      for (const [, code = ""] of union.matchAll(/"([^"]+)"/gu)) codes.set(code, file);
    }
  }
  return codes;
}

test("every code of every room has its status, and no other is in the table", () => {
  const codes = codesOfRooms();
  assert.ok(codes.size > 100);
  const table = new Set(Object.keys(PROBLEMS));
  const missing = [...codes].filter(([code]) => !table.has(code));
  assert.deepEqual(
    missing.map(([code, file]) => `${code} (${file})`),
    [],
    "codes without a row in PROBLEMS",
  );
  assert.deepEqual(
    [...table].filter((code) => !codes.has(code)),
    [],
    "rows of PROBLEMS that no room throws",
  );
});

test("what a person can mend is 4xx, and titles are sentences", () => {
  for (const [code, [status, title]] of Object.entries(PROBLEMS)) {
    assert.ok(status >= 400 && status <= 599, code);
    assert.match(title, /^[A-Z].*\.$/su, code);
  }
});
