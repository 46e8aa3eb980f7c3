import { AppError } from "../base/errors.ts";
import { complain } from "./output.ts";

/** The person at the terminal has stopped the work. */
export class StoppedError extends AppError<"stopped"> {}

/**
 * While it lives, Ctrl-C asks the work to stop after what is under way; the next one ends the
 * process at once (nothing is lost by that either).
 */
export class StopAsked implements Disposable {
  readonly #controller = new AbortController();
  readonly #listen = (): void => {
    if (this.#controller.signal.aborted) {
      this[Symbol.dispose]();
      process.kill(process.pid, "SIGINT");
      return;
    }
    complain("Stopping after the photos under way. Ctrl-C once more stops at once.");
    const message = "Stopped. The same command goes on from here.";
    this.#controller.abort(new StoppedError("stopped", message));
  };

  constructor() {
    process.on("SIGINT", this.#listen);
  }

  /** Aborted, with a StoppedError, when asked. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    process.removeListener("SIGINT", this.#listen);
  }
}
