import { open, rm } from "node:fs/promises";
import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CODEC_FLAG_FRAME_DURATION,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AV_SAMPLE_FMT_FLTP,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  Codec,
  CodecContext,
  Dictionary,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBX264,
  type FFEncoderCodec,
  FFmpegError,
  FilterAPI,
  FormatContext,
  Frame,
  Packet,
  Rational,
  type Stream,
} from "node-av";
import { nameDurably, temporaryName } from "../base/files.ts";
import type { Picture } from "./picture.ts";
import { SOUND_BLOCK, SOUND_RATE } from "./video-sound.ts";

/** Ticks a second of written pictures: every usual frame rate is a whole number of them. */
const TICKS = 90_000;

/**
 * x264's quality, 0 (lossless) to 51: at 20 a copy can't be told from what was given, at about the
 * size of a phone's own video. `veryfast` encodes 1080p three times as fast as `medium`, for a tenth more bytes.
 */
const PICTURE_QUALITY = "20";
const PICTURE_PRESET = "veryfast";

/** Enough for music in stereo. */
const SOUND_BITS_PER_SECOND = 160_000n;

/** Channels of written sound: more than two are mixed down to two. */
export type Channels = 1 | 2;

/** What the file is to hold. Of an odd side the last line of pixels is left out: H.264 takes pairs. */
export interface OutputForm {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly channels: Channels | null;
}

/**
 * An MP4 file (H.264, AAC) that is written beside its name, readable by the owner alone, and gets
 * the name when it is whole. What it says first comes first: it plays while it is loaded.
 */
export class VideoOutput implements AsyncDisposable {
  readonly #path: string;
  readonly #temporary: string;
  readonly #form: OutputForm;
  readonly #file = new FormatContext();
  readonly #toYuv: FilterAPI;
  readonly #picture: Encoded;
  readonly #sound: Encoded | null;
  #blocks = 0n;
  #last = -1n;

