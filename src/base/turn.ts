/** Lets one piece of work run at a time; the others wait in the order they came. */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();

  /** Throws the reason of `signal` where it is aborted before the turn comes: at once. */
  async take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    try {
      await (signal ? unlessAborted(before, signal) : before);
    } catch (error) {
      // Whoever comes next still waits for the one before.
      void before.then(() => resolve());
      throw error;
    }
    try {
      return await work();
    } finally {
      resolve();
    }
  }
}

async function unlessAborted(awaited: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    await Promise.race([awaited, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
