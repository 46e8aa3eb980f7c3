import type { Box, Point } from "../src/base/geometry.ts";
import { overlap } from "../src/base/geometry.ts";
import type { AnalysedFace, Analysis, Engine, FacePlace, FrameFace } from "../src/faces/engine.ts";
import type { Embedding, Landmarks } from "../src/faces/face.ts";
import { packManifest, type PackName } from "../src/faces/packs.ts";
import type { QualityProblem } from "../src/faces/quality.ts";
import { decode } from "../src/media/decode.ts";
import { sharp } from "../src/media/codec.ts";
import { type MediaCode, MediaError } from "../src/media/errors.ts";
import type { Picture } from "../src/media/picture.ts";
import { type PhotoSource, readSource } from "../src/media/source.ts";

/** A face of a made-up photo: whose it is, and where. */
export interface FakeFace {
  readonly person: string;
  readonly box?: Box;
  readonly problems?: readonly QualityProblem[];
  /** True for a face that no embedder can use. */
  readonly poor?: boolean;
  /** How far this face is from its person's own vector; the cosine falls as it grows. */
  readonly noise?: number;
}

/** What a test may see and do while the engine works. */
export interface EngineHooks {
  /** Replaces a person's vector (a canary); of unit length. */
  readonly vectorOf?: (person: string) => Float32Array | null;
  /** Waited for before a photo is looked at or embedded. */
  readonly before?: (step: "analyse" | "embed") => Promise<void>;
}

/**
 * An engine without nets: photos are JSON of their faces, or stripes of colour, and every person
 * has one vector of their own. Fast enough for thousands of interleavings, and knows the truth.
 */
export interface FakeEngine extends Engine {
  /** Every person embedded so far, in order. */
  readonly embedded: readonly string[];
  analysed: number;
}

/** The bytes of a photo that holds these faces. `salt` makes another file of the same faces. */
export function fakePhoto(faces: readonly (FakeFace | string)[], salt = ""): Buffer {
  const full = faces.map((face) => (typeof face === "string" ? { person: face } : face));
  return Buffer.from(JSON.stringify({ faces: full, salt }));
}

/** The bytes of a file that the engine refuses with this code. */
export function brokenPhoto(code: MediaCode): Buffer {
  return Buffer.from(JSON.stringify({ broken: code }));
}

/** Width of a face's stripe in a picture. */
const STRIPE = 64;

/**
 * A real PNG in which each stripe is a person, told by its colour: survives decoding, shrinking
 * and JPEG, so it can be kept as an enrolment photo and delivered. People are `p0` to `p215`.
 */
export async function fakePicture(people: readonly string[]): Promise<Buffer> {
  const stripes = people.map((person, index) => ({
    input: {
      create: { width: STRIPE, height: STRIPE, channels: 3 as const, background: colourOf(person) },
    },
    left: index * STRIPE,
    top: 0,
  }));
  const size = { width: Math.max(1, people.length) * STRIPE, height: STRIPE };
  const base = { create: { ...size, channels: 3 as const, background: colourOf("p0") } };
  return sharp(base).composite(stripes).png().toBuffer();
}

