import { type Colour, colour, mix } from "./colour.ts";
import type {
  Brows,
  Clothes,
  Eyes,
  Hair,
  HairStyle,
  Head,
  Marks,
  Mouth,
  Nose,
  Person,
} from "./person.ts";
import { type Random, randomFrom } from "./random.ts";

const SKINS = [
  "#f6d9c8",
  "#efc7ad",
  "#e6b491",
  "#d49c74",
  "#b97f57",
  "#965f3d",
  "#6f432b",
  "#4c2d1f",
];
const HAIRS = [
  "#17130f",
  "#2c1d14",
  "#4a2f1d",
  "#6e4526",
  "#9a6a35",
  "#c99a55",
  "#e3c88d",
  "#8e3a1c",
];
const IRISES = [
  "#3a2313",
  "#4d301a",
  "#6b4a25",
  "#7a6a35",
  "#55703f",
  "#4f7f8c",
  "#6f93b3",
  "#7d858a",
];
const CLOTHES: readonly [string, ...string[]] = [
  "#27384f",
  "#7c2f35",
  "#35573f",
  "#c9b79a",
  "#5f6d7a",
  "#b6552f",
  "#3f3a55",
  "#e6e2da",
  "#1f1f24",
  "#8fa8b8",
  "#d9a441",
  "#6a8f86",
];

function shade(random: Random, palette: readonly string[], low = 0, high = 1): Colour {
  const at = random.between(low, high) * (palette.length - 1);
  const index = Math.min(palette.length - 2, Math.floor(at));
  const [from, to] = [palette[index], palette[index + 1]];
  return mix(colour(from ?? "#000000"), colour(to ?? "#000000"), at - index);
}

/** The person of a seed: always the same one. */
export function personFrom(seed: number): Person {
  const random = randomFrom(seed);
  // How strong the bones are: 0 soft, 1 heavy. Features lean with it, as they do in people.
  const bone = random.between(0, 1);
  const age = random.between(0, 1) ** 1.2;
  const dark = random.between(0, 1);
  const skin = shade(random, SKINS, Math.max(0, dark - 0.03), Math.min(1, dark + 0.03));
  const hair = hairOf(random, { age, bone, dark });
  const nose = noseOf(random, bone, dark);
  const mouth = mouthOf(random, dark, skin);
  return {
    seed,
    age,
    skin,
    head: headOf(random, bone, nose.length + mouth.y + mouth.lower),
    eyes: eyesOf(random, { age, bone, dark }),
    brows: browsOf(random, bone, hair.colour),
    nose,
    mouth,
    hair,
    beard:
      bone > 0.45
        ? random.pick(["none", "none", "stubble", "moustache", "goatee", "full", "full", "long"])
        : "none",
    glasses: random.pick(["none", "none", "none", "round", "square", "wide"]),
    glassesColour: shade(random, ["#1a1a1a", "#5a2a1a", "#a57f3a", "#2b3f6b"]),
    marks: marksOf(random, age, dark),
    clothes: clothesOf(random, bone),
  };
}

function headOf(random: Random, bone: number, features: number): Head {
  const cheek = random.between(61, 82);
  const chinY = Math.max(features + random.between(19, 36) + 6 * bone, cheek * 1.28);
  return {
    temple: cheek * random.between(0.84, 1.0),
    cheek,
    jaw: cheek * (random.between(0.62, 0.84) + 0.1 * bone),
    chin: cheek * (random.between(0.2, 0.42) + 0.1 * bone),
    jawY: chinY * random.between(0.62, 0.72),
    chinY,
    crownY: -(62 + cheek * 0.68) - random.around(-9, 9),
    lean: random.around(-0.05, 0.05),
    cheekbone: random.between(0, 1.2),
    ear: random.around(0.8, 1.35),
    neck: cheek * (0.52 + 0.2 * bone),
  };
}

