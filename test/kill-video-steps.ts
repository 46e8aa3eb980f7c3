import childProcess from "node:child_process";
import { writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { setTimeout } from "node:timers/promises";
import { FormatContext } from "node-av";
import type { Engine } from "../src/faces/engine.ts";
import { INSIDE, OUTSIDE, type Steps } from "./kill-steps.ts";

/** A look at a frame takes this long at least, as nets do: a video is looked at for a while. */
const LOOK_MS = 20;

/**
 * Counts what a process does with videos and says where in them it is. Returns what puts the
 * counting around an engine.
 */
export function countVideoSteps(steps: Steps): (engine: Engine) => Engine {
  const file = FormatContext.prototype;
  for (const name of ["writeHeader", "interleavedWriteFrame"])
    steps.countCalls("packet", file, name);
  for (const name of ["writeTrailer", "closeOutput"]) steps.countCalls("ending", file, name);
  let isInside = false;
  onDecodersGone(() => {
    if (isInside) writeSync(1, `${OUTSIDE}\n`);
    isInside = false;
  });
  const look = async <T>(milliseconds: number, see: () => Promise<T>): Promise<T> => {
    if (!isInside) writeSync(1, `${INSIDE}\n`);
    isInside = true;
    steps.step("look");
    await setTimeout(milliseconds);
    const seen = await see();
    steps.step("look");
    return seen;
  };
  return (engine) => ({
    ...engine,
    // A copy has every frame looked at, and is killed elsewhere: it need not take long.
    analyseFrame: async (frame, options) =>
      look(options.thorough === true ? 0 : LOOK_MS, async () =>
        engine.analyseFrame(frame, options),
      ),
    embed: async (source, places, options) => {
      const see = async () => engine.embed(source, places, options);
      return "data" in source ? look(LOOK_MS, see) : see();
    },
  });
}

/** Calls back whenever the last process that this one had started has ended. */
function onDecodersGone(gone: () => void): void {
  const { spawn } = childProcess;
  let running = 0;
  const counted = (...given: Parameters<typeof spawn>) => {
    const child = spawn(...given);
    running += 1;
    child.once("close", () => {
      running -= 1;
      if (running === 0) gone();
    });
    return child;
  };
  Object.assign(childProcess, { spawn: counted });
  syncBuiltinESMExports();
}
