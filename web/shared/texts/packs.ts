import { en } from "./packs.en.ts";
import { nl } from "./packs.nl.ts";

export const packs = { en, nl };
