import type { Backdrop } from "./backdrops.ts";
import type { Member } from "./cast.ts";
import { type Random, randomFrom } from "./random.ts";
import type { Condition, Figure, Scene } from "./scene.ts";

type Kind = "alone" | "row" | "line" | "rows" | "crowd" | "circle";

/** One line of the plan: how many photos of a kind, and what is special about them. */
interface Lot {
  readonly kind: Kind;
  readonly photos: number;
  /** People in a photo, the first photo's and the last's. */
  readonly people: readonly [number, number];
  /** Long and short side in pixels. */
  readonly size: readonly [number, number];
  readonly backdrops: readonly [Backdrop, ...Backdrop[]];
  readonly darkness?: number;
  readonly turns?: readonly [Scene["turn"], ...Scene["turn"][]];
  readonly sideways?: boolean;
  readonly looksAway?: boolean;
}

const PLAN: readonly Lot[] = [
  { kind: "alone", photos: 10, people: [1, 1], size: [1200, 900], backdrops: ["studio", "park", "wall", "beach"] },
  { kind: "alone", photos: 4, people: [1, 1], size: [800, 800], backdrops: ["wall", "evening"] },
  { kind: "row", photos: 8, people: [2, 3], size: [1500, 1000], backdrops: ["park", "wall", "hall", "beach"] },
  { kind: "line", photos: 8, people: [4, 5], size: [2000, 1300], backdrops: ["hall", "park", "wall", "beach"] },
  { kind: "rows", photos: 7, people: [6, 9], size: [2200, 1500], backdrops: ["park", "hall", "wall"] },
  { kind: "rows", photos: 4, people: [10, 12], size: [2400, 1800], backdrops: ["hall", "park"] },
  { kind: "crowd", photos: 7, people: [7, 11], size: [2000, 1350], backdrops: ["park", "beach", "hall"] },
  { kind: "row", photos: 4, people: [2, 3], size: [1600, 1100], backdrops: ["evening", "hall"], darkness: 0.6 },
  { kind: "row", photos: 3, people: [1, 3], size: [1500, 1000], backdrops: ["wall", "park"], turns: [90, 180, 270] },
  { kind: "circle", photos: 2, people: [4, 4], size: [1600, 1600], backdrops: ["lawn"] },
  { kind: "row", photos: 2, people: [2, 3], size: [1400, 1000], backdrops: ["park", "wall"], sideways: true },
  { kind: "row", photos: 1, people: [3, 3], size: [1500, 1000], backdrops: ["park"], looksAway: true },
];

const PLAN_SEED = 20_260;
const FIRST_DAY = Date.UTC(2026, 5, 12);
const DAYS = 4;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A cast member's place in a photo, before the drawing. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly roll: number;
  readonly condition: Condition;
}

/** The photos of the demo, each with who stands where. */
export function planPhotos(members: readonly Member[]): readonly Scene[] {
  const random = randomFrom(PLAN_SEED);
  const turnTaking = new Turns(members, random);
  const scenes: Scene[] = [];
  for (const lot of PLAN) {
    for (let index = 0; index < lot.photos; index += 1) {
      scenes.push(planOne(lot, index, scenes.length, { random, turnTaking }));
    }
  }
  return scenes;
}

/** Deals out people so that everybody appears about equally often, never twice in one photo. */
class Turns {
  readonly #members: readonly Member[];
  readonly #random: Random;
  #queue: Member[] = [];

  constructor(members: readonly Member[], random: Random) {
    this.#members = members;
    this.#random = random;
  }

