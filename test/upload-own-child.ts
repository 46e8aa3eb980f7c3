/** As upload-client-child.ts, by the client of this repository. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "../client/assent.ts";
import { apiKey } from "../client/badge.ts";
import { filesBelow, journalMemory } from "../client/node-files.ts";
import { uploadAll } from "../client/upload-all.ts";
import type { ClientTask } from "./upload-client-child.ts";

/** Several parts a file, so that a kill meets some. */
const PART_BYTES = 8 * 1024;

const task = JSON.parse(process.argv[2] ?? "") as ClientTask;
const [, , , , collection = ""] = new URL(task.endpoint).pathname.split("/");
await mkdir(task.memory, { recursive: true });
const assent = connect({
  address: task.endpoint,
  as: apiKey(task.key),
  patience: { totalMs: 60_000, firstMs: 50, longestMs: 200 },
});
const options = {
  memory: await journalMemory(join(task.memory, "journal")),
  partBytes: PART_BYTES,
};
let count = 0;
for await (const { refused } of uploadAll(assent, collection, filesBelow(task.folder), options)) {
  if (refused) throw refused;
  process.stdout.write(`${(count += 1)}\n`);
}
process.stdout.write("all\n");
