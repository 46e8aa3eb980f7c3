/** How a head is held, in degrees. */
export interface Pose {
  /** Positive turns to the right of the picture. */
  readonly yaw: number;
  /** Positive looks down. */
  readonly pitch: number;
}

/** A place on paper or, before a pen has projected it, on the front of a head. */
export type Flat = readonly [x: number, y: number];

/** Distance of the imagined camera, in millimetres; nearer makes big noses. */
const CAMERA_MM = 1100;
/** How far the middle of the face stands before the plane of the ears. */
const FACE_DEPTH_MM = 60;

/**
 * Turns places on a life-size head (millimetres, x right, y down, z to the viewer, origin between
 * the eyes in the plane of the ears) into places on paper, for one pose.
 */
export class Pen {
  readonly #sinYaw: number;
  readonly #cosYaw: number;
  readonly #sinPitch: number;
  readonly #cosPitch: number;

  constructor(pose: Pose) {
    const [yaw, pitch] = [(pose.yaw * Math.PI) / 180, (pose.pitch * Math.PI) / 180];
    [this.#sinYaw, this.#cosYaw] = [Math.sin(yaw), Math.cos(yaw)];
    [this.#sinPitch, this.#cosPitch] = [Math.sin(pitch), Math.cos(pitch)];
  }

  /** A place in space. */
  at(x: number, y: number, z = 0): Flat {
    const turned = x * this.#cosYaw + z * this.#sinYaw;
    const near = z * this.#cosYaw - x * this.#sinYaw;
    const low = y * this.#cosPitch + near * this.#sinPitch;
    const depth = near * this.#cosPitch - y * this.#sinPitch;
    const size = CAMERA_MM / (CAMERA_MM - depth);
    return [turned * size, low * size];
  }

  /** A place on the skin, `lift` millimetres before the smooth shape of the face. */
  on(x: number, y: number, lift = 0): Flat {
    const inside = 1 - (x / 84) ** 2 - ((y - 5) / 150) ** 2;
    return this.at(x, y, FACE_DEPTH_MM * Math.sqrt(Math.max(0, inside)) + lift);
  }

  /**
   * As `on`, for what reaches round to the ears (hair, beard): the depth is zero at `half`
   * millimetres from the middle, and what the turned head hides stays at its edge.
   */
  around(x: number, y: number, half: number, lift = 0): Flat {
    const angle = Math.asin(Math.max(-1, Math.min(1, x / half)));
    const edge = Math.atan2(half * this.#cosYaw, FACE_DEPTH_MM * Math.abs(this.#sinYaw));
    const hidden = Math.sign(x) === Math.sign(this.#sinYaw) && Math.abs(angle) > edge;
    const seen = hidden ? Math.sign(x) * edge : angle;
    const beyond = x - half * Math.sin(angle);
    return this.at(half * Math.sin(seen) + beyond, y, FACE_DEPTH_MM * Math.cos(seen) + lift);
  }
}

const digits = (value: number): string => String(Math.round(value * 100) / 100);
const pair = (point: Flat): string => `${digits(point[0])} ${digits(point[1])}`;

/** Adds the left half to the right half of a symmetrical outline that begins and ends at x = 0. */
export function mirrored(right: readonly Flat[]): readonly Flat[] {
  const left = right.slice(1, -1).toReversed();
  return [...right, ...left.map(([x, y]): Flat => [-x, y])];
}

/** A smooth path through the points (Catmull-Rom as cubic curves). */
export function smooth(points: readonly Flat[], closed = false): string {
  return `M${pair(points[0] ?? [0, 0])}${curves(points, closed)}${closed ? "Z" : ""}`;
}

/** A closed path of smooth pieces with a corner wherever two meet. */
export function pieced(...pieces: readonly (readonly Flat[])[]): string {
  const parts = pieces.map((piece, index) => {
    return `${index === 0 ? "M" : "L"}${pair(piece[0] ?? [0, 0])}${curves(piece, false)}`;
  });
  return `${parts.join("")}Z`;
}

/** A closed path of straight lines. */
export function polygon(points: readonly Flat[]): string {
  return `M${points.map(pair).join("L")}Z`;
}

function curves(points: readonly Flat[], closed: boolean): string {
  const count = points.length;
  const point = (index: number): Flat => {
    const wrapped = closed ? (index + count) % count : Math.max(0, Math.min(count - 1, index));
    return points[wrapped] ?? [0, 0];
  };
  let drawn = "";
  for (let index = 0; index < (closed ? count : count - 1); index += 1) {
    const [before, from, to, after] = [index - 1, index, index + 1, index + 2].map(point) as [
      Flat,
      Flat,
      Flat,
      Flat,
    ];
    const leave: Flat = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6];
    const reach: Flat = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6];
    drawn += `C${pair(leave)} ${pair(reach)} ${pair(to)}`;
  }
  return drawn;
}

/** How a path is painted; colours as `#rrggbb` or `url(#id)`. */
export interface Paint {
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly opacity?: number;
}

/** A filled or stroked path. */
export function path(outline: string, paint: Paint): string {
  return `<path d="${outline}"${attributes(paint)}/>`;
}

/** An ellipse around a place, turned by degrees. */
export function ellipse(centre: Flat, rx: number, ry: number, paint: Paint, turn = 0): string {
  const [x, y] = [digits(centre[0]), digits(centre[1])];
  const rotate = turn === 0 ? "" : ` transform="rotate(${digits(turn)} ${x} ${y})"`;
  const size = `rx="${digits(Math.max(0.1, rx))}" ry="${digits(Math.max(0.1, ry))}"`;
  return `<ellipse cx="${x}" cy="${y}" ${size}${rotate}${attributes(paint)}/>`;
}

/**
 * A stroke with soft edges: some strokes on top of each other, each narrower. SVG's own blur costs
 * ten times the drawing it softens, so nothing here uses it.
 */
export function softStroke(outline: string, paint: Paint): string {
  const share = 1 - (1 - (paint.opacity ?? 1)) ** (1 / 3);
  return [1.5, 1, 0.5]
    .map((part) => path(outline, { ...paint, width: (paint.width ?? 1) * part, opacity: share }))
    .join("");
}

/**
 * Opacity goes to fill and stroke, never to the element: `opacity` makes the renderer paint the
 * element on a sheet of its own as large as the photo, which costs twenty times the drawing.
 */
function attributes(paint: Paint): string {
  const opacity = digits(Math.max(0, Math.min(1, paint.opacity ?? 1)));
  const fill = paint.fill === undefined ? "none" : `${paint.fill}" fill-opacity="${opacity}`;
  if (paint.stroke === undefined) return ` fill="${fill}"`;
  const round = 'stroke-linecap="round" stroke-linejoin="round"';
  const width = `stroke-width="${digits(paint.width ?? 1)}"`;
  return ` fill="${fill}" stroke="${paint.stroke}" ${width} stroke-opacity="${opacity}" ${round}`;
}
