// [Note: our own letters]
// The drawing library asks the machine for fonts, and a server or a container often has none: names
// would be blank. So the Latin letters, digits and signs are strokes drawn here. A glyph stands on
// the line y = 10 and reaches up to y = 0; small letters to y = 3.4; tails down to y = 13.2.

/** One glyph: how far it advances, and its strokes as SVG path data. */
type Glyph = readonly [width: number, path: string];

const UPPER = {
  A: [7, "M0 10 3.5 0 7 10M1.2 6.6H5.8"],
  B: [5.8, "M0 0V10H3.1A2.65 2.65 0 0 0 3.1 4.7H0M0 0H2.8A2.35 2.35 0 0 1 2.8 4.7"],
  C: [6.6, "M6.6 2.2A4.2 5 0 1 0 6.6 7.8"],
  D: [6.6, "M0 0V10H2.2C5 10 6.6 8 6.6 5S5 0 2.2 0Z"],
  E: [5.2, "M5.2 0H0V10H5.2M0 4.8H4.5"],
  F: [5, "M5 0H0V10M0 4.8H4.3"],
  G: [7, "M6.6 2.2A4.2 5 0 1 0 6.9 7.4V5.3H4.3"],
  H: [6.4, "M0 0V10M6.4 0V10M0 4.8H6.4"],
  I: [1.2, "M.6 0V10"],
  J: [4, "M4 0V7.4C4 9.2 3.2 10 2 10S.2 9.3 0 8"],
  K: [6, "M0 0V10M5.8 0 0 6.2M2.2 4 6 10"],
  L: [4.8, "M0 0V10H4.8"],
  M: [7.8, "M0 10V0L3.9 6.8 7.8 0V10"],
  N: [6.4, "M0 10V0L6.4 10V0"],
  O: [7.8, "M3.9 0C6.2 0 7.8 2 7.8 5S6.2 10 3.9 10 0 8 0 5 1.6 0 3.9 0Z"],
  P: [5.6, "M0 10V0H3A2.7 2.7 0 0 1 3 5.5H0"],
  Q: [7.8, "M3.9 0C6.2 0 7.8 2 7.8 5S6.2 10 3.9 10 0 8 0 5 1.6 0 3.9 0ZM4.8 7.4 7.6 10.8"],
  R: [6, "M0 10V0H3A2.6 2.6 0 0 1 3 5.2H0M3 5.2 6 10"],
  S: [
    5.6,
    "M5.4 2C5 .6 4.1 0 2.8 0 1.2 0 .2 1 .2 2.4 .2 5.6 5.6 4.2 5.6 7.5 5.6 9 4.5 10 2.8 10 1.2 10 .2 9.2 0 7.8",
  ],
  T: [6.4, "M0 0H6.4M3.2 0V10"],
  U: [6.4, "M0 0V6.6C0 9 1.2 10 3.2 10S6.4 9 6.4 6.6V0"],
  V: [6.8, "M0 0 3.4 10 6.8 0"],
  W: [9.6, "M0 0 2.4 10 4.8 1.4 7.2 10 9.6 0"],
  X: [6.2, "M0 0 6.2 10M6.2 0 0 10"],
  Y: [6.4, "M0 0 3.2 5.2 6.4 0M3.2 5.2V10"],
  Z: [5.8, "M0 0H5.8L0 10H5.8"],
  Æ: [9, "M0 10 4 0H8.8M1.3 6.8H4.6M4.6 0V10H9M4.6 4.8H8"],
  Œ: [10, "M5 0H9.8M5 10H10M5 4.8H9.2M5 0V10C1.6 10 0 8 0 5S1.6 0 5 0Z"],
  Ø: [7.8, "M3.9 0C6.2 0 7.8 2 7.8 5S6.2 10 3.9 10 0 8 0 5 1.6 0 3.9 0ZM.8 10.4 7 -.4"],
  Ł: [4.8, "M0 0V10H4.8M-1.2 6 2.8 3.6"],
  Đ: [6.6, "M0 0V10H2.2C5 10 6.6 8 6.6 5S5 0 2.2 0ZM-1.2 4.9H2.8"],
  Ð: [6.6, "M0 0V10H2.2C5 10 6.6 8 6.6 5S5 0 2.2 0ZM-1.2 4.9H2.8"],
  Þ: [5.6, "M0 0V10M0 2H3A2.7 2.7 0 0 1 3 7.5H0"],
} as const satisfies Record<string, Glyph>;

