import { unreachable } from "../src/base/errors.ts";
import type { Flat } from "./pen.ts";
import type { Person } from "./person.ts";

/** How hair is cut, in places of the head. Lists run from the left of the picture to the right. */
export interface Cut {
  /** Where hair meets the face. */
  readonly inner: readonly Flat[];
  /** Where hair meets the air. */
  readonly outer: readonly Flat[];
  /** How far down hair hangs behind the head; 0 for none. */
  readonly falls: number;
  /** How single hairs run: along the edges from a parting, up from the face, or down to it. */
  readonly flow: "along" | "up" | "down";
  /** Where the parting is, 0 left end to 1 right end of `inner`. */
  readonly part: number;
  readonly wave: number;
}

/** The cut of the hair; null where none shows. */
export function cutOf(person: Person): Cut | null {
  const { head, hair } = person;
  const { volume } = hair;
  const top = -hair.line;
  const plain = around(
    person,
    14,
    [
      [0.97, -24],
      [0.8, top + 20],
      [0.42, top + 2],
    ],
    top - 2,
  );
  const still = { falls: 0, part: 0.5, wave: 0.1 };
  switch (hair.style) {
    case "buzz":
      return {
        ...still,
        inner: plain,
        outer: dome(person, { above: 1.5, beside: 1, low: 10 }),
        flow: "up",
      };
    case "receding":
      return {
        ...still,
        inner: around(
          person,
          22,
          [
            [0.99, -22],
            [0.95, -56],
            [0.72, -88],
          ],
          head.crownY + 8,
        ),
        outer: dome(person, { above: 1, beside: 4 + 6 * volume, low: 20 }),
        flow: "up",
      };
    case "quiff":
      return {
        ...still,
        inner: plain,
        outer: dome(person, { above: 18 + 16 * volume, beside: 2, low: 10 }),
        flow: "up",
        wave: 0.6,
      };
    case "bun":
      return {
        ...still,
        inner: plain,
        outer: dome(person, { above: 4, beside: 2, low: 8 }),
        flow: "up",
      };
    case "afro":
      return { ...still, inner: plain, outer: puff(person, 24 + 24 * volume), flow: "up", wave: 1 };
    case "curls":
      return {
        ...still,
        inner: plain,
        outer: dome(person, { above: 12 + 12 * volume, beside: 6 + 7 * volume, low: 20 }),
        flow: "up",
        wave: 1,
      };
    case "side-part":
      return sidePart(person);
    case "fringe":
      return fringe(person);
    case "bob":
      return curtains(person, { falls: head.chinY - 22 + 20 * volume, wave: 0.15 });
    case "waves":
      return curtains(person, { falls: 150 + 50 * volume, wave: 1 });
    case "long":
      return curtains(person, { falls: 160 + 60 * volume, wave: 0.2 });
    case "bald":
    case "scarf":
    case "beanie":
      return null;
    default:
      return unreachable(hair.style);
  }
}

/** Left-to-right line from the right half's places (x as a share of the temple) and its middle. */
function around(
  person: Person,
  low: number,
  right: readonly Flat[],
  middle: number,
): readonly Flat[] {
  const half = right.map(([x, y]): Flat => [x * person.head.temple, y]);
  const end: Flat = [person.head.cheek * 1.03, low];
  const both = [end, ...half];
  return [...both.map(([x, y]): Flat => [-x, y]), [0, middle], ...both.toReversed()];
}

/** The outer edge: an ellipse over the skull, then down the sides to `low`. */
function dome(
  person: Person,
  size: { readonly above: number; readonly beside: number; readonly low: number },
): readonly Flat[] {
  const { head } = person;
  const wide = head.temple * 1.02 + size.beside;
  const rise = -30 - head.crownY + size.above;
  const arc = Array.from({ length: 13 }, (_, index): Flat => {
    const angle = ((index / 12) * 2 - 1) * (Math.PI / 2);
    return [wide * Math.sin(angle), -30 - rise * Math.cos(angle)];
  });
  const side = (way: number): readonly Flat[] => [
    [way * (wide + 0.6), (size.low - 30) / 2],
    [way * Math.max(head.cheek * 1.04, wide * 0.94), size.low],
  ];
  return [...side(-1).toReversed(), ...arc, ...side(1)];
}

