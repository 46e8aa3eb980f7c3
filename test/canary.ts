import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesOf } from "../src/base/bytes.ts";

/** Bytes of a vector looked for together: no other data has 16 given bytes by chance. */
const WINDOW_BYTES = 16;
/** Digits of a number looked for as text; what is printed with more begins with these. */
const DIGITS = 7;
/** So many numbers of a vector are no chance; one may be the coordinate of a face. */
const NUMBERS_MIN = 3;

/** The ways in which a vector may lie in a file, each as a function to bytes or text. */
const BINARY = {
  f32le: (vector: Float32Array) => bytesOf(new Float32Array(vector)),
  f32be: (vector: Float32Array) => swapped(bytesOf(new Float32Array(vector)), 4),
  f16le: (vector: Float32Array) => bytesOf(new Float16Array(vector)),
  f16be: (vector: Float32Array) => swapped(bytesOf(new Float16Array(vector)), 2),
  f64le: (vector: Float32Array) => bytesOf(new Float64Array(vector)),
} as const;

export type Encoding = keyof typeof BINARY | `hex ${string}` | `base64 ${string}` | "decimals";

/** Something to look for, and what it would show. */
interface Needle {
  readonly bytes: Uint8Array;
  readonly shows: string;
  /** How many different needles that show the same must be there. */
  readonly atLeast: number;
}

/** Looks for vectors, and other bytes that must not be there, in everything that was written. */
export class Canaries {
  /** By their first eight bytes. */
  readonly #needles = new Map<string, Needle[]>();
  /**
   * Which pairs of bytes any needle has at 0, 2, 4 and 6: nearly every place of a file is passed
   * over by them.
   */
  readonly #pairs = [0, 1, 2, 3].map(() => new Uint8Array(65_536));

  /** Looks for any part of a vector: 16 bytes of it in any encoding, or three of its numbers. */
  addVector(name: string, vector: Float32Array): void {
    for (const [encoding, encode] of Object.entries(BINARY)) {
      const bytes = encode(vector);
      for (let start = 0; start + WINDOW_BYTES <= bytes.length; start += WINDOW_BYTES) {
        const window = bytes.subarray(start, start + WINDOW_BYTES);
        this.#add(window, `${name} as ${encoding}`);
        const hex = Buffer.from(window).toString("hex");
        this.#add(Buffer.from(hex), `${name} as hex ${encoding}`);
        this.#add(Buffer.from(hex.toUpperCase()), `${name} as HEX ${encoding}`);
      }
      for (const text of base64Windows(bytes)) {
        this.#add(Buffer.from(text), `${name} as base64 ${encoding}`);
      }
    }
    for (const value of vector) {
      const text = decimals(value);
      if (text) this.#add(Buffer.from(text), `${name} as decimals`, NUMBERS_MIN);
    }
  }

  /** Looks for these very bytes. */
  addBytes(name: string, bytes: Uint8Array): void {
    this.#add(bytes, name);
  }

  /** What of it is in some bytes: each name once. */
  findIn(bytes: Uint8Array): readonly string[] {
    const found = new Set<Needle>();
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let place = 0; place + KEY_BYTES <= all.length; place += 1) {
      if (!this.#mayStart(all, place)) continue;
      for (const needle of this.#needles.get(keyAt(all, place)) ?? []) {
        const there = all.subarray(place, place + needle.bytes.length);
        if (there.equals(needle.bytes)) found.add(needle);
      }
    }
    const counts = new Map<string, number>();
    for (const { shows } of found) counts.set(shows, (counts.get(shows) ?? 0) + 1);
    const enough = [...found].filter((one) => (counts.get(one.shows) ?? 0) >= one.atLeast);
    return [...new Set(enough.map(({ shows }) => shows))].sort();
  }

  /** What of it is in the files below a folder, as `file: what`. */
  async findBelow(folder: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const file of await filesBelow(folder)) {
      const bytes = await readFile(file);
      for (const what of this.findIn(bytes))
        found.push(`${file.slice(folder.length + 1)}: ${what}`);
    }
    return found;
  }

  #add(bytes: Uint8Array, shows: string, atLeast = 1): void {
    const key = keyAt(Buffer.from(bytes), 0);
    const known = this.#needles.get(key) ?? [];
    this.#needles.set(key, known);
    known.push({ bytes, shows, atLeast });
    for (const [index, pair] of this.#pairs.entries()) pair[pairAt(bytes, 2 * index)] = 1;
  }

  #mayStart(bytes: Uint8Array, place: number): boolean {
    for (let index = 0; index < 4; index += 1) {
      if (this.#pairs[index]?.[pairAt(bytes, place + 2 * index)] !== 1) return false;
    }
    return true;
  }
}

function pairAt(bytes: Uint8Array, place: number): number {
  return (bytes[place] ?? 0) | ((bytes[place + 1] ?? 0) << 8);
}

/** Every needle has at least these. */
const KEY_BYTES = 8;

function keyAt(bytes: Buffer, place: number): string {
  return bytes.toString("latin1", place, place + KEY_BYTES);
}

/** Every regular file below a folder. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

/** A number as the text that both a full and a rounded print of it begin with, or null near zero. */
function decimals(value: number): string | null {
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3) return null;
  const full = magnitude.toFixed(20);
  const first = full.search(/[1-9]/u);
  return full.slice(0, first + DIGITS);
}

/** Base64 of inner parts, at all three ways in which they can lie in a longer text. */
function base64Windows(bytes: Uint8Array): readonly string[] {
  const windows: string[] = [];
  for (let start = 0; start + 18 <= bytes.length; start += 18) {
    const window = Buffer.from(bytes.subarray(start, start + 18));
    for (const shift of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(shift), window]).toString("base64");
      // The first and last letters depend on what lies beside.
      const inner = text.slice(4, 4 + 18);
      windows.push(inner, inner.replaceAll("+", "-").replaceAll("/", "_"));
    }
  }
  return windows;
}

function swapped(bytes: Uint8Array, width: 2 | 4): Uint8Array {
  const copy = Buffer.from(bytes);
  return width === 2 ? copy.swap16() : copy.swap32();
}
