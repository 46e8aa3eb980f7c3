import { create } from "qrcode";
import { PrintError } from "./errors.ts";

/**
 * The light margin that readers need around a code, in modules (ISO/IEC 18004).
 */
export const QUIET_ZONE = 4;
/** What a code of the largest version holds at error correction M, in bytes (ISO/IEC 18004). */
const QR_BYTES_MAX = 2331;

/** The dark modules of a QR code as runs along its rows; units are modules, from the top left. */
export interface QrCode {
  /** Modules along an edge, without the quiet zone. */
  readonly size: number;
  readonly runs: readonly { readonly x: number; readonly y: number; readonly length: number }[];
}

/**
 * Encodes a text at error correction M: a code stays readable with 15 % of it dirty or torn.
 * Throws PrintError qr_too_long.
 */
export function makeQrCode(text: string): QrCode {
  if (Buffer.byteLength(text) > QR_BYTES_MAX) {
    throw new PrintError("qr_too_long", `A QR code holds at most ${QR_BYTES_MAX} bytes.`);
  }
  const { modules } = create(text, { errorCorrectionLevel: "M" });
  const runs: { x: number; y: number; length: number }[] = [];
  for (let y = 0; y < modules.size; y += 1) {
    for (let x = 0; x < modules.size; x += 1) {
      if (modules.get(y, x) === 0) continue;
      const last = runs.at(-1);
      if (last?.y === y && last.x + last.length === x) last.length += 1;
      else runs.push({ x, y, length: 1 });
    }
  }
  return { size: modules.size, runs };
}
