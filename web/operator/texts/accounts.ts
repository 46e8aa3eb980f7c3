import { en } from "./accounts.en.ts";
import { nl } from "./accounts.nl.ts";

export const accounts = { en, nl };