const BOWL = "C1 3.4 0 4.8 0 6.7S1 10 2.6 10 5.2 8.6 5.2 6.7 4.2 3.4 2.6 3.4Z";

const LOWER = {
  a: [5, "M5 3.6V10M5 6.7C5 4.8 4 3.4 2.5 3.4S0 4.8 0 6.7 1 10 2.5 10 5 8.6 5 6.7"],
  b: [5.2, `M0 0V10M2.6 3.4${BOWL}`],
  c: [4.6, "M4.6 4.9C4.2 3.9 3.5 3.4 2.6 3.4 1 3.4 0 4.8 0 6.7S1 10 2.6 10C3.5 10 4.2 9.5 4.6 8.5"],
  d: [5.2, `M5.2 0V10M2.6 3.4${BOWL}`],
  e: [5.2, "M0 6.4H5.2C5.1 4.6 4.1 3.4 2.6 3.4 1 3.4 0 4.8 0 6.7S1 10 2.7 10C3.8 10 4.6 9.5 5 8.6"],
  f: [3.4, "M3.6 .2C1.8 -.3 1.3 .6 1.3 2V10M0 3.6H3.2"],
  g: [5.2, `M5.2 3.6V10.6C5.2 12.4 4.2 13.2 2.6 13.2 1.5 13.2 .7 12.8 .3 12M2.6 3.4${BOWL}`],
  h: [5, "M0 0V10M0 6.2C.2 4.4 1.2 3.4 2.6 3.4S5 4.3 5 6V10"],
  i: [1.2, "M.6 3.6V10M.6 .8V.9"],
  j: [1.8, "M1.2 3.6V11.2C1.2 12.6 .6 13.3 -.6 13.1M1.2 .8V.9"],
  k: [4.8, "M0 0V10M4.4 3.6 0 7.6M1.7 6.2 4.8 10"],
  l: [1.2, "M.6 0V10"],
  m: [
    8.2,
    "M0 3.6V10M0 6C.2 4.4 1 3.4 2.2 3.4S4.1 4.2 4.1 6V10M4.1 6C4.3 4.4 5.1 3.4 6.3 3.4S8.2 4.2 8.2 6V10",
  ],
  n: [5, "M0 3.6V10M0 6.2C.2 4.4 1.2 3.4 2.6 3.4S5 4.3 5 6V10"],
  o: [5.2, `M2.6 3.4${BOWL}`],
  p: [5.2, `M0 3.6V13.2M2.6 3.4${BOWL}`],
  q: [5.2, `M5.2 3.6V13.2M2.6 3.4${BOWL}`],
  r: [3.2, "M0 3.6V10M0 6.4C.3 4.4 1.4 3.2 3.2 3.6"],
  s: [
    4.2,
    "M4 4.7C3.7 3.8 3.1 3.4 2.1 3.4 .9 3.4 .2 4 .2 5 .2 7.2 4.2 6 4.2 8.3 4.2 9.4 3.4 10 2.1 10 .9 10 .2 9.5 0 8.6",
  ],
  t: [3.4, "M1.3 1.4V8C1.3 9.6 2 10.2 3.4 9.8M0 3.6H3.2"],
  u: [5, "M5 3.6V10M0 3.6V7.4C0 9.1 .9 10 2.4 10S4.8 9 5 7.2"],
  v: [5, "M0 3.6 2.5 10 5 3.6"],
  w: [7.6, "M0 3.6 1.9 10 3.8 4.6 5.7 10 7.6 3.6"],
  x: [4.8, "M0 3.6 4.8 10M4.8 3.6 0 10"],
  y: [5, "M0 3.6 2.6 9.8M5 3.6 2.3 11C1.8 12.6 1.2 13.2 0 13"],
  z: [4.6, "M0 3.6H4.6L0 10H4.6"],
  ß: [
    5.4,
    "M0 10V2.4C0 .8 1 0 2.4 0S4.7 .8 4.7 2 3.6 4 2.8 4.4C4.4 4.6 5.4 5.6 5.4 7.1S4.4 10 2.4 9.9",
  ],
  æ: [
    8.4,
    "M4.2 3.6V10M4.2 6.7C4.2 4.8 3.4 3.4 2.1 3.4S0 4.8 0 6.7 .8 10 2.1 10 4.2 8.6 4.2 6.7H8.4C8.3 4.6 7.5 3.4 6.3 3.4S4.2 4.8 4.2 6.7 5 10 6.4 10C7.3 10 7.9 9.5 8.2 8.6",
  ],
  œ: [
    8.8,
    "M4.4 6.7C4.4 4.8 3.6 3.4 2.2 3.4S0 4.8 0 6.7 .8 10 2.2 10 4.4 8.6 4.4 6.7H8.8C8.7 4.6 7.9 3.4 6.6 3.4S4.4 4.8 4.4 6.7 5.2 10 6.7 10C7.6 10 8.3 9.5 8.6 8.6",
  ],
  ø: [5.2, `M2.6 3.4${BOWL}M.4 10.5 4.8 2.9`],
  ł: [1.8, "M.9 0V10M-.4 6.2 2.2 4.2"],
  đ: [5.2, `M5.2 0V10M2.6 3.4${BOWL}M3.4 1.8H6.4`],
  ð: [5.2, `M5.2 6.7C5.2 3.8 3.6 1.6 1.2 .4M3.8 .4 1.4 2.6M2.6 3.4${BOWL}`],
  þ: [5.2, `M0 0V13.2M2.6 3.4${BOWL}`],
  ı: [1.2, "M.6 3.6V10"],
} as const satisfies Record<string, Glyph>;

