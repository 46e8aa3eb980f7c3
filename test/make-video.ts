import {
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV420P10LE,
  AVFMT_GLOBALHEADER,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_LOG_QUIET,
} from "node-av/constants";
import type { FFEncoderCodec } from "node-av/constants";
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  Frame,
  Log,
  Packet,
  Rational,
  SoftwareScaleContext,
} from "node-av/lib";
import type { Stream } from "node-av/lib";
import type { Picture } from "../src/media/picture.ts";

/** Degrees clockwise. */
export type Rotation = 0 | 90 | 180 | 270;

/** How a test's video is made. The path's suffix chooses the container. */
export interface VideoPlan {
  readonly path: string;
  /** One of the FF_ENCODER_ names of node-av/constants. */
  readonly codec: FFEncoderCodec;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly frames: number;
  readonly options?: Readonly<Record<string, string>>;
  /** Options of the container. */
  readonly containerOptions?: Readonly<Record<string, string>>;
  /** Ten bits a colour, as new cameras film. */
  readonly tenBit?: boolean;
  /** When a frame is shown, counted in frames of the rate; without it one after the other. */
  readonly tickOf?: (index: number) => number;
  /** Players are told to turn each frame by so many degrees clockwise. */
  readonly rotation?: Rotation;
  /** The picture of a frame: as large as the video. */
  readonly draw: (index: number) => Picture;
}

/** Writes a video of drawn pictures, in this thread: quick and small codecs' settings. */
export function makeVideo(plan: VideoPlan): void {
  Log.setLevel(AV_LOG_QUIET);
  const format = new FormatContext();
  check(format.allocOutputContext2(null, null, plan.path));
  const codec = Codec.findEncoderByName(plan.codec);
  if (!codec) throw new Error("There is no such encoder");
  const stream = format.newStream(codec);
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  encoder.width = plan.width;
  encoder.height = plan.height;
  const pixelFormat = plan.tenBit === true ? AV_PIX_FMT_YUV420P10LE : AV_PIX_FMT_YUV420P;
  encoder.pixelFormat = pixelFormat;
  encoder.timeBase = new Rational(1, plan.framesPerSecond);
  encoder.framerate = new Rational(plan.framesPerSecond, 1);
  encoder.gopSize = plan.framesPerSecond * 2;
  if (format.oformat?.hasFlags(AVFMT_GLOBALHEADER) === true)
    encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  // Set one by one: a dictionary handed to open2 is freed twice.
  for (const [name, value] of Object.entries(plan.options ?? {}))
    check(encoder.setOption(name, value));
  check(encoder.open2Sync(codec, null));
  check(stream.codecpar.fromContext(encoder));
  stream.timeBase = encoder.timeBase;
  if (plan.rotation) turnStream(stream, plan.rotation);
  check(format.openOutputSync());
  const { containerOptions } = plan;
  check(format.writeHeaderSync(containerOptions ? Dictionary.fromObject(containerOptions) : null));
  const write = packetWriter(format, encoder, stream.index);
  const scaler = new SoftwareScaleContext();
  scaler.allocContext();
  for (let index = 0; index < plan.frames; index += 1) {
    const picture = plan.draw(index);
    const rgb = Frame.fromVideoBuffer(Buffer.from(picture.data), {
      width: plan.width,
      height: plan.height,
      format: AV_PIX_FMT_RGB24,
    });
    const frame = new Frame();
    frame.alloc();
    frame.width = plan.width;
    frame.height = plan.height;
    frame.format = pixelFormat;
    check(frame.getBuffer());
    check(scaler.scaleFrameSync(frame, rgb));
    frame.pts = BigInt(plan.tickOf?.(index) ?? index);
    check(encoder.sendFrameSync(frame));
    frame.free();
    rgb.free();
    write();
  }
  check(encoder.sendFrameSync(null));
  write();
  check(format.writeTrailerSync());
  format.closeOutputSync();
  scaler.freeContext();
  encoder.freeContext();
}

/** Writes the display matrix that phones write: what is stored is to be turned clockwise. */
function turnStream({ codecpar }: Stream, rotation: number): void {
  const angle = (rotation * Math.PI) / 180;
  const [cos, sin] = [Math.round(Math.cos(angle)) * 65_536, Math.round(Math.sin(angle)) * 65_536];
  const matrix = Buffer.alloc(36);
  for (const [index, value] of [cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30].entries())
    matrix.writeInt32LE(value, index * 4);
  codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, matrix);
}

function packetWriter(format: FormatContext, encoder: CodecContext, index: number): () => void {
  const packet = new Packet();
  packet.alloc();
  return () => {
    while (encoder.receivePacketSync(packet) >= 0) {
      packet.streamIndex = index;
      packet.duration = 1n;
      const [stream] = format.streams;
      if (stream) packet.rescaleTs(encoder.timeBase, stream.timeBase);
      check(format.interleavedWriteFrameSync(packet));
    }
  };
}

function check(result: number): void {
  FFmpegError.throwIfError(result);
}
