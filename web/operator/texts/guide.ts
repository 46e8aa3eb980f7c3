import { en } from "./guide.en.ts";
import { nl } from "./guide.nl.ts";

export const guide = { en, nl };