const SIGNS = {
  " ": [2.6, ""],
  "0": [5.8, "M2.9 0C4.8 0 5.8 2 5.8 5S4.8 10 2.9 10 0 8 0 5 1 0 2.9 0Z"],
  "1": [5.8, "M1 2.2 3.4 0V10M1 10H5.6"],
  "2": [5.8, "M.3 2.6C.4 1 1.4 0 2.9 0S5.5 1 5.5 2.7C5.5 5 1.6 7.4 .2 10H5.8"],
  "3": [
    5.8,
    "M.4 1.8C.9 .6 1.7 0 2.9 0 4.4 0 5.4 .9 5.4 2.4S4.4 4.8 2.4 4.8C4.6 4.8 5.8 5.8 5.8 7.4S4.6 10 2.8 10C1.3 10 .4 9.3 0 8",
  ],
  "4": [5.8, "M4.4 10V0L0 7.2H5.8"],
  "5": [
    5.8,
    "M5.2 0H1L.5 4.7C1.2 4.1 2 3.8 2.9 3.8 4.6 3.8 5.8 5 5.8 6.8S4.6 10 2.8 10C1.4 10 .5 9.3 0 8.2",
  ],
  "6": [
    5.8,
    "M5.2 1.2C4.6 .4 3.9 0 3 0 1.1 0 0 2.2 0 5.6 0 8.6 1.1 10 2.9 10S5.8 8.7 5.8 6.8 4.6 3.8 3 3.8 .1 5 0 6.4",
  ],
  "7": [5.8, "M0 0H5.8L2 10"],
  "8": [
    5.8,
    "M2.9 4.7C1.2 4.7 .4 3.7 .4 2.4S1.3 0 2.9 0 5.4 1 5.4 2.4 4.6 4.7 2.9 4.7 0 5.8 0 7.4 1.1 10 2.9 10 5.8 8.9 5.8 7.4 4.6 4.7 2.9 4.7Z",
  ],
  "9": [
    5.8,
    "M.6 8.8C1.2 9.6 1.9 10 2.8 10 4.7 10 5.8 7.8 5.8 4.4 5.8 1.4 4.7 0 2.9 0S0 1.3 0 3.2 1.2 6.2 2.8 6.2 5.7 5 5.8 3.6",
  ],
  ".": [1.2, "M.6 9.8V9.9"],
  ",": [1.4, "M.8 9.6 .3 11.6"],
  ":": [1.2, "M.6 4.4V4.5M.6 9.8V9.9"],
  ";": [1.4, "M.8 4.4V4.5M.8 9.6 .3 11.6"],
  "!": [1.2, "M.6 0V6.8M.6 9.8V9.9"],
  "?": [4.6, "M0 2.2C.3 .8 1.1 0 2.3 0S4.6 .9 4.6 2.4C4.6 4.4 2.2 4.6 2.2 7M2.2 9.8V9.9"],
  "'": [1.2, "M.6 0V2.4"],
  '"': [2.6, "M.6 0V2.4M2.2 0V2.4"],
  "-": [3.4, "M.3 6.2H3.1"],
  _: [5, "M0 11.4H5"],
  "+": [5.4, "M2.7 3.4V9M-.1 6.2H5.5"],
  "=": [5.4, "M.2 5H5.2M.2 7.6H5.2"],
  "*": [4, "M2 .6V4.6M.2 1.6 3.8 3.6M3.8 1.6 .2 3.6"],
  "/": [4.2, "M4.2 0 0 10.6"],
  "\\": [4.2, "M0 0 4.2 10.6"],
  "|": [1.2, "M.6 -.6V12"],
  "(": [2.4, "M2.4 -.6C.8 1.2 0 3 0 5.4S.8 9.6 2.4 11.4"],
  ")": [2.4, "M0 -.6C1.6 1.2 2.4 3 2.4 5.4S1.6 9.6 0 11.4"],
  "[": [2, "M2 -.6H0V11.4H2"],
  "]": [2, "M0 -.6H2V11.4H0"],
  "<": [4.8, "M4.8 3.4 0 6.2 4.8 9"],
  ">": [4.8, "M0 3.4 4.8 6.2 0 9"],
  "#": [6, "M2.2 0 1.2 10M5 0 4 10M.4 3.4H6M0 6.8H5.6"],
  "%": [
    8.4,
    "M7 0 1.4 10M2 0C3.2 0 4 .9 4 2.2S3.2 4.4 2 4.4 0 3.5 0 2.2 .8 0 2 0ZM6.4 5.6C7.6 5.6 8.4 6.5 8.4 7.8S7.6 10 6.4 10 4.4 9.1 4.4 7.8 5.2 5.6 6.4 5.6Z",
  ],
  "&": [
    7,
    "M7 10 1.5 3.4C.6 2.2 1 0 2.8 0S4.9 2.4 3.6 3.4C2 4.6 0 5.4 0 7.5 0 9 1.2 10 2.8 10 4.8 10 6.2 8.4 6.6 5.6",
  ],
  "@": [
    9.4,
    "M6.8 3V6.4C6.8 8.2 9.4 8.2 9.4 5 9.4 2 7.4 0 4.7 0S0 2 0 5 2 10 4.7 10C5.8 10 6.8 9.7 7.6 9.2M4.7 2.8C3.4 2.8 2.6 3.7 2.6 5S3.4 7.2 4.7 7.2 6.8 6.3 6.8 5 6 2.8 4.7 2.8Z",
  ],
  $: [
    5.6,
    "M5.4 2C5 .6 4.1 0 2.8 0 1.2 0 .2 1 .2 2.4 .2 5.6 5.6 4.2 5.6 7.5 5.6 9 4.5 10 2.8 10 1.2 10 .2 9.2 0 7.8M2.8 -1.4V11.4",
  ],
  "^": [3.8, "M0 2.6 1.9 0 3.8 2.6"],
  "`": [1.6, "M.2 0 1.4 1.8"],
  "{": [
    2.6,
    "M2.6 -.6C1.2 -.6 1.4 .6 1.4 2.6S1.2 5.2 0 5.4C1.2 5.6 1.4 6.2 1.4 8.2S1.2 11.4 2.6 11.4",
  ],
  "}": [
    2.6,
    "M0 -.6C1.4 -.6 1.2 .6 1.2 2.6S1.4 5.2 2.6 5.4C1.4 5.6 1.2 6.2 1.2 8.2S1.4 11.4 0 11.4",
  ],
  "~": [5, "M.2 6.8C1 4.4 3.4 7.8 4.8 5.4"],
  "·": [1.2, "M.6 6V6.1"],
  "…": [5.6, "M.6 9.8V9.9M2.8 9.8V9.9M5 9.8V9.9"],
  "–": [5, "M.3 6.2H4.7"],
  "—": [8, "M.3 6.2H7.7"],
  "’": [1.4, "M1 0 .5 2.4"],
} as const satisfies Record<string, Glyph>;

