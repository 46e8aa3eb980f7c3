import { en } from "./parts.en.ts";
import { nl } from "./parts.nl.ts";

export const parts = { en, nl };
