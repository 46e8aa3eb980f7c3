import { en } from "./invites.en.ts";
import { nl } from "./invites.nl.ts";

export const invites = { en, nl };
