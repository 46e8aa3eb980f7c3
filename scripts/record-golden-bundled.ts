import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { bundledFolder } from "../src/faces/bundled/bundled.ts";
import { goldenCrops, goldenPictures } from "../src/faces/bundled/golden/pictures.ts";
import { openPackageRuntime } from "./package-runtime.ts";

/*
 * Records what the `@vladmandic/face-api` package itself says of the drawn pictures, in its own
 * WebAssembly runtime: `node scripts/record-golden-bundled.ts`, then `npm run format`.
 */

const FILE = join(import.meta.dirname, "../src/faces/bundled/golden/package-runtime.json");

// Beyond this float32 has nothing to say.
const DIGITS = 8;

const runtime = await openPackageRuntime();
const pictures: Record<string, unknown> = {};
for (const [name, picture] of Object.entries(goldenPictures)) {
  pictures[name] = await runtime.analyse(picture);
}
const crops: Record<string, unknown> = {};
for (const [name, picture] of Object.entries(goldenCrops)) {
  crops[name] = await runtime.describe(picture);
}
const manifest: unknown = JSON.parse(
  readFileSync(join(bundledFolder(), "../package.json"), "utf8"),
);
const { name, version } = z.object({ name: z.string(), version: z.string() }).parse(manifest);
const recordedFrom = `${name} ${version}`;
const text = JSON.stringify({ recordedFrom, pictures, crops }, (_, value: unknown) => {
  if (value instanceof Float32Array) return [...value];
  return typeof value === "number" ? Number(value.toPrecision(DIGITS)) : value;
});
writeFileSync(FILE, `${text}\n`);