/** Marks over or under a letter, round x = 0; those above sit at y = -2 over a small letter's top. */
const MARKS: Readonly<Record<string, string>> = {
  "\u0300": "M-1.2 -2.8 .5 -1.2",
  "\u0301": "M1.2 -2.8 -.5 -1.2",
  "\u0302": "M-1.6 -1.2 0 -2.8 1.6 -1.2",
  "\u0303": "M-1.8 -1.4C-1 -3.2 .8 -.8 1.8 -2.6",
  "\u0304": "M-1.5 -1.9H1.5",
  "\u0306": "M-1.6 -2.8C-1.2 -1 1.2 -1 1.6 -2.8",
  "\u0307": "M0 -2.1V-2",
  "\u0308": "M-1.3 -2.1V-2M1.3 -2.1V-2",
  "\u030a": "M0 -3.4A1.1 1.1 0 1 1 -.01 -3.4Z",
  "\u030b": "M-.2 -2.8 -1.3 -1.2M1.9 -2.8 .8 -1.2",
  "\u030c": "M-1.6 -2.8 0 -1.2 1.6 -2.8",
};

const MARKS_BELOW: Readonly<Record<string, string>> = {
  "\u0323": "M0 12V12.1",
  "\u0326": "M.2 11.6 -.5 13.4",
  "\u0327": "M.2 10.2C1.4 11.4 .8 13 -1.2 12.6",
  "\u0328": "M1 10.2C-.4 11.4 -.2 13 1.4 12.8",
};