/** A round mass of hair that curves in again beside the ears. */
function puff(person: Person, size: number): readonly Flat[] {
  const { head } = person;
  const [wide, tall] = [head.temple + size, (-head.crownY + size + 28) / 2 + 14];
  const middle = head.crownY - size + tall;
  return Array.from({ length: 19 }, (_, index): Flat => {
    const angle = ((index / 18) * 2 - 1) * 2.35;
    return [wide * Math.sin(angle), middle - tall * Math.cos(angle)];
  });
}

function sidePart(person: Person): Cut {
  const { head, hair } = person;
  const top = -hair.line;
  const edge = head.temple;
  const part = hair.part * edge;
  const inner: readonly Flat[] = [
    [-head.cheek * 1.03, 16],
    [-edge * 0.97, -24],
    [(-edge * 1.7 + part * 0.3) / 2, top + 14],
    [part, top - 8],
    [part * 0.3, top + (part < 0 ? 1 : 3)],
    [(edge * 1.7 + part * 0.3) / 2, top + 16],
    [edge * 0.97, -24],
    [head.cheek * 1.03, 16],
  ];
  const ordered = [...inner].sort((a, b) => a[0] - b[0]);
  const outer = dome(person, {
    above: 9 + 10 * hair.volume,
    beside: 2.5 + 4 * hair.volume,
    low: 12,
  });
  return {
    inner: ordered,
    outer,
    falls: 0,
    flow: "along",
    part: (1 + hair.part * 0.8) / 2,
    wave: 0.3,
  };
}

function fringe(person: Person): Cut {
  const { hair } = person;
  const low = person.clothes.shoulders > 172 ? 18 : 40 + 110 * hair.volume;
  const brow = -28 - 8 * (hair.line > 66 ? 1 : 0);
  const inner = around(
    person,
    low,
    [
      [0.99, 20],
      [0.94, -6],
      [0.88, brow + 3],
      [0.45, brow - 2],
    ],
    brow - 3,
  );
  const outer = dome(person, { above: 9 + 8 * hair.volume, beside: 6 + 8 * hair.volume, low });
  return { inner, outer, falls: low > 30 ? low + 8 : 0, flow: "down", part: 0.5, wave: 0.1 };
}

/** Hair parted above and hanging on both sides of the face. */
function curtains(person: Person, hang: { readonly falls: number; readonly wave: number }): Cut {
  const { head, hair } = person;
  const top = -hair.line;
  const edge = head.temple;
  const part = hair.part * edge * 0.8;
  const beside = 7 + 9 * hair.volume + 8 * hang.wave;
  const ripple = (y: number): number => Math.sin(y / 13) * 4 * hang.wave;
  const heights = [hang.falls, hang.falls * 0.75, hang.falls * 0.5, 42, 12].filter(
    (y) => y <= hang.falls,
  );
  const curtain = (way: number): readonly Flat[] =>
    heights.map((y): Flat => [way * (head.cheek * (y > 60 ? 1.0 : 0.97) + ripple(y)), y]);
  const brow = (way: number): readonly Flat[] => [
    [way * edge * 0.93, -22],
    [(way * edge * 1.5 + part * 0.5) / 2, top + 24],
  ];
  const inner: readonly Flat[] = [
    ...curtain(-1),
    ...brow(-1),
    [part, top - 8],
    ...brow(1).toReversed(),
    ...curtain(1).toReversed(),
  ];
  const wide = edge * 1.02 + beside;
  const shell = dome(person, { above: 8 + 10 * hair.volume, beside, low: 8 });
  const side = (way: number): readonly Flat[] => [
    [way * head.cheek * 1.12, hang.falls + 9],
    ...heights.slice(0, -1).map((y): Flat => [way * (wide * 1.06 + ripple(y + 20) + y * 0.04), y]),
  ];
  return {
    inner,
    outer: [...side(-1), ...shell, ...side(1).toReversed()],
    falls: hang.falls + 6,
    flow: "along",
    part: 0.5,
    wave: hang.wave,
  };
}
