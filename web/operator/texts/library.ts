import { en } from "./library.en.ts";
import { nl } from "./library.nl.ts";

export const library = { en, nl };
