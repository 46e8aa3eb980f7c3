import { en } from "./shell.en.ts";
import { nl } from "./shell.nl.ts";

export const shell = { en, nl };
