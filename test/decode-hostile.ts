// Run in a process of its own, so that its memory can be measured: decodes the files named on
// standard input (JSON array of paths) and prints one JSON line with codes and memory.
import { text } from "node:stream/consumers";
import { decode } from "../src/media/decode.ts";
import { MediaError } from "../src/media/errors.ts";

const paths: unknown = JSON.parse(await text(process.stdin));
if (!Array.isArray(paths)) throw new TypeError("expected an array of paths");

/** What the analysis decodes to; full size is only asked for delivery. */
const LONG_SIDE_MAX = 1_600;

const before = process.resourceUsage().maxRSS;
const outcomes: string[] = [];
for (const path of paths) {
  try {
    const picture = await decode({ file: String(path) }, { longSideMax: LONG_SIDE_MAX });
    const whole = picture.data.length === picture.width * picture.height * 3;
    outcomes.push(whole ? "ok" : "wrong size");
  } catch (error) {
    // Anything but a MediaError is a bug, and its name makes the test fail.
    outcomes.push(error instanceof MediaError ? error.code : String(error));
  }
}
const grownKilobytes = process.resourceUsage().maxRSS - before;
process.stdout.write(`${JSON.stringify({ outcomes, grownKilobytes })}\n`);
