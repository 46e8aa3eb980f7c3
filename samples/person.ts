import type { Colour } from "./colour.ts";

export type HairStyle =
  | "bald"
  | "buzz"
  | "receding"
  | "side-part"
  | "quiff"
  | "curls"
  | "afro"
  | "bob"
  | "fringe"
  | "long"
  | "waves"
  | "bun"
  | "scarf"
  | "beanie";

export type Beard = "none" | "stubble" | "moustache" | "goatee" | "full" | "long";
export type Glasses = "none" | "round" | "square" | "wide";

/**
 * A person who does not exist. Lengths are millimetres of a life-size head, x to the right of the
 * picture, y downwards, the origin between the eyes.
 */
export interface Person {
  readonly seed: number;
  /** 0 is about twenty, 1 about eighty. */
  readonly age: number;
  readonly skin: Colour;
  readonly head: Head;
  readonly eyes: Eyes;
  readonly brows: Brows;
  readonly nose: Nose;
  readonly mouth: Mouth;
  readonly hair: Hair;
  readonly beard: Beard;
  readonly glasses: Glasses;
  readonly glassesColour: Colour;
  readonly marks: Marks;
  readonly clothes: Clothes;
}

export interface Head {
  /** Half widths of the outline at its heights. */
  readonly temple: number;
  readonly cheek: number;
  readonly jaw: number;
  readonly chin: number;
  /** Heights below the eyes. */
  readonly jawY: number;
  readonly chinY: number;
  readonly crownY: number;
  /** How much one side is larger than the other, as a share. */
  readonly lean: number;
  readonly cheekbone: number;
  readonly ear: number;
  readonly neck: number;
}

export interface Eyes {
  readonly spacing: number;
  readonly width: number;
  readonly open: number;
  /** Rise of the outer corner. */
  readonly tilt: number;
  readonly iris: Colour;
  readonly irisRadius: number;
  /** 0 no crease over the eye, 1 a deep one. */
  readonly crease: number;
  readonly depth: number;
  readonly bags: number;
  readonly lashes: number;
}

export interface Brows {
  readonly y: number;
  readonly thickness: number;
  readonly arch: number;
  readonly tilt: number;
  readonly length: number;
  readonly gap: number;
  readonly colour: Colour;
}

export interface Nose {
  readonly length: number;
  readonly width: number;
  readonly bridge: number;
  readonly tip: number;
  readonly rise: number;
  readonly bend: number;
}

export interface Mouth {
  readonly y: number;
  readonly width: number;
  readonly upper: number;
  readonly lower: number;
  readonly bow: number;
  readonly corner: number;
  readonly colour: Colour;
}

export interface Hair {
  readonly style: HairStyle;
  readonly colour: Colour;
  readonly volume: number;
  /** Height of the hairline above the eyes. */
  readonly line: number;
  /** -1 parted on the left of the picture, 1 on the right. */
  readonly part: number;
  readonly second: Colour;
}

export interface Marks {
  readonly freckles: number;
  readonly moles: readonly { readonly x: number; readonly y: number; readonly radius: number }[];
  readonly blush: number;
  readonly lines: number;
}

export interface Clothes {
  readonly colour: Colour;
  readonly second: Colour;
  readonly collar: "round" | "vee" | "shirt" | "stripes";
  readonly shoulders: number;
}
