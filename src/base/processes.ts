import { createHash, randomBytes } from "node:crypto";
import { hostname } from "node:os";

/** Eight digits tell the machines of one instance apart, and fit into a file's name. */
const HOST = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
const MARK = /^([0-9a-f]{8})-(\d+)-[0-9a-f]{8}$/u;

/**
 * Names this process on what it holds or has half-written: machine, process id, and a random part,
 * for a container that starts again has the same machine and process id as before.
 */
export const processMark = `${HOST}-${process.pid}-${randomBytes(4).toString("hex")}`;

/**
 * True when the process of this mark is known to have ended. False when it runs, when that can't
 * be told (another machine), and for a text that is no mark.
 */
export function hasEnded(mark: string): boolean {
  const [, host, pid] = MARK.exec(mark) ?? [];
  if (host !== HOST || mark === processMark) return false;
  // It had this process' id, so it is no more.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
