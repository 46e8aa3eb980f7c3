import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "..");

/** The rooms in their order: each imports only from those before it. */
const ROOMS = [
  "base",
  "print",
  "verify",
  "storage",
  "jobs",
  "ledger",
  "webhooks",
  "subjects",
  "accounts",
  "consent",
  "media",
  "faces",
  "collections",
  "search",
  "rights",
  "papers",
  "backup",
  "contract",
  "app.ts",
  "http",
  "cli",
] as const;

interface Source {
  /** Below `src/`, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const sources: readonly Source[] = globSync("src/**/*.ts", { cwd: ROOT })
  .filter((path) => !path.endsWith(".test.ts"))
  .map((path) => path.replaceAll("\\", "/"))
  .map((path) => ({ path: path.slice(4), text: readFileSync(join(ROOT, path), "utf8") }));

/** The place of a file's room in the order. */
function placeOf(path: string): number {
  return ROOMS.findIndex((room) => path === room || path.startsWith(`${room}/`));
}

/** The files below `src/` that a file imports. */
function importsOf({ path, text }: Source): readonly string[] {
  return [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/gu)].map(([, target = ""]) =>
    normalize(join(dirname(path), target)).replaceAll("\\", "/"),
  );
}

test("every source file lies in a room of the order", () => {
  assert.ok(sources.length > 50);
  assert.deepEqual(
    sources.filter(({ path }) => placeOf(path) < 0).map(({ path }) => path),
    [],
  );
});

test("a room imports only from its left, and nothing from outside src", () => {
  const wrong = sources.flatMap((source) =>
    importsOf(source)
      .filter((target) => {
        const place = placeOf(target);
        return place < 0 || place > placeOf(source.path);
      })
      .map((target) => `${source.path} -> ${target}`),
  );
  assert.deepEqual(wrong, []);
});

const clientFiles: readonly Source[] = globSync("client/**/*.ts", { cwd: ROOT })
  .filter((path) => !path.endsWith(".test.ts"))
  .map((path) => path.replaceAll("\\", "/"))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));

test("the client imports its own files and the contract, and nothing of Node but in node-files", () => {
  assert.ok(clientFiles.length > 5);
  const wrong = clientFiles.flatMap((source) =>
    importsOf(source)
      .filter((target) => !/^(client|src\/contract)\//u.test(target))
      .map((target) => `${source.path} -> ${target}`),
  );
  assert.deepEqual(wrong, []);
  const onNode = clientFiles
    .filter(({ path }) => !path.startsWith("client/examples/"))
    .filter(({ text }) => /from "node:|\b(process|Buffer)\b[.[]/u.test(text));
  assert.deepEqual(
    onNode.map(({ path }) => path).filter((path) => path !== "client/node-files.ts"),
    [],
  );
});

test("the screens import their own files, verify, and of the contract and the client types alone", () => {
  const screens = globSync("web/{shared,subject,operator,texts}/**/*.{ts,tsx}", { cwd: ROOT })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !path.endsWith(".test.ts"))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
  assert.ok(screens.length > 20);
  const wrong = screens.flatMap((source) => {
    const untyped = { ...source, text: source.text.replaceAll(/^import type [^;]+;/gmu, "") };
    const outside = importsOf(source).filter(
      (target) => !/^(web|client|src\/contract|src\/verify)\//u.test(target),
    );
    const loaded = importsOf(untyped).filter(
      (target) =>
        source.path.startsWith("web/subject/") && /^(client|src\/contract)\//u.test(target),
    );
    return [...outside, ...loaded].map((target) => `${source.path} -> ${target}`);
  });
  assert.deepEqual(wrong, []);
});

test("what the client takes from the contract runs in browsers", () => {
  const contract = sources.filter(({ path }) => path.startsWith("contract/"));
  const wrong = contract.filter(({ text }) =>
    [...text.matchAll(/^import (?!type\b)[^;]*from "([^"]+)"/gmu)].some(
      ([, target = ""]) => target !== "zod" && !target.startsWith("./"),
    ),
  );
  assert.deepEqual(
    wrong.map(({ path }) => path),
    [],
  );
});

test("rooms are flat: one more level inside a room at most", () => {
  const deep = sources.map(({ path }) => path).filter((path) => path.split("/").length > 4);
  assert.deepEqual(deep, []);
});

test("there are no barrels and no rooms for leftovers", () => {
  const barrels = sources.filter(
    ({ path, text }) => path.endsWith("/index.ts") || /^export \* from/mu.test(text),
  );
  assert.deepEqual(
    barrels.map(({ path }) => path),
    [],
  );
  const leftovers = sources.filter(({ path }) =>
    /(^|\/)(utils|helpers|common|types)\//u.test(path),
  );
  assert.deepEqual(
    leftovers.map(({ path }) => path),
    [],
  );
});

test("no promise is cast away", () => {
  const casts = sources.filter(({ text }) =>
    /\bas (unknown as|any\b)|@ts-(ignore|nocheck)/u.test(text),
  );
  assert.deepEqual(
    casts.map(({ path }) => path),
    [],
  );
});

test("only consent mints permits, and only one file writes templates", () => {
  const minting = sources.filter(({ text }) => /\bmint\b[^;]*from "[^"]*permit\.ts"/u.test(text));
  assert.deepEqual(
    minting.map(({ path }) => path),
    ["consent/consent.ts"],
  );
  const writing = sources.filter(({ text }) =>
    /(insertInto|updateTable)\("templates"\)/u.test(text),
  );
  assert.deepEqual(
    writing.map(({ path }) => path),
    ["collections/templates.ts"],
  );
});
