import type { Backdrop } from "./backdrops.ts";
import type { Member } from "./cast.ts";
import { type Kind, placesOf } from "./places.ts";
import { type Random, randomFrom } from "./random.ts";
import type { Condition, Figure, Scene } from "./scene.ts";

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
  {
    kind: "alone",
    photos: 10,
    people: [1, 1],
    size: [1200, 900],
    backdrops: ["studio", "park", "wall", "beach"],
  },
  { kind: "alone", photos: 4, people: [1, 1], size: [800, 800], backdrops: ["wall", "evening"] },
  {
    kind: "row",
    photos: 8,
    people: [2, 3],
    size: [1500, 1000],
    backdrops: ["park", "wall", "hall", "beach"],
  },
  {
    kind: "line",
    photos: 8,
    people: [4, 5],
    size: [2000, 1300],
    backdrops: ["hall", "park", "wall", "beach"],
  },
  {
    kind: "rows",
    photos: 7,
    people: [6, 9],
    size: [2200, 1500],
    backdrops: ["park", "hall", "wall"],
  },
  { kind: "rows", photos: 4, people: [10, 12], size: [2400, 1800], backdrops: ["hall", "park"] },
  {
    kind: "crowd",
    photos: 7,
    people: [7, 11],
    size: [1400, 950],
    backdrops: ["park", "beach", "hall"],
  },
  {
    kind: "row",
    photos: 4,
    people: [2, 3],
    size: [1600, 1100],
    backdrops: ["evening", "hall"],
    darkness: 0.6,
  },
  {
    kind: "row",
    photos: 3,
    people: [1, 3],
    size: [1500, 1000],
    backdrops: ["wall", "park"],
    turns: [90, 180, 270],
  },
  { kind: "circle", photos: 2, people: [4, 4], size: [1600, 1600], backdrops: ["lawn"] },
  {
    kind: "row",
    photos: 2,
    people: [2, 3],
    size: [1400, 1000],
    backdrops: ["park", "wall"],
    sideways: true,
  },
  {
    kind: "row",
    photos: 1,
    people: [3, 3],
    size: [1500, 1000],
    backdrops: ["park"],
    looksAway: true,
  },
];

const PLAN_SEED = 20_260;
const FIRST_DAY = Date.UTC(2026, 5, 12);
const DAYS = 4;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The photos of the demo, each with who stands where. */
export function planPhotos(members: readonly Member[]): readonly Scene[] {
  const random = randomFrom(PLAN_SEED);
  const deal = new Deal(members, random);
  const scenes: Scene[] = [];
  for (const lot of PLAN) {
    for (let index = 0; index < lot.photos; index += 1) {
      scenes.push(planOne(lot, index, scenes.length, { random, deal }));
    }
  }
  return scenes;
}

/**
 * Deals out people so that everybody appears about equally often, nobody twice in one photo, and
 * those who consent stand among strangers wherever there is more than one face.
 */
class Deal {
  readonly #random: Random;
  readonly #sides: readonly [Side, Side];

  constructor(members: readonly Member[], random: Random) {
    this.#random = random;
    const side = (consents: boolean): Side => ({
      members: members.filter((member) => member.consents === consents),
      queue: [],
    });
    this.#sides = [side(true), side(false)];
  }

  next(count: number): readonly Member[] {
    const [consenting, strangers] = this.#sides;
    const all = consenting.members.length + strangers.members.length;
    const share = (count * consenting.members.length) / all;
    const most = Math.min(
      consenting.members.length,
      Math.floor(share + this.#random.between(0, 1)),
    );
    const from = Math.max(most, count - strangers.members.length);
    const taken = [...this.#take(consenting, from), ...this.#take(strangers, count - from)];
    return this.#shuffled(taken);
  }

  #take(side: Side, count: number): readonly Member[] {
    const taken: Member[] = [];
    while (taken.length < count) {
      const at = side.queue.findIndex((member) => !taken.includes(member));
      if (at === -1) side.queue.push(...this.#shuffled(side.members));
      else taken.push(...side.queue.splice(at, 1));
    }
    return taken;
  }

  #shuffled(members: readonly Member[]): readonly Member[] {
    return members
      .map((member) => ({ member, order: this.#random.between(0, 1) }))
      .toSorted((one, other) => one.order - other.order)
      .map(({ member }) => member);
  }
}

interface Side {
  readonly members: readonly Member[];
  readonly queue: Member[];
}

function planOne(
  lot: Lot,
  index: number,
  number: number,
  source: { readonly random: Random; readonly deal: Deal },
): Scene {
  const { random } = source;
  const [fewest, most] = lot.people;
  const share = lot.photos === 1 ? 0 : index / (lot.photos - 1);
  const people = source.deal.next(Math.round(fewest + (most - fewest) * share));
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