  next(count: number): readonly Member[] {
    const taken: Member[] = [];
    while (taken.length < count) {
      if (this.#queue.length === 0) this.#queue = this.#shuffled();
      const at = this.#queue.findIndex((member) => !taken.includes(member));
      const [member] = at === -1 ? [] : this.#queue.splice(at, 1);
      if (member) taken.push(member);
      else this.#queue.push(...this.#shuffled());
    }
    return taken;
  }

  #shuffled(): Member[] {
    return this.#members
      .map((member) => ({ member, order: this.#random.between(0, 1) }))
      .sort((a, b) => a.order - b.order)
      .map(({ member }) => member);
  }
}

function planOne(
  lot: Lot,
  index: number,
  number: number,
  source: { readonly random: Random; readonly turnTaking: Turns },
): Scene {
  const { random } = source;
  const [fewest, most] = lot.people;
  const share = lot.photos === 1 ? 0 : index / (lot.photos - 1);
  const people = source.turnTaking.next(Math.round(fewest + (most - fewest) * share));
  const tall = lot.kind === "alone" && random.chance(0.6);
  const [width, height] = tall ? [lot.size[1], lot.size[0]] : lot.size;
  const turn = lot.turns?.[index % lot.turns.length] ?? 0;
  const sheet = { width, height, random };
  const spots = placesOf(lot.kind, people.length, sheet);
  const condition = special(lot, turn);
  const scene = {
    seed: PLAN_SEED + number,
    width,
    height,
    backdrop: lot.backdrops[index % lot.backdrops.length] ?? lot.backdrops[0],
    light: {
      side: random.pick([-1, 1]) * random.between(0.15, 0.8),
      contrast: random.between(0.15, 0.6),
      warmth: random.between(0, 1),
    },
    darkness: lot.darkness ?? 0,
    turn,
    sideways: lot.sideways ?? false,
    takenAt: timeOf(number, random),
  };
  const figures = spots.map((spot, at): Figure => {
    const member = people[at];
    if (!member) throw new Error("A place of the plan has nobody to stand on it.");
    const away = lot.looksAway === true;
    const yaw = away ? random.pick([-1, 1]) * random.between(36, 40) : random.around(-17, 17);
    return {
      ...spot,
      id: member.id,
      person: member.person,
      condition: condition ?? spot.condition,
      pose: { yaw, pitch: random.around(-7, 7) },
      expression: {
        smile: random.between(0, 0.9),
        open: random.chance(0.3) ? random.between(0.2, 0.7) : 0,
        brow: random.between(-0.4, 0.6),
        gaze: random.between(-0.6, 0.6),
      },
    };
  });
  return { ...scene, figures };
}

function special(lot: Lot, turn: Scene["turn"]): Condition | null {
  if (lot.looksAway) return "too-turned";
  if (turn !== 0 || lot.kind === "circle") return "turned";
  return lot.darkness === undefined ? null : "dark";
}

/** Afternoons of some days in a row, one photo after the other. */
function timeOf(number: number, random: Random): string {
  const day = FIRST_DAY + (number % DAYS) * DAY_MS;
  const minutes = 10 * 60 + Math.floor(number / DAYS) * 33 + random.between(0, 30);
  return new Date(day + Math.round(minutes * 60) * 1000).toISOString().slice(0, 19);
}

interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly random: Random;
}

function placesOf(kind: Kind, count: number, sheet: Sheet): readonly Spot[] {
  switch (kind) {
    case "alone": {
      const { width, height, random } = sheet;
      const scale = (Math.max(width, height) * random.between(0.18, 0.27)) / FACE_MM;
      const x = width * random.between(0.42, 0.58);
      return [{ x, y: height * 0.44, scale, roll: lean(random), condition: "alone" }];
    }
    case "row": {
      const condition = count === 1 ? "alone" : "group";
      return row(count, sheet, { y: sheet.height * 0.48, scale: fitting(count, sheet), condition });
    }
    case "line":
      return row(count, sheet, { y: sheet.height * 0.4, scale: (sheet.width * 0.08) / FACE_MM, condition: "group" });
    case "rows":
      return rows(count, sheet);
    case "crowd":
      return crowd(count, sheet);
    case "circle":
      return circle(count, sheet);
  }
}

const lean = (random: Random): number => random.around(-8, 8);

/** A face of middling width. */
const FACE_MM = 142;
/** Millimetres that each person of a row is given: they stand close, shoulder behind shoulder. */
const SHOULDERS_MM = 245;
/** A row of heads needs this much height, hair and beards included. */
const HEAD_MM = 330;

function fitting(count: number, sheet: Sheet): number {
  return Math.min(sheet.width / (count + 0.25) / SHOULDERS_MM, sheet.height / 490);
}

function row(
  count: number,
  { width, random }: Sheet,
  line: { readonly y: number; readonly scale: number; readonly condition: Condition; readonly shift?: number },
): readonly Spot[] {
  const step = Math.min(width / (count + 0.25), line.scale * SHOULDERS_MM * 1.35);
  const start = width / 2 - (step * (count - 1)) / 2 + (line.shift ?? 0) * step;
  return Array.from({ length: count }, (_, index) => ({
    x: start + index * step + random.between(-0.05, 0.05) * step,
    y: line.y + random.between(-18, 18) * line.scale,
    scale: line.scale * random.between(0.95, 1.05),
    roll: lean(random),
    condition: line.condition,
  }));
}

/** Two or three rows, as on steps: those behind stand higher and look smaller. */
function rows(count: number, sheet: Sheet): readonly Spot[] {
  const depth = count > 9 ? 3 : 2;
  const front = Math.ceil(count / depth);
  const scale = Math.min((sheet.width * 0.075) / FACE_MM, sheet.height / (depth * HEAD_MM * 1.06 + 60));
  const spots: Spot[] = [];
  let left = count;
  let y = Math.min(sheet.height - 190 * scale, sheet.height * 0.42 + depth * 150 * scale);
  for (let line = 0; line < depth; line += 1) {
    const here = line === depth - 1 ? left : Math.min(left, front);
    const size = scale * 0.88 ** line;
    const condition = line === 0 ? "group" : "back-row";
    spots.unshift(...row(here, sheet, { y, scale: size, condition, shift: line % 2 === 0 ? 0 : 0.2 }));
    left -= here;
    y -= HEAD_MM * size;
  }
  return spots;
}

/** Some people near the camera, the others far behind them, small. */
function crowd(count: number, sheet: Sheet): readonly Spot[] {
  const { width, height, random } = sheet;
  const near = Math.min(3, Math.ceil(count / 3));
  const far = count - near;
  const distant = Array.from({ length: far }, (_, index): Spot => {
    const scale = random.between(0.2, 0.48);
    const x = ((index + 0.5 + random.between(-0.12, 0.12)) / far) * width;
    return { x, y: height * random.between(0.2, 0.27), scale, roll: lean(random), condition: "back-row" };
  });
  const scale = (width * 0.088) / FACE_MM;
  return [...distant, ...row(near, sheet, { y: height * 0.62, scale, condition: "group" })];
}

/** Friends on a lawn, heads together: each is turned by another quarter. */
function circle(count: number, { width, height, random }: Sheet): readonly Spot[] {
  const scale = Math.min(width, height) / 810;
  const reach = 212 * scale;
  return Array.from({ length: count }, (_, index): Spot => {
    const angle = (index * 360) / count;
    const [sin, cos] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
    return {
      x: width / 2 - sin * reach,
      y: height / 2 + cos * reach,
      scale,
      roll: angle + random.between(-6, 6),
      condition: "turned",
    };
  });
}
