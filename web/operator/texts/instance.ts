import { en } from "./instance.en.ts";
import { nl } from "./instance.nl.ts";

export const instance = { en, nl };
