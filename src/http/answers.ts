import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Whoever does not read their answer keeps nobody waiting longer than this. */
const WAIT_MS_MAX = 1000;

/**
 * [Note: answers on their way] A search looks at the grants a last time after its commit. Between
 * that look and the network its answer still names whoever it found, and a withdrawal that is
 * committed and answered meanwhile would overtake it. So every change is answered only after the
 * answers that had begun their last look before: whoever has been told that they are out of the
 * searches sees no answer of this process come after it that names them.
 */
export class AnswersOnTheirWay {
  readonly #underWay = new Set<Promise<void>>();

  /** From now until it has left this process, or never will, an answer may name people. */
  begin(response: ServerResponse): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    response.once("finish", resolve);
    response.once("close", resolve);
    if (response.writableFinished || response.destroyed) resolve();
    this.#underWay.add(promise);
    void promise.then(() => this.#underWay.delete(promise));
  }

  /** Waits for the answers that are under way now, not for later ones. */
  async gone(): Promise<void> {
    if (this.#underWay.size === 0) return;
    const enough = new AbortController();
    const late = sleep(WAIT_MS_MAX, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#underWay), late]);
    enough.abort();
  }
}