  private constructor(path: string, temporary: string, form: OutputForm) {
    this.#path = path;
    this.#temporary = temporary;
    this.#form = form;
    this.#toYuv = FilterAPI.create(
      "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0:exact=1,scale=out_color_matrix=bt709:out_range=tv:flags=bicubic,format=yuv420p",
    );
    check(this.#file.allocOutputContext2(null, "mp4", temporary));
    this.#picture = new Encoded(this.#file, pictureEncoder(form), pictureOptions());
    this.#sound =
      form.channels === null ? null : new Encoded(this.#file, soundEncoder(form.channels), null);
  }

  /** Begins a file. Its folder exists. */
  static async create(path: string, form: OutputForm): Promise<VideoOutput> {
    const temporary = temporaryName(path);
    await (await open(temporary, "wx", 0o600)).close();
    const output = new VideoOutput(path, temporary, form);
    await output.#begin();
    return output;
  }

  async #begin(): Promise<void> {
    await this.#picture.open();
    await this.#sound?.open();
    check(await this.#file.openOutput());
    check(await this.#file.writeHeader(Dictionary.fromObject({ movflags: "+faststart" })));
  }

  /** Adds a picture, shown from `at` for `duration` seconds. They come in order. */
  async addPicture(picture: Picture, at: number, duration: number): Promise<void> {
    const { width, height, data } = picture;
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const timeBase = { num: 1, den: TICKS };
    using rgb = Frame.fromVideoBuffer(bytes, { width, height, format: AV_PIX_FMT_RGB24, timeBase });
    const pts = this.#tick(at);
    rgb.pts = pts;
    for (const frame of await this.#toYuv.processAll(rgb)) {
      using yuv = frame;
      yuv.pts = pts;
      yuv.timeBase = new Rational(1, TICKS);
      yuv.duration = BigInt(Math.max(1, Math.round(duration * TICKS)));
      await this.#picture.add(yuv);
    }
  }

  /** Later than the last, whatever rounding does. */
  #tick(at: number): bigint {
    const tick = BigInt(Math.round(at * TICKS));
    this.#last = tick > this.#last ? tick : this.#last + 1n;
    return this.#last;
  }

  /** Adds a block of sound behind the last. */
  async addSound(planes: Float32Array): Promise<void> {
    const { channels } = this.#form;
    if (!this.#sound || channels === null) return;
    using frame = Frame.fromAudioBuffer(
      Buffer.from(planes.buffer, planes.byteOffset, planes.byteLength),
      {
        nbSamples: SOUND_BLOCK,
        format: AV_SAMPLE_FMT_FLTP,
        sampleRate: SOUND_RATE,
        channelLayout: layoutOf(channels),
        timeBase: { num: 1, den: SOUND_RATE },
        pts: this.#blocks * BigInt(SOUND_BLOCK),
      },
    );
    this.#blocks += 1n;
    await this.#sound.add(frame);
  }

  /** Ends the file and gives it its name, durably. */
  async finish(): Promise<void> {
    await this.#picture.add(null);
    await this.#sound?.add(null);
    check(await this.#file.writeTrailer());
    await this.#file.closeOutput();
    await nameDurably(this.#temporary, this.#path);
  }

  /** Frees what it holds; a file that was not finished is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#toYuv.close();
    this.#picture[Symbol.dispose]();
    this.#sound?.[Symbol.dispose]();
    await this.#file[Symbol.asyncDispose]();
    await rm(this.#temporary, { force: true });
  }
}

/** A stream of the file and what encodes it. */
class Encoded implements Disposable {
  readonly #file: FormatContext;
  readonly #encoder: CodecContext;
  readonly #options: Dictionary | null;
  readonly #stream: Stream;
  readonly #packet = new Packet();

  constructor(file: FormatContext, encoder: CodecContext, options: Dictionary | null) {
    this.#file = file;
    this.#encoder = encoder;
    this.#options = options;
    this.#stream = file.newStream();
    this.#packet.alloc();
    encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  }

  async open(): Promise<void> {
    check(await this.#encoder.open2(null, this.#options));
    check(this.#stream.codecpar.fromContext(this.#encoder));
    this.#stream.timeBase = this.#encoder.timeBase;
  }

  /** Encodes a frame, or what is left; writes what is ready. */
  async add(frame: Frame | null): Promise<void> {
    check(await this.#encoder.sendFrame(frame));
    while (true) {
      const answer = await this.#encoder.receivePacket(this.#packet);
      if (answer === AVERROR_EAGAIN || answer === AVERROR_EOF) return;
      check(answer);
      this.#packet.streamIndex = this.#stream.index;
      this.#packet.rescaleTs(this.#encoder.timeBase, this.#stream.timeBase);
      check(await this.#file.interleavedWriteFrame(this.#packet));
    }
  }

  [Symbol.dispose](): void {
    this.#packet.free();
    this.#encoder.freeContext();
  }
}

function pictureEncoder({ width, height, framesPerSecond }: OutputForm): CodecContext {
  const encoder = encoderOf(FF_ENCODER_LIBX264);
  encoder.width = width - (width % 2);
  encoder.height = height - (height % 2);
  encoder.pixelFormat = AV_PIX_FMT_YUV420P;
  encoder.timeBase = new Rational(1, TICKS);
  encoder.framerate = new Rational(Math.max(1, Math.round(framesPerSecond * 1000)), 1000);
  encoder.sampleAspectRatio = new Rational(1, 1);
  encoder.colorRange = AVCOL_RANGE_MPEG;
  encoder.colorSpace = AVCOL_SPC_BT709;
  encoder.colorPrimaries = AVCOL_PRI_BT709;
  encoder.colorTrc = AVCOL_TRC_BT709;
  encoder.setFlags(AV_CODEC_FLAG_FRAME_DURATION);
  return encoder;
}

function pictureOptions(): Dictionary {
  return Dictionary.fromObject({ preset: PICTURE_PRESET, crf: PICTURE_QUALITY });
}

function soundEncoder(channels: Channels): CodecContext {
  const encoder = encoderOf(FF_ENCODER_AAC);
  encoder.sampleRate = SOUND_RATE;
  encoder.sampleFormat = AV_SAMPLE_FMT_FLTP;
  encoder.channelLayout = layoutOf(channels);
  encoder.bitRate = SOUND_BITS_PER_SECOND;
  encoder.timeBase = new Rational(1, SOUND_RATE);
  return encoder;
}

function encoderOf(name: FFEncoderCodec): CodecContext {
  const codec = Codec.findEncoderByName(name);
  if (!codec) throw new Error(`FFmpeg here has no encoder ${name}`);
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  return encoder;
}

function layoutOf(channels: Channels) {
  return channels === 1 ? AV_CHANNEL_LAYOUT_MONO : AV_CHANNEL_LAYOUT_STEREO;
}

function check(answer: number): void {
  FFmpegError.throwIfError(answer);
}
