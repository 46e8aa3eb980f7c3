import { en } from "./open.en.ts";
import { nl } from "./open.nl.ts";

export const open = { en, nl };
