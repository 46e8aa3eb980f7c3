/**
 * Uploads all photos below a folder. Cut off and started again, it goes on where it was:
 *
 *     node client/examples/upload-folder.ts <collection> <folder> <journal>
 *
 * The journal is a file that it makes, to remember what is there already.
 */
import { each } from "../each.ts";
import { followJob } from "../follow.ts";
import { filesBelow, journalMemory } from "../node-files.ts";
import { uploadAll } from "../upload-all.ts";
import { connectByEnvironment, readArguments } from "./settings.ts";

const [collection, folder, journal] = readArguments(["collection", "folder", "journal"]);
const assent = connectByEnvironment();
const memory = await journalMemory(journal);

let sent = 0;
for await (const { name, refused } of uploadAll(assent, collection, filesBelow(folder), {
  memory,
})) {
  if (refused === null) sent += 1;
  else console.error(`${name}: ${refused.code} (HTTP ${refused.status})`);
}
console.log(`${sent} files are there.`);

// They are looked at by a job; what came of each file is in the list of uploads.
for await (const job of each(assent.listJobs, {})) {
  if (job.kind !== "import_uploads") continue;
  for await (const { state } of followJob(assent, job.id)) console.log(`Import: ${state}`);
  break;
}
for await (const upload of each(assent.listUploads, { collection, state: "refused" })) {
  console.log(`${upload.name}: ${upload.reason ?? ""}. ${upload.advice ?? ""}`);
}
