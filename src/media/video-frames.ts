import {
  AV_LOG_QUIET,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  Decoder,
  Demuxer,
  FilterAPI,
  type Frame,
  Log,
  type Packet,
  type Stream,
} from "node-av";
import { assert } from "../base/errors.ts";
import type { Picture } from "./picture.ts";
import type { Channels } from "./video-output.ts";
import { SOUND_RATE, type SoundPiece } from "./video-sound.ts";

// What FFmpeg says of a file may name it, and goes to nobody: what counts is thrown.
Log.setLevel(AV_LOG_QUIET);

/** A frame: when it is shown, in seconds from the beginning of the video, and its pixels, upright. */
export interface VideoFrame {
  readonly at: number;
  /** Seconds it is shown for, as far as the file says: 0 where it does not. */
  readonly duration: number;
  readonly picture: Picture;
}

/** What comes out of a file, in the order in which it lies there. */
export type Piece =
  | { readonly kind: "frame"; readonly frame: VideoFrame }
  | { readonly kind: "sound"; readonly piece: SoundPiece };

/** An opened video. */
export class VideoFrames implements AsyncDisposable {
  readonly #file: Demuxer;
  readonly #pictures: Track;
  readonly #sound: Track | null;
  readonly channels: Channels | null;

  private constructor(file: Demuxer, pictures: Track, sound: Track | null) {
    this.#file = file;
    this.#pictures = pictures;
    this.#sound = sound;
    this.channels = sound ? (sound.stream.codecpar.channels === 1 ? 1 : 2) : null;
  }

  /** Opens a file's pictures, and its sound where it is wanted and there. */
  static async open(path: string, { sound }: { readonly sound: boolean }): Promise<VideoFrames> {
    const file = await Demuxer.open(path, { copyTs: true });
    try {
      const pictures = file.video();
      assert(pictures, "A video has pictures");
      const voice = sound ? file.audio() : undefined;
      return new VideoFrames(
        file,
        await Track.open(pictures, pictureFilter(pictures)),
        voice ? await Track.open(voice, soundFilter(voice)) : null,
      );
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Seconds, as the file says; it may be wrong. */
  get seconds(): number {
    return this.#file.duration;
  }

  get framesPerSecond(): number {
    const { avgFrameRate } = this.#pictures.stream;
    return avgFrameRate.num > 0 && avgFrameRate.den > 0 ? avgFrameRate.num / avgFrameRate.den : 25;
  }

  /** Everything, frame by frame. Throws the reason of `signal`. */
  async *pieces(signal?: AbortSignal): AsyncGenerator<Piece> {
    for await (using packet of this.#file.packets()) {
      signal?.throwIfAborted();
      if (packet) yield* this.#decode(packet.streamIndex, packet);
    }
    for (const { stream } of [this.#pictures, this.#sound].filter((one) => one !== null)) {
      yield* this.#decode(stream.index, null);
    }
  }

  async *#decode(stream: number, packet: Packet | null): AsyncGenerator<Piece> {
    if (stream === this.#pictures.stream.index) {
      for await (const frame of this.#pictures.frames(packet, this.#start)) {
        yield { kind: "frame", frame: toPicture(frame) };
      }
    } else if (stream === this.#sound?.stream.index) {
      for await (const frame of this.#sound.frames(packet, this.#start)) {
        yield { kind: "sound", piece: toSound(frame) };
      }
    }
  }

  /** When the file begins, by its own clock, in seconds. */
  get #start(): number {
    return this.#file.startTime;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pictures[Symbol.dispose]();
    this.#sound?.[Symbol.dispose]();
    await this.#file.close();
  }
}

interface Timed {
  readonly frame: Frame;
  readonly at: number;
  readonly duration: number;
}

/** One stream of a file: what decodes it, and what brings it into our form. */
class Track implements Disposable {
  readonly stream: Stream;
  readonly #decoder: Decoder;
  readonly #filter: FilterAPI;

  private constructor(stream: Stream, decoder: Decoder, filter: FilterAPI) {
    this.stream = stream;
    this.#decoder = decoder;
    this.#filter = filter;
  }

  static async open(stream: Stream, filter: string): Promise<Track> {
    const decoder = await Decoder.create(stream, { exitOnError: false });
    return new Track(stream, decoder, FilterAPI.create(filter, { allowReinit: true }));
  }

  /** The frames of a packet, or with null what is left. Each is freed when the next is asked for. */
  async *frames(packet: Packet | null, start: number): AsyncGenerator<Timed> {
    for (const decoded of await this.#decoder.decodeAll(packet)) {
      using frame = decoded;
      yield* this.#filtered(frame, start);
    }
    if (packet === null) yield* this.#filtered(null, start);
  }

  async *#filtered(frame: Frame | null, start: number): AsyncGenerator<Timed> {
    for (const one of await this.#filter.processAll(frame)) {
      using filtered = one;
      if (filtered.pts === AV_NOPTS_VALUE) continue;
      const { num, den } = filtered.timeBase;
      const at = (Number(filtered.pts) * num) / den - start;
      yield { frame: filtered, at, duration: (Number(filtered.duration) * num) / den };
    }
  }

  [Symbol.dispose](): void {
    this.#decoder.close();
    this.#filter.close();
  }
}

function toPicture({ frame, at, duration }: Timed): VideoFrame {
  const { width, height } = frame;
  return { at, duration, picture: { width, height, data: frame.toBuffer() } };
}

function toSound({ frame, at }: Timed): SoundPiece {
  const bytes = frame.toBuffer();
  return { at, samples: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4) };
}

/**
 * Upright, with square pixels and even sides, as RGB. Colours of HD video that does not say so are
 * taken for BT.709, as players do.
 */
function pictureFilter(stream: Stream): string {
  const { height, colorSpace } = stream.codecpar;
  const hd = String(colorSpace) === UNSPECIFIED && height > SD_HEIGHT_MAX;
  const colours = hd ? ":in_color_matrix=bt709" : "";
  const size = "w='max(2,trunc(iw*sar/2)*2)':h='max(2,trunc(ih/2)*2)'";
  return [
    ...turnFilters(stream),
    `scale=${size}${colours}:flags=bicubic`,
    "setsar=1",
    "format=rgb24",
  ].join(",");
}

const UNSPECIFIED = "2";
const SD_HEIGHT_MAX = 576;

function soundFilter({ codecpar }: Stream): string {
  const layout = codecpar.channels === 1 ? "mono" : "stereo";
  return `aresample=${SOUND_RATE},aformat=sample_fmts=flt:channel_layouts=${layout}`;
}

/** What turns a picture upright: by the file's display matrix, as FFmpeg's own programs do it. */
function turnFilters({ codecpar }: Stream): readonly string[] {
  const bytes = codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
  if (!bytes || bytes.length < 36) return [];
  const matrix = Array.from({ length: 9 }, (_, index) => bytes.readInt32LE(index * 4));
  const [a = 0, b = 0, , c = 0, d = 0] = matrix;
  const turn = Math.round((Math.atan2(b, a) * 2) / Math.PI) & 3;
  // A mirrored picture has a negative determinant; then it is flipped first.
  const mirrored = a * d - b * c < 0;
  const flip = mirrored ? ["hflip"] : [];
  const turns = [[], ["transpose=clock"], ["hflip", "vflip"], ["transpose=cclock"]];
  return [...flip, ...(turns[turn] ?? [])];
}
