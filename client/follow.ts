import type { Assent } from "./assent.ts";
import type { AnswerOf, CallOptions } from "./calls.ts";
import type { ROUTES } from "../src/contract/routes.ts";
import { sleep, Waiting } from "./patience.ts";

/** A job and how far it is. */
export type Job = Awaited<AnswerOf<(typeof ROUTES)["getJob"]>>;

/** A stream that ended before its job is opened again after this long. */
const AGAIN_MS = 1000;

/**
 * A job's progress until it is over, whatever happens to the connection meanwhile: the service may
 * be restarted. Each state is told once. Throws as `watchJob` does.
 */
export async function* followJob(
  assent: Assent,
  job: string,
  options: CallOptions = {},
): AsyncGenerator<Job> {
  const waiting = new Waiting(assent.wire.patience, options.signal);
  for (let before = ""; ;) {
    try {
      for await (const state of assent.watchJob({ job }, options)) {
        const text = JSON.stringify(state);
        if (text !== before) {
          waiting.restart();
          before = text;
          yield state;
        }
        if (isOver(state)) return;
      }
      await sleep(AGAIN_MS, options.signal);
    } catch (error) {
      await waiting.after(error);
    }
  }
}

/** True for a job that will not go on. */
export function isOver({ state }: Job): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}
