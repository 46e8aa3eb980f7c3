import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ASSENT, plainEnvironment } from "./command.ts";

/** A service in a process of its own. */
export interface Started extends AsyncDisposable {
  readonly origin: string;
  /** The first owner's, as it was printed; null where there is an owner. */
  readonly link: string | null;
  /** Ends it without a word, as a power cut does. */
  readonly kill: () => Promise<void>;
}

/** Runs `assent serve` on an instance: on a free port, or again on one where it has an owner. */
export async function startService(data: string, again: string | null = null): Promise<Started> {
  const port = again ?? "0";
  const child = spawn(ASSENT, ["serve", "--port", port], {
    env: plainEnvironment({ ASSENT_DATA: data, ASSENT_LOG: "error" }),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  try {
    const { origin, link } = await readGreeting(child, again === null);
    return {
      origin,
      link,
      kill: async () => end("SIGKILL"),
      [Symbol.asyncDispose]: async () => end("SIGTERM"),
    };
  } catch (error) {
    await end("SIGTERM");
    throw error;
  }
}

async function readGreeting(
  { stdout }: ChildProcess,
  ownerless: boolean,
): Promise<Pick<Started, "origin" | "link">> {
  assert.ok(stdout);
  let origin = "";
  for await (const line of createInterface({ input: stdout })) {
    origin = /^Listening: (\S+)/u.exec(line)?.[1] ?? origin;
    const link = /(\S+\/start#\S+)/u.exec(line)?.[1] ?? null;
    if (origin === "" || (ownerless && link === null)) continue;
    stdout.resume();
    return { origin, link };
  }
  return assert.fail("The service ended before it said where it listens.");
}
