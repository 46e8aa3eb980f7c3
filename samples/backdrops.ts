import { unreachable } from "../src/base/errors.ts";
import { BLACK, type Colour, colour, hex, mix, WHITE } from "./colour.ts";
import { ellipse, path } from "./pen.ts";
import { type Random, randomFrom } from "./random.ts";

export type Backdrop = "studio" | "park" | "wall" | "hall" | "beach" | "evening" | "lawn";

/** Paints a place to stand in, `width` by `height` pixels. */
export function drawBackdrop(kind: Backdrop, width: number, height: number, seed: number): string {
  const random = randomFrom(seed);
  const sheet: Sheet = { width, height, random };
  switch (kind) {
    case "studio":
      return studio(sheet);
    case "park":
      return park(sheet);
    case "wall":
      return wall(sheet);
    case "hall":
      return hall(sheet);
    case "beach":
      return beach(sheet);
    case "evening":
      return evening(sheet);
    case "lawn":
      return lawn(sheet);
    default:
      return unreachable(kind);
  }
}

interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly random: Random;
}

function gradient(id: string, tones: readonly Colour[], radial = false): string {
  const stops = tones.map(
    (tone, index) => `<stop offset="${index / (tones.length - 1)}" stop-color="${hex(tone)}"/>`,
  );
  const name = radial ? "radialGradient" : "linearGradient";
  const place = radial ? 'cx="50%" cy="40%" r="75%"' : 'x1="0" y1="0" x2="0" y2="1"';
  return `<${name} id="${id}" ${place}>${stops.join("")}</${name}>`;
}

function block(x: number, y: number, width: number, height: number, fill: string): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}"`;
  const size = `width="${width.toFixed(1)}" height="${height.toFixed(1)}"`;
  return `<rect ${place} ${size} fill="${fill}"/>`;
}

function studio({ width, height, random }: Sheet): string {
  const tone = colour(random.pick(["#8fa3ad", "#a8998a", "#7f8f86", "#9a8fa3", "#b3a58c"]));
  const tones = [mix(tone, WHITE, 0.35), tone, mix(tone, BLACK, 0.4)];
  return gradient("back", tones, true) + block(0, 0, width, height, "url(#back)");
}

function park({ width, height, random }: Sheet): string {
  const horizon = height * random.between(0.3, 0.38);
  const leaf = colour(random.pick(["#5f7f4a", "#6f8a4f", "#4f7350"]));
  const parts = [
    gradient("sky", [colour("#9cc3e0"), colour("#dfeaf0")]),
    gradient("grass", [mix(leaf, WHITE, 0.3), leaf, mix(leaf, BLACK, 0.3)]),
    block(0, 0, width, horizon * 1.1, "url(#sky)"),
  ];
  for (let index = 0; index < 26; index += 1) {
    const size = height * random.between(0.06, 0.15);
    const at = [random.between(0, width), horizon - size * random.between(0.2, 0.7)] as const;
    const fill = hex(mix(leaf, random.chance(0.5) ? BLACK : WHITE, random.between(0.05, 0.28)));
    parts.push(ellipse(at, size, size * 0.8, { fill, opacity: 0.85 }));
  }
  return [...parts, block(0, horizon, width, height - horizon, "url(#grass)")].join("");
}

function wall({ width, height, random }: Sheet): string {
  const tone = colour(random.pick(["#d8cdbb", "#c3cdd2", "#cdbfb5", "#b9c7b8", "#d9d3c4"]));
  const frame = hex(mix(tone, BLACK, 0.5));
  const parts = [
    gradient("paint", [mix(tone, WHITE, 0.2), tone, mix(tone, BLACK, 0.22)]),
    block(0, 0, width, height, "url(#paint)"),
  ];
  for (let index = 0; index < 3; index += 1) {
    const wide = width * random.between(0.1, 0.18);
    const tall = wide * random.between(0.7, 1.3);
    const x = width * (0.08 + index * 0.32) + random.between(0, width * 0.06);
    const y = height * random.between(0.03, 0.14);
    const picture = mix(
      colour(random.pick(["#7a94a8", "#b8915f", "#6f8a72", "#a8776a"])),
      tone,
      0.3,
    );
    parts.push(block(x, y, wide, tall, frame));
    parts.push(
      block(x + wide * 0.06, y + wide * 0.06, wide * 0.88, tall - wide * 0.12, hex(picture)),
    );
  }
  return [
    ...parts,
    block(0, height * 0.88, width, height * 0.12, hex(mix(tone, BLACK, 0.45))),
  ].join("");
}

