import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setPriority } from "node:os";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { assert } from "../base/errors.ts";
import { NICENESS } from "../base/niceness.ts";
import { MediaError } from "./errors.ts";
import type { Picture } from "./picture.ts";
import { openRegularFile } from "./source.ts";
import { VIDEO_MEMORY_BYTES_MAX, VIDEO_PIXELS_MAX, VIDEO_SILENCE_MS_MAX } from "./video-limits.ts";
import {
  type FramesWanted,
  LENGTH_BYTES,
  MESSAGE_BYTES_MAX,
  type Sampling,
  type VideoInfo,
  type VideoMessage,
} from "./video-messages.ts";

export type { Sampling, VideoInfo } from "./video-messages.ts";

/** A frame: upright, 8-bit RGB, with its time in seconds from the beginning of the video. */
export interface VideoFrame {
  readonly at: number;
  readonly picture: Picture;
  /**
   * Gives the memory of the pixels back: a later frame is written there, so nobody may look at them
   * any more. Two hours hold 40 GB of frames, and what is not given back waits for the collectors of
   * all threads that saw it.
   */
  readonly release: () => void;
}

/** Which frames, how large, and what breaks the reading off. */
export interface FrameOptions {
  readonly sampling: Sampling;
  /** Longest side in pixels; FFmpeg shrinks. Absent is full size. */
  readonly longSideMax?: number;
  readonly signal?: AbortSignal;
}

/**
 * A video open for reading, by a process of its own: a decoder that hangs, crashes or outgrows its
 * memory is ended with it. Close it with `await using`.
 */
export interface Video extends VideoInfo, AsyncDisposable {
  /**
   * The frames asked for, one reading at a time. As many are decoded as are taken, and two more.
   * A reading that is broken off closes the video. Throws MediaError, and the reason of `signal`.
   */
  frames(options: FrameOptions): AsyncGenerator<VideoFrame, void, undefined>;
}

/**
 * Opens a video file (MP4, MOV, MKV, WebM) and checks what it says of itself; its frames may still
 * turn out damaged. `file` should be one that nobody else writes. Throws MediaError.
 */
export async function openVideo(file: string): Promise<Video> {
  await (await openRegularFile(file, { links: "follow" })).close();
  const decoder = new DecoderProcess();
  try {
    decoder.ask(file);
    const first = await decoder.next();
    assert(first.kind === "info", "A decoder tells first what the video is");
    return {
      ...first.info,
      frames: (options) => readFrames(decoder, options),
      [Symbol.asyncDispose]: async () => decoder.end(),
    };
  } catch (error) {
    await decoder.end();
    throw error;
  }
}

async function* readFrames(
  decoder: DecoderProcess,
  { sampling, longSideMax, signal }: FrameOptions,
): AsyncGenerator<VideoFrame, void, undefined> {
  let whole = false;
  const spare: SharedArrayBuffer[] = [];
  const onAbort = (): void => void decoder.end();
  signal?.throwIfAborted();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    decoder.ask({ sampling, longSideMax: longSideMax ?? null } satisfies FramesWanted);
    for (;;) {
      const message = await decoder.next();
      if (message.kind === "end") {
        whole = true;
        return;
      }
      assert(message.kind === "frame", "A decoder answers with frames");
      const { at, width, height } = message;
      assert(width * height <= VIDEO_PIXELS_MAX, "A frame is as large as the video");
      const memory = memoryFor(width * height * 3, spare);
      const data = new Uint8Array(memory);
      await decoder.readInto(data);
      yield { at, picture: { width, height, data }, release: () => void spare.push(memory) };
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    if (!whole) await decoder.end();
  }
}

/** In memory that threads share: a worker looks at it where it lies. */
function memoryFor(bytes: number, spare: SharedArrayBuffer[]): SharedArrayBuffer {
  const used = spare.pop();
  return used?.byteLength === bytes ? used : new SharedArrayBuffer(bytes);
}

/** How often the memory of the process is looked at: it grows by a few frames between two looks. */
const WATCH_MS = 250;

class DecoderProcess {
  readonly #process: ChildProcess;
  readonly #input: Writable;
  readonly #output: Readable;
  readonly #ended: Promise<void>;
  readonly #watch: NodeJS.Timeout;
  /** Why the process was ended from here, if it was. */
  #fault: MediaError | null = null;

  constructor() {
    const entry = fileURLToPath(new URL("./video-child.ts", import.meta.url));
    // Nothing of the environment: secrets have no business where strangers' files are decoded.
    const child = spawn(process.execPath, ["--max-old-space-size=256", entry], {
      stdio: ["pipe", "pipe", "ignore"],
      env: {},
    });
    assert(child.stdin && child.stdout, "Pipes were asked for");
    this.#process = child;
    this.#input = child.stdin;
    this.#output = child.stdout;
    // What is written to a process that has died is of no interest.
    this.#input.on("error", () => {});
    this.#ended = new Promise((resolve) => {
      child.once("close", () => resolve());
      child.once("error", () => resolve());
    });
    if (child.pid !== undefined && process.platform === "linux") setPriority(child.pid, NICENESS);
    this.#watch = setInterval(() => void this.#checkMemory(), WATCH_MS).unref();
  }

  ask(request: unknown): void {
    this.#input.write(`${JSON.stringify(request)}\n`);
  }

  /** What the process says next. Throws MediaError where it refuses the video, or dies of it. */
  async next(): Promise<VideoMessage> {
    const length = Buffer.alloc(LENGTH_BYTES);
    await this.readInto(length);
    assert(length.readUInt32LE(0) <= MESSAGE_BYTES_MAX, "What a decoder says is short");
    const json = Buffer.alloc(length.readUInt32LE(0));
    await this.readInto(json);
    const message = JSON.parse(json.toString()) as VideoMessage;
    if (message.kind === "refused") throw new MediaError(message.code);
    return message;
  }

  /** Fills `bytes` with what the process says next. */
  async readInto(bytes: Uint8Array): Promise<void> {
    const timer = setTimeout(() => this.#giveUp(), VIDEO_SILENCE_MS_MAX);
    try {
      let filled = 0;
      while (filled < bytes.length) {
        const chunk = this.#output.read(
          Math.min(bytes.length - filled, Math.max(1, this.#output.readableLength)),
        ) as Buffer | null;
        if (chunk) {
          bytes.set(chunk, filled);
          filled += chunk.length;
        } else if (this.#output.readableEnded || this.#output.destroyed) {
          throw this.#fault ?? new MediaError("corrupt");
        } else {
          await this.#readable();
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    clearInterval(this.#watch);
    this.#process.kill("SIGKILL");
    this.#output.destroy();
    await this.#ended;
  }

  async #readable(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const events = ["readable", "end", "close", "error"] as const;
    for (const event of events) this.#output.once(event, resolve);
    await promise;
    for (const event of events) this.#output.off(event, resolve);
  }

  #giveUp(): void {
    this.#fault ??= new MediaError("video_too_heavy");
    this.#process.kill("SIGKILL");
  }

  async #checkMemory(): Promise<void> {
    if (process.platform !== "linux") return;
    // Pages of 4 KiB: all, resident, ...
    const text = await readFile(`/proc/${this.#process.pid}/statm`, "utf8").catch(() => "");
    const pages = Number(text.split(" ")[1] ?? 0);
    if (pages * 4096 > VIDEO_MEMORY_BYTES_MAX) this.#giveUp();
  }
}
