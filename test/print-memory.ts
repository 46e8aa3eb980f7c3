// Loaded into a command before its own code: writes the most memory the process ever held, in
// bytes, to the file that ASSENT_TEST_MEMORY names.
import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const report = process.env["ASSENT_TEST_MEMORY"];
if (isMainThread && report !== undefined) {
  process.on("exit", () => {
    writeFileSync(report, String(process.resourceUsage().maxRSS * 1024));
  });
}
