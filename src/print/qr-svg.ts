import { makeQrCode, QUIET_ZONE } from "./qr.ts";

/** A QR code as a picture of its own, in black on white with its quiet zone. Throws qr_too_long. */
export function qrSvg(text: string): string {
  const { size, runs } = makeQrCode(text);
  const path = runs.map(({ x, y, length }) => `M${x} ${y}h${length}v1h-${length}z`).join("");
  const edge = size + 2 * QUIET_ZONE;
  const box = `${-QUIET_ZONE} ${-QUIET_ZONE} ${edge} ${edge}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" role="img" aria-label="QR code" ` +
    'shape-rendering="crispEdges">' +
    `<rect x="${-QUIET_ZONE}" y="${-QUIET_ZONE}" width="${edge}" height="${edge}" fill="#fff"/>` +
    `<path d="${path}" fill="#000"/></svg>`
  );
}
