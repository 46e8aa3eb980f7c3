import { setTimeout as sleep } from "node:timers/promises";

/**
 * [Note: native gate] A thread that is terminated while ONNX Runtime works in it takes the process
 * with it (it throws into a stopped JavaScript engine, and nothing catches that). So a worker goes
 * through a gate before it calls the runtime, and whoever ends the worker closes the gate first and
 * waits until nobody is inside. Two numbers in shared memory: the worker says "inside" before it
 * looks whether the gate is closed, the other closes it before looking whether somebody is inside;
 * one of them always sees the other.
 */
const CLOSED = 0;
const INSIDE = 1;

/** How often the gate is looked at while somebody is inside: runs take 5 to 100 ms. */
const POLL_MS = 5;

/** One worker's gate; both threads make theirs from the same memory. */
export class NativeGate {
  readonly memory: SharedArrayBuffer;
  readonly #flags: Int32Array;

  constructor(memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#flags = new Int32Array(memory);
  }

  /** In the worker: does `work` inside. Once the gate is closed, waits for the end instead. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    Atomics.store(this.#flags, INSIDE, 1);
    try {
      if (Atomics.load(this.#flags, CLOSED) === 1) this.#waitForTheEnd();
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Closes the gate; true as soon as nobody is inside, false if somebody stays for `msMax`. */
  async close(msMax: number): Promise<boolean> {
    Atomics.store(this.#flags, CLOSED, 1);
    const deadline = performance.now() + msMax;
    while (Atomics.load(this.#flags, INSIDE) === 1) {
      if (performance.now() > deadline) return false;
      await sleep(POLL_MS);
    }
    return true;
  }

  /** The same, holding up this thread: for the end of the process, when nothing else runs. */
  closeAndBlock(msMax: number): boolean {
    Atomics.store(this.#flags, CLOSED, 1);
    return Atomics.wait(this.#flags, INSIDE, 1, msMax) !== "timed-out";
  }

  #leave(): void {
    Atomics.store(this.#flags, INSIDE, 0);
    Atomics.notify(this.#flags, INSIDE);
  }

  #waitForTheEnd(): void {
    this.#leave();
    Atomics.wait(this.#flags, CLOSED, 1);
  }
}
