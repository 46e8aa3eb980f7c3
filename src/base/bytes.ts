import { createHash } from "node:crypto";

/** SHA-256 as 64 lower-case hex digits. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The bytes behind any typed array, without copying. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Overwrites vectors, keys and pixels that must not outlive their use. */
export function wipe(...views: readonly (ArrayBufferView | null | undefined)[]): void {
  for (const view of views) if (view) bytesOf(view).fill(0);
}

/** Float32 values of bytes written by `bytesOf` (little-endian on every platform Node runs on). */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes);
  return new Float32Array(copy.buffer, 0, copy.length / 4);
}
