import type { Timeline } from "./video-timeline.ts";

/** Samples a second of every sound track we write: what AAC players all know. */
export const SOUND_RATE = 48_000;

/** Samples of one AAC packet. */
export const SOUND_BLOCK = 1024;

/**
 * Sound that begins later than it should by more than this is preceded by silence, and by less is
 * taken as it comes: containers that count in milliseconds tremble by one.
 */
const GAP_SECONDS = 0.01;

/** Interleaved samples of as many channels as the track has, and when they begin. */
export interface SoundPiece {
  readonly at: number;
  readonly samples: Float32Array;
}

/**
 * Lays decoded sound on the timeline of what is written: exact to the sample, gaps filled with
 * silence, overlaps and what is cut out left away; gives it back in blocks, as planes.
 */
export class SoundLayer {
  readonly #channels: number;
  readonly #timeline: Timeline;
  /** Samples laid so far, of the track that is written. */
  #laid = 0;
  #rest: Float32Array;
  #restLength = 0;

  constructor(channels: number, timeline: Timeline) {
    this.#channels = channels;
    this.#timeline = timeline;
    this.#rest = new Float32Array(SOUND_BLOCK * channels);
  }

  /** Adds a piece. Yields every block that is full: a plane a channel, one behind the other. */
  *add({ at, samples }: SoundPiece): Generator<Float32Array> {
    const frames = samples.length / this.#channels;
    const to = at + frames / SOUND_RATE;
    for (const part of this.#timeline.parts({ from: at, to })) {
      const first = Math.round((part.from - at) * SOUND_RATE);
      const last = Math.min(frames, Math.round((part.to - at) * SOUND_RATE));
      yield* this.#lay(samples.subarray(first * this.#channels, last * this.#channels), part.start);
    }
  }

  /** What is left at the end, filled up with silence. */
  *finish(): Generator<Float32Array> {
    if (this.#restLength === 0) return;
    this.#rest.fill(0, this.#restLength * this.#channels);
    this.#restLength = SOUND_BLOCK;
    yield this.#planes();
  }

  *#lay(samples: Float32Array, start: number): Generator<Float32Array> {
    const target = Math.round(start * SOUND_RATE);
    if (target - this.#laid > GAP_SECONDS * SOUND_RATE) yield* this.#silence(target - this.#laid);
    const doubled = Math.max(0, this.#laid - target);
    const skipped = doubled > GAP_SECONDS * SOUND_RATE ? doubled : 0;
    yield* this.#push(samples.subarray(skipped * this.#channels));
  }

  *#silence(frames: number): Generator<Float32Array> {
    const quiet = new Float32Array(SOUND_BLOCK * this.#channels);
    for (let left = frames; left > 0; left -= SOUND_BLOCK) {
      yield* this.#push(quiet.subarray(0, Math.min(left, SOUND_BLOCK) * this.#channels));
    }
  }

  *#push(samples: Float32Array): Generator<Float32Array> {
    const channels = this.#channels;
    const frames = samples.length / channels;
    this.#laid += frames;
    for (let done = 0; done < frames;) {
      const count = Math.min(frames - done, SOUND_BLOCK - this.#restLength);
      const piece = samples.subarray(done * channels, (done + count) * channels);
      this.#rest.set(piece, this.#restLength * channels);
      this.#restLength += count;
      done += count;
      if (this.#restLength === SOUND_BLOCK) yield this.#planes();
    }
  }

  #planes(): Float32Array {
    const channels = this.#channels;
    const planes = new Float32Array(SOUND_BLOCK * channels);
    for (let channel = 0; channel < channels; channel += 1)
      for (let index = 0; index < SOUND_BLOCK; index += 1)
        planes[channel * SOUND_BLOCK + index] = this.#rest[index * channels + channel] ?? 0;
    this.#restLength = 0;
    return planes;
  }
}
