import { AV_LOG_QUIET } from "node-av/constants";
import { FFmpegError, FormatContext, Log, Packet } from "node-av/lib";
import { openVideoFile } from "../src/media/video-file.ts";

/**
 * Writes the picture of a video over and over until the file lasts as long as it should, without
 * encoding: its packets are copied, each time as much later as the video lasts.
 */
export function lengthenVideo(from: string, to: string, seconds: number): void {
  Log.setLevel(AV_LOG_QUIET);
  const output = new FormatContext();
  check(output.allocOutputContext2(null, null, to));
  const made = output.newStream();
  const packet = new Packet();
  packet.alloc();
  let shift = 0n;
  for (let done = 0; done < seconds;) {
    const { format, stream, info } = openVideoFile(from);
    if (done === 0) {
      check(stream.codecpar.copy(made.codecpar));
      made.timeBase = stream.timeBase;
      check(output.openOutputSync());
      check(output.writeHeaderSync());
    }
    while (format.readFrameSync(packet) >= 0) {
      if (packet.streamIndex === stream.index) {
        packet.streamIndex = made.index;
        packet.pts += shift;
        packet.dts += shift;
        packet.rescaleTs(stream.timeBase, made.timeBase);
        check(output.interleavedWriteFrameSync(packet));
      }
      packet.unref();
    }
    const { num, den } = stream.timeBase;
    shift += BigInt(Math.round((info.seconds * den) / num));
    done += info.seconds;
    format.closeInputSync();
  }
  check(output.writeTrailerSync());
  output.closeOutputSync();
  packet.free();
}

function check(result: number): void {
  FFmpegError.throwIfError(result);
}