function eyesOf(
  random: Random,
  traits: { readonly age: number; readonly bone: number; readonly dark: number },
): Eyes {
  const { age, bone, dark } = traits;
  const brown = Math.min(1, dark * 1.6);
  const width = random.between(11.5, 19.5);
  return {
    spacing: random.between(Math.max(25.5, width + 11), 40),
    width,
    open: width * random.between(0.28, 0.6) - 0.6 * bone,
    tilt: random.between(-6, 7),
    iris: shade(random, IRISES, 0, 1 - 0.75 * brown),
    irisRadius: random.between(5.4, 6.6) + 0.06 * width,
    crease: random.between(0, 1),
    depth: random.between(0.05, 1.2) * (0.6 + 0.4 * bone),
    bags: Math.max(0, random.between(-0.6, 0.5) + 0.7 * (age - 0.35)),
    lashes: random.between(0.2, 1) * (1.15 - 0.7 * bone),
  };
}

function browsOf(random: Random, bone: number, hair: Colour): Brows {
  return {
    y: -random.between(15, 30) + 2 * bone,
    thickness: random.between(1.8, 8) + 4 * bone,
    arch: random.between(-2, 12) - 2 * bone,
    tilt: random.between(-7, 7),
    length: random.between(22, 42),
    gap: random.between(4, 18) - 2 * bone,
    colour: mix(hair, colour("#2a1c14"), random.between(0, 0.9)),
  };
}

function noseOf(random: Random, bone: number, dark: number): Nose {
  return {
    length: random.between(35, 61) + 2 * bone,
    width: random.between(10.5, 24) + 3 * dark,
    bridge: random.between(3.5, 11) + bone,
    tip: random.between(5, 14),
    rise: random.between(-5, 6),
    bend: random.between(-5, 5),
  };
}

function mouthOf(random: Random, dark: number, skin: Colour): Mouth {
  const red = random.pick(["#b5574f", "#a8434a", "#c26a5c", "#9c5a4a", "#c43f4c", "#7d2740"]);
  return {
    y: random.between(16, 34),
    width: random.between(16, 35),
    upper: random.between(1.8, 10) + 2 * dark,
    lower: random.between(4, 13.5) + 2 * dark,
    bow: random.between(0, 1),
    corner: random.between(-5, 5),
    colour: mix(skin, colour(red), random.between(0.2, 0.8)),
  };
}

function hairOf(
  random: Random,
  traits: { readonly age: number; readonly bone: number; readonly dark: number },
): Hair {
  const { age, bone, dark } = traits;
  const natural = shade(random, HAIRS, 0, 1 - 0.85 * Math.min(1, dark * 1.5));
  const grey = Math.max(0, Math.min(1, (age - 0.66) * 2.6 + random.between(-0.3, 0.15)));
  const soft: readonly [HairStyle, ...HairStyle[]] = [
    "bob",
    "fringe",
    "long",
    "waves",
    "bun",
    "scarf",
    "curls",
    "afro",
    "long",
    "waves",
  ];
  const strong: readonly [HairStyle, ...HairStyle[]] = [
    "buzz",
    "side-part",
    "quiff",
    "curls",
    "afro",
    "beanie",
    "side-part",
    "fringe",
  ];
  const old: readonly [HairStyle, ...HairStyle[]] = [
    "bald",
    "receding",
    "receding",
    "bald",
    "side-part",
    "buzz",
  ];
  const style = bone < 0.5 ? random.pick(soft) : random.pick(age > 0.5 ? old : strong);
  return {
    style,
    colour: mix(natural, colour("#d9d6d0"), grey),
    volume: random.around(0, 1),
    line: random.around(50, 74),
    part: random.pick([-1, 1]) * random.between(0.25, 0.7),
    second: colour(random.pick(CLOTHES)),
  };
}

function marksOf(random: Random, age: number, dark: number): Marks {
  const moles = random.chance(0.3) ? random.pick([1, 1, 2, 3]) : 0;
  return {
    freckles: dark < 0.45 && random.chance(0.3) ? random.between(0.4, 1) : 0,
    moles: Array.from({ length: moles }, () => ({
      x: random.between(-48, 48),
      y: random.between(14, 84),
      radius: random.between(1.1, 2.2),
    })),
    blush: random.between(0, 1) * (1 - 0.6 * dark),
    lines: Math.max(0, Math.min(1, (age - 0.45) * 1.6 + random.between(-0.15, 0.15))),
  };
}

function clothesOf(random: Random, bone: number): Clothes {
  return {
    colour: colour(random.pick(CLOTHES)),
    second: colour(random.pick(CLOTHES)),
    collar: random.pick(["round", "vee", "shirt", "stripes"]),
    shoulders: 150 + 40 * bone + random.around(-12, 12),
  };
}
