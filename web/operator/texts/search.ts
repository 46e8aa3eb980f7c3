import { en } from "./search.en.ts";
import { nl } from "./search.nl.ts";

export const search = { en, nl };