const GLYPHS: ReadonlyMap<string, Glyph> = new Map(
  Object.entries({ ...UPPER, ...LOWER, ...SIGNS }),
);

const TALL_SMALL_LETTERS = "bdfhklßþðđł";
const GAP = 1.7;
const CAP_TOP = 0;
const SMALL_TOP = 3.4;

/** Text as strokes: SVG elements without colour, in units of a tenth of a capital's height. */
export interface Lettering {
  readonly width: number;
  readonly svg: string;
}

/** True where every character of the text can be drawn without a font of the machine. */
export function hasGlyphs(text: string): boolean {
  return Array.from(text.normalize("NFD")).every(
    (sign) => GLYPHS.has(sign) || sign in MARKS || sign in MARKS_BELOW,
  );
}

/**
 * Lays a line of text out as strokes. The line stands on y = 10, capitals reach to y = 0, marks to
 * y = -3.4, tails to y = 13.4. What has no glyph becomes an open box.
 */
export function letterText(text: string): Lettering {
  let at = 0;
  let svg = "";
  for (const cluster of clusters(text)) {
    const marked = cluster.marks.some((mark) => mark in MARKS);
    const sign = marked && cluster.sign === "i" ? "ı" : cluster.sign;
    const [width, path] = GLYPHS.get(sign) ?? [5, "M0 0H5V10H0Z"];
    if (path !== "") svg += stroke(path, at, 0);
    const tall = sign !== sign.toLowerCase() || TALL_SMALL_LETTERS.includes(sign);
    for (const mark of cluster.marks) {
      const above = MARKS[mark];
      if (above !== undefined) svg += stroke(above, at + width / 2, tall ? CAP_TOP : SMALL_TOP);
      const below = MARKS_BELOW[mark];
      if (below !== undefined) svg += stroke(below, at + width / 2, 0);
    }
    at += width + GAP;
  }
  return { width: Math.max(0, at - GAP), svg };
}

function stroke(path: string, x: number, y: number): string {
  return `<path transform="translate(${x.toFixed(2)} ${y})" d="${path}"/>`;
}

/** A letter and the marks that belong to it. */
interface Cluster {
  readonly sign: string;
  readonly marks: string[];
}

function clusters(text: string): readonly Cluster[] {
  const found: Cluster[] = [];
  for (const sign of text.normalize("NFD")) {
    const last = found.at(-1);
    if (last !== undefined && (sign in MARKS || sign in MARKS_BELOW)) last.marks.push(sign);
    else found.push({ sign, marks: [] });
  }
  return found;
}