/** Opens a fake engine for a pack. */
export function fakeEngine(pack: PackName = "recommended", hooks: EngineHooks = {}): FakeEngine {
  const { templateSize } = packManifest(pack);
  const embedded: string[] = [];
  // Made once: a benchmark of all the rest asks for the same faces thousands of times.
  const seen = new Map<string, Embedding>();
  const embed = (face: Required<FakeFace>): Embedding | null => {
    if (face.poor) return null;
    embedded.push(face.person);
    const given = hooks.vectorOf?.(face.person);
    const name = JSON.stringify([face.person, face.box, face.noise]);
    const before = given ? undefined : seen.get(name);
    if (before) return before.slice();
    const known = given ?? vectorOf(face.person, templateSize);
    const noise = vectorOf(`noise ${JSON.stringify([face.person, face.box])}`, templateSize);
    const vector = unit(known.map((value, index) => value + face.noise * (noise[index] ?? 0)));
    if (!given) seen.set(name, vector.slice());
    return vector;
  };
  const engine: FakeEngine = {
    pack,
    templateSize,
    busy: false,
    embedded,
    analysed: 0,
    analyse: async (source, options) => {
      const photo = await readFake(source);
      await hooks.before?.("analyse");
      options.signal?.throwIfAborted();
      engine.analysed += 1;
      const chosen = photo.faces.map((face, index) => {
        const { kind } = options.embed;
        if (options.embed.kind === "face") return options.embed.index === index;
        if (options.embed.kind === "at") return holds(face.box, options.embed.at);
        return kind === "all";
      });
      const faces = photo.faces.map((face, index): AnalysedFace => {
        const embedding = chosen[index] ? embed(face) : null;
        return { ...placeOf(face), widthPixels: 100, problems: face.problems, embedding };
      });
      return { ...photo.size, format: "png", takenAt: null, faces, rotationsTried: false };
    },
    analyseFrame: async (frame, options) => {
      options.signal?.throwIfAborted();
      const { faces } = stripesOf(frame);
      // The colour of nobody is a frame's background.
      return faces
        .filter(({ person }) => person !== "p0")
        .map((face): FrameFace => {
          // Every frame shows a person alike, so that a canary's vector is known.
          const embedding = options.embed ? embed({ ...face, noise: 0 }) : null;
          const { problems } = face;
          const seen = { widthPixels: 100, sharpness: 1, patch: null };
          return { ...placeOf(face), ...seen, problems, embedding };
        });
    },
    embed: async (source, places) => {
      const photo = "data" in source ? stripesOf(source) : await readFake(source);
      await hooks.before?.("embed");
      return places.map((place) => {
        const face = nearest(photo.faces, place);
        return face ? embed(face) : null;
      });
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return engine;
}

/** A person's own vector, of unit length: the same in every process. */
export function vectorOf(person: string, size: number): Float32Array {
  let state = 2_166_136_261;
  for (const character of `${person}/${size}`) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  }
  // xorshift32: spread enough that two of a few hundred people stay below a cosine of .3.
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  for (let warm = 0; warm < 16; warm += 1) next();
  return unit(Float32Array.from({ length: size }, normal));
}

interface FakePhoto {
  readonly size: Pick<Analysis, "width" | "height">;
  readonly faces: readonly Required<FakeFace>[];
}

async function readFake(source: PhotoSource): Promise<FakePhoto> {
  const bytes = await readSource(source);
  if (bytes[0] !== 0x7b) return readStripes(bytes);
  const { faces, broken } = JSON.parse(bytes.toString()) as {
    readonly faces: readonly FakeFace[];
    readonly broken?: MediaCode;
  };
  if (broken) throw new MediaError(broken);
  return { size: { width: 1000, height: 1000 }, faces: faces.map(complete) };
}

async function readStripes(bytes: Uint8Array): Promise<FakePhoto> {
  return stripesOf(await decode({ bytes }));
}

function stripesOf({ width, height, data }: Picture): FakePhoto {
  const people = Array.from({ length: Math.round(width / height) }, (_, index) => {
    const at = (Math.floor(height / 2) * width + Math.floor((index + 0.5) * height)) * 3;
    return personOf([data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]);
  });
  const step = 1 / people.length;
  const boxes = people.map((_, index) => ({
    x: (index + 0.1) * step,
    y: 0.1,
    width: 0.8 * step,
    height: 0.8,
  }));
  const faces = people.map((person, index) => complete({ person, box: boxes[index]! }, index));
  return { size: { width, height }, faces };
}

function complete(face: FakeFace, index: number): Required<FakeFace> {
  const box = {
    x: (index % 20) * 0.05,
    y: Math.floor(index / 20) * 0.05,
    width: 0.04,
    height: 0.04,
  };
  return { box, problems: [], poor: false, noise: 0.2, ...face };
}

function placeOf({ box }: Required<FakeFace>): FacePlace {
  const at = (x: number, y: number): Point => ({
    x: box.x + x * box.width,
    y: box.y + y * box.height,
  });
  const landmarks: Landmarks = [
    at(0.3, 0.4),
    at(0.7, 0.4),
    at(0.5, 0.6),
    at(0.35, 0.8),
    at(0.65, 0.8),
  ];
  return { box, landmarks, outline: null, score: 0.99 };
}

function nearest(faces: readonly Required<FakeFace>[], place: FacePlace) {
  return faces.find((face) => overlap(face.box, place.box) > 0.5);
}

function holds(box: Box, at: Point): boolean {
  return at.x >= box.x && at.y >= box.y && at.x < box.x + box.width && at.y < box.y + box.height;
}

/** Six steps a channel, far enough apart that JPEG does not confuse two. */
const COLOUR_STEP = 45;

export function colourOf(person: string): {
  readonly r: number;
  readonly g: number;
  readonly b: number;
} {
  const number = Number(person.slice(1));
  const channel = (index: number): number =>
    (Math.floor(number / 6 ** index) % 6) * COLOUR_STEP + 10;
  return { r: channel(0), g: channel(1), b: channel(2) };
}

function personOf(pixel: readonly number[]): string {
  const steps = pixel.map((value) =>
    Math.min(5, Math.max(0, Math.round((value - 10) / COLOUR_STEP))),
  );
  return `p${steps.reduceRight((sum, one) => sum * 6 + one, 0)}`;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
