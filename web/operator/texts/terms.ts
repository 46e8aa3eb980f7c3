import { en } from "./terms.en.ts";
import { nl } from "./terms.nl.ts";

/** Changing a collection, in each language. */
export const terms = { en, nl };
