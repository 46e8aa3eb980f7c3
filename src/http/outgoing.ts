import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { newToken } from "../accounts/tokens.ts";
import type { App } from "../app.ts";
import { Gate } from "./gate.ts";
import type { Download } from "./handler.ts";
import { QUEUE_MS_MAX } from "./limits.ts";

/** Each takes a core while it is packed; whoever waits too long is told to come back. */
const archives = new Gate({ slots: 1, queue: 8, waitMsMax: QUEUE_MS_MAX });
/** Small pictures of a page: they wait for each other, which is a moment, rather than be refused. */
const pictures = new Gate({ slots: 2, queue: 200, waitMsMax: QUEUE_MS_MAX });
/** No archive takes as long to pack: what is older was left by a process that was killed. */
const LEFT_MS = 60 * 60_000;

/**
 * Packs an archive into a file, and hands it out as a stream. The file has no name any more when the
 * first byte leaves: however this ends, nothing of it stays. Throws HttpError overloaded.
 */
export async function handOut(
  app: App,
  name: string,
  signal: AbortSignal,
  pack: (to: string) => Promise<unknown>,
): Promise<Download> {
  using place = archives.enter();
  await place.turn(signal);
  const folder = join(app.config.folder, "outgoing");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeLeft(folder, app.clock.now());
  const path = join(folder, `${newToken().token}.zip`);
  try {
    await pack(path);
    const file = await open(path, "r");
    return { content: file.createReadStream(), name };
  } finally {
    await rm(path, { force: true });
  }
}

/** Makes a picture when it is its turn. Throws HttpError overloaded. */
export async function inTurn<Made>(signal: AbortSignal, make: () => Promise<Made>): Promise<Made> {
  using place = pictures.enter();
  await place.turn(signal);
  return await make();
}

async function removeLeft(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found && now - found.mtimeMs > LEFT_MS) await rm(path, { force: true });
  }
}
