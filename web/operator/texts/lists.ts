import { en } from "./lists.en.ts";
import { nl } from "./lists.nl.ts";

/** Enrolling a list of people, in each language. */
export const lists = { en, nl };
