import { unreachable } from "../src/base/errors.ts";
import { BLACK, hex, mix, WHITE } from "./colour.ts";
import { type Flat, path, smooth } from "./pen.ts";
import type { Beard } from "./person.ts";
import { randomFrom } from "./random.ts";
import type { Sitting } from "./sitting.ts";

/** Beard and moustache, drawn over the skin and under the mouth. */
export function drawBeard(sitting: Sitting): string {
  const { beard } = sitting.person;
  if (beard === "none") return "";
  const { wide, lips, below, rest } = BEARDS[beard];
  const moustache = grown(sitting, lip(sitting, wide), lips, 80);
  switch (below) {
    case "nothing":
      return moustache;
    case "chin":
      return grown(sitting, chin(sitting, rest.longer), rest.cover, rest.hairs) + moustache;
    case "jaw":
      return grown(sitting, jaw(sitting, rest.longer), rest.cover, rest.hairs) + moustache;
    default:
      return unreachable(below);
  }
}

interface Style {
  /** Width of the moustache in widths of the mouth, and how dense it is. */
  readonly wide: number;
  readonly lips: number;
  readonly below: "nothing" | "chin" | "jaw";
  /** The rest: millimetres beyond the chin, how dense, how many single hairs. */
  readonly rest: { readonly longer: number; readonly cover: number; readonly hairs: number };
}

const BEARDS: Readonly<Record<Exclude<Beard, "none">, Style>> = {
  stubble: { wide: 1, lips: 0.22, below: "jaw", rest: { longer: 0, cover: 0.22, hairs: 150 } },
  moustache: { wide: 1.1, lips: 0.9, below: "nothing", rest: { longer: 0, cover: 0, hairs: 0 } },
  goatee: { wide: 0.95, lips: 0.8, below: "chin", rest: { longer: 9, cover: 0.85, hairs: 110 } },
  full: { wide: 1.1, lips: 0.88, below: "jaw", rest: { longer: 8, cover: 0.88, hairs: 260 } },
  long: { wide: 1.2, lips: 0.92, below: "jaw", rest: { longer: 36, cover: 0.92, hairs: 340 } },
};

interface Region {
  /** The edge towards the air and the edge towards the face, both from right to left. */
  readonly low: readonly Flat[];
  readonly high: readonly Flat[];
}

function jaw(sitting: Sitting, longer: number): Region {
  const { head, nose, mouth } = sitting.person;
  const y = nose.length + mouth.y;
  const out = longer * 0.2;
  const low: readonly Flat[] = [
    [head.cheek * 0.985, 14],
    [head.cheek * 0.985, 38],
    [(head.cheek + head.jaw) / 2 + 2 + out, head.jawY - 18],
    [head.jaw + out, head.jawY + 4],
    [head.jaw * 0.6 + head.chin * 0.4 + out, (head.jawY + head.chinY) / 2 + 8 + longer * 0.55],
    [head.chin * 0.9, head.chinY + longer],
  ];
  const high: readonly Flat[] = [
    [head.cheek * 0.93, 14],
    [head.cheek * 0.86, 38],
    [head.jaw * 0.84, y - 12],
    [mouth.width * 1.2 + 6, y - 4],
    [mouth.width * 0.85, y + mouth.lower + 6],
    [mouth.width * 0.3, y + mouth.lower + 8],
  ];
  return {
    low: symmetric(low, [0, head.chinY + longer * 1.1]),
    high: symmetric(high, [0, y + mouth.lower + 8]),
  };
}

function chin(sitting: Sitting, longer: number): Region {
  const { head, nose, mouth } = sitting.person;
  const y = nose.length + mouth.y;
  const half = mouth.width;
  const low: readonly Flat[] = [
    [half + 7, y - 3],
    [half + 6, y + 14],
    [head.chin * 0.95, head.chinY - 7],
    [head.chin * 0.5, head.chinY + longer * 0.8],
  ];
  const high: readonly Flat[] = [
    [half + 3, y - 1],
    [half - 1, y + 7],
    [half * 0.6, y + mouth.lower + 6],
    [half * 0.3, y + mouth.lower + 7],
  ];
  return {
    low: symmetric(low, [0, head.chinY + longer]),
    high: symmetric(high, [0, y + mouth.lower + 7]),
  };
}

function lip(sitting: Sitting, wide: number): Region {
  const { nose, mouth } = sitting.person;
  const y = nose.length + mouth.y;
  const half = mouth.width * wide;
  const top = Math.min(nose.length + 9, y - mouth.upper - 4);
  const low: readonly Flat[] = [
    [half * 1.14, y + 7],
    [half * 0.85, y + 0.5],
    [half * 0.35, y - mouth.upper * 0.8],
  ];
  const high: readonly Flat[] = [
    [half * 1.18, y + 4],
    [half * 0.98, y - 7],
    [half * 0.5, top],
  ];
  return {
    low: symmetric(low, [0, y - mouth.upper * 0.55]),
    high: symmetric(high, [0, top + 1.5]),
  };
}

function symmetric(right: readonly Flat[], middle: Flat): readonly Flat[] {
  return [...right, middle, ...right.toReversed().map(([x, y]): Flat => [-x, y])];
}

/** Fills a region with hair: a body, then single hairs that run from the face to its lower edge. */
function grown(sitting: Sitting, region: Region, cover: number, count: number): string {
  const { person } = sitting;
  const ink = mix(person.hair.colour, BLACK, 0.2);
  const random = randomFrom(person.seed * 29 + count);
  const put = ([x, y]: Flat): Flat => place(sitting, x, y);
  const outline = smooth([...region.low, ...region.high.toReversed()].map(put), true);
  const [dark, light]: [string[], string[]] = [[], []];
  const last = region.low.length - 1;
  for (let index = 0; index < count; index += 1) {
    const at = random.between(0, last);
    const step = Math.min(last - 1, Math.floor(at));
    const cross = (edge: readonly Flat[]): Flat => blend(edge[step], edge[step + 1], at - step);
    const [low, high] = [cross(region.low), cross(region.high)];
    const depth = random.between(-0.06, 0.9);
    const root = blend(high, low, depth);
    const reach = Math.min(0.3, 9 / (1 + Math.hypot(low[0] - high[0], low[1] - high[1])));
    const [x, y] = blend(high, low, depth + reach);
    const tip: Flat = [x + random.between(-2, 2), y + random.between(0, 2.5)];
    (index % 2 === 0 ? dark : light).push(smooth([put(root), put(tip)]));
  }
  return [
    path(outline, { fill: hex(ink), opacity: cover }),
    path(dark.join(""), {
      stroke: hex(mix(ink, BLACK, 0.55)),
      width: 1.1,
      opacity: 0.2 + cover * 0.4,
    }),
    path(light.join(""), {
      stroke: hex(mix(person.hair.colour, WHITE, 0.2)),
      width: 1.1,
      opacity: cover * 0.5,
    }),
  ].join("");
}

function blend(from: Flat | undefined, to: Flat | undefined, share: number): Flat {
  const [a, b] = [from ?? [0, 0], to ?? [0, 0]];
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
}

/** A beard stands before the neck: below the chin it leaves the skin. */
function place(sitting: Sitting, x: number, y: number): Flat {
  const { head } = sitting.person;
  const under = Math.max(0, y - head.chinY + 4);
  return sitting.pen.around(x, y, head.cheek * 0.99, 2 - Math.min(20, under));
}