function hall({ width, height, random }: Sheet): string {
  const cloth = colour(random.pick(["#6e2f38", "#2f4a63", "#4a3a5c", "#3c5a4c"]));
  const folds = 18;
  const parts = [block(0, 0, width, height, hex(cloth))];
  for (let index = 0; index < folds; index += 1) {
    const x = (index / folds) * width;
    const fill = hex(mix(cloth, index % 2 === 0 ? BLACK : WHITE, index % 2 === 0 ? 0.3 : 0.1));
    parts.push(block(x, 0, (width / folds) * random.between(0.5, 0.9), height * 0.86, fill));
  }
  parts.push(gradient("floor", [colour("#8a6a4a"), colour("#5a4230")]));
  return [...parts, block(0, height * 0.84, width, height * 0.16, "url(#floor)")].join("");
}

function beach({ width, height, random }: Sheet): string {
  const horizon = height * random.between(0.22, 0.27);
  const sun = [width * random.between(0.15, 0.85), horizon * 0.55] as const;
  return [
    gradient("sky", [colour("#7fb2d8"), colour("#cfe3ea"), colour("#f5e3c4")]),
    gradient("sea", [colour("#3f7f95"), colour("#7fb5b8")]),
    gradient("sand", [colour("#e6d3a8"), colour("#c9ad7a")]),
    block(0, 0, width, horizon, "url(#sky)"),
    ellipse(sun, height * 0.06, height * 0.06, { fill: "#fff6dc", opacity: 0.8 }),
    block(0, horizon, width, height * 0.13, "url(#sea)"),
    block(0, horizon + height * 0.11, width, height, "url(#sand)"),
  ].join("");
}

function evening({ width, height, random }: Sheet): string {
  const parts = [
    gradient("dusk", [colour("#2c2f55"), colour("#6a4a63"), colour("#3a2a2c")]),
    block(0, 0, width, height, "url(#dusk)"),
  ];
  const dip = (x: number): number => height * (0.1 + 0.07 * Math.sin((x / width) * Math.PI * 2));
  const wire = Array.from({ length: 25 }, (_, index) => (index / 24) * width);
  const line = wire.map((x) => `${x.toFixed(1)} ${dip(x).toFixed(1)}`).join("L");
  parts.push(path(`M${line}`, { stroke: "#1c1a22", width: height * 0.003 }));
  for (const x of wire) {
    const glow = { fill: "#ffd98a", opacity: 0.22 };
    parts.push(ellipse([x, dip(x) + 6], height * 0.022, height * 0.022, glow));
    parts.push(ellipse([x, dip(x) + 6], height * 0.008, height * 0.008, { fill: "#fff1c9" }));
  }
  for (let index = 0; index < 30; index += 1) {
    const size = height * random.between(0.01, 0.03);
    const at = [random.between(0, width), random.between(height * 0.2, height)] as const;
    parts.push(ellipse(at, size, size, { fill: "#d9905a", opacity: random.between(0.05, 0.2) }));
  }
  return parts.join("");
}

function lawn({ width, height, random }: Sheet): string {
  const leaf = colour(random.pick(["#6f9150", "#5f8a4f"]));
  const parts = [
    gradient("lawn", [mix(leaf, WHITE, 0.25), leaf, mix(leaf, BLACK, 0.3)], true),
    block(0, 0, width, height, "url(#lawn)"),
  ];
  const [dark, light]: [string[], string[]] = [[], []];
  for (let index = 0; index < 900; index += 1) {
    const [x, y] = [random.between(0, width), random.between(0, height)];
    const bend = random.between(-5, 5).toFixed(0);
    const blade = `M${x.toFixed(0)} ${y.toFixed(0)}l${bend} ${(-height * 0.012).toFixed(0)}`;
    (index % 2 === 0 ? dark : light).push(blade);
  }
  parts.push(
    path(dark.join(""), { stroke: hex(mix(leaf, BLACK, 0.35)), width: 2.5, opacity: 0.6 }),
  );
  parts.push(
    path(light.join(""), { stroke: hex(mix(leaf, WHITE, 0.35)), width: 2.5, opacity: 0.6 }),
  );
  return parts.join("");
}
