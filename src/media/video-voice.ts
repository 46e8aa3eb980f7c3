import {
  AV_LOG_QUIET,
  AV_NOPTS_VALUE,
  Decoder,
  Demuxer,
  FilterAPI,
  Log,
  type Packet,
} from "node-av";
import type { Channels } from "./video-output.ts";
import { SOUND_RATE, type SoundPiece } from "./video-sound.ts";

// What FFmpeg says of a file may name it, and goes to nobody: what counts is thrown.
Log.setLevel(AV_LOG_QUIET);

/** The sound of a video, decoded as it is asked for: one or two channels, SOUND_RATE a second. */
export class VideoVoice implements AsyncDisposable {
  readonly #file: Demuxer;
  readonly #decoder: Decoder;
  readonly #filter: FilterAPI;
  readonly #pieces: AsyncGenerator<SoundPiece, void>;
  #next: SoundPiece | null = null;
  readonly channels: Channels;

  private constructor(file: Demuxer, decoder: Decoder, channels: Channels, index: number) {
    this.#file = file;
    this.#decoder = decoder;
    this.channels = channels;
    const layout = channels === 1 ? "mono" : "stereo";
    this.#filter = FilterAPI.create(
      `aresample=${SOUND_RATE},aformat=sample_fmts=flt:channel_layouts=${layout}`,
      { allowReinit: true },
    );
    this.#pieces = this.#decode(index);
  }

  /** Opens the sound of a file, or null where it has none that can be read. */
  static async open(path: string): Promise<VideoVoice | null> {
    const file = await Demuxer.open(path, { copyTs: true });
    try {
      const stream = file.audio();
      if (stream) {
        const decoder = await Decoder.create(stream, { exitOnError: false });
        return new VideoVoice(file, decoder, stream.codecpar.channels === 1 ? 1 : 2, stream.index);
      }
    } catch {
      // A codec that is not known here: the copy is silent.
    }
    await file.close();
    return null;
  }

  /** The pieces that begin before a moment and were not given yet. */
  async *until(at: number): AsyncGenerator<SoundPiece> {
    for (;;) {
      const piece = this.#next ?? (await this.#pieces.next()).value;
      this.#next = piece ?? null;
      if (!piece || piece.at >= at) return;
      this.#next = null;
      yield piece;
    }
  }

  async *#decode(index: number): AsyncGenerator<SoundPiece, void> {
    for await (using packet of this.#file.packets(index)) if (packet) yield* this.#piecesOf(packet);
    yield* this.#piecesOf(null);
  }

  /** What a packet gives, or with null what is left. */
  async *#piecesOf(packet: Packet | null): AsyncGenerator<SoundPiece> {
    for (const decoded of await this.#decoder.decodeAll(packet)) {
      using frame = decoded;
      yield* this.#toPieces(await this.#filter.processAll(frame));
    }
    if (packet === null) yield* this.#toPieces(await this.#filter.processAll(null));
  }

  *#toPieces(frames: Awaited<ReturnType<FilterAPI["processAll"]>>): Generator<SoundPiece> {
    for (const one of frames) {
      using frame = one;
      if (frame.pts === AV_NOPTS_VALUE) continue;
      const { num, den } = frame.timeBase;
      const at = (Number(frame.pts) * num) / den - this.#file.startTime;
      const bytes = Uint8Array.from(frame.toBuffer());
      yield { at, samples: new Float32Array(bytes.buffer) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#decoder.close();
    this.#filter.close();
    await this.#file.close();
  }
}
