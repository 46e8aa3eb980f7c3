import { en } from "./people.en.ts";
import { nl } from "./people.nl.ts";

export const people = { en, nl };
