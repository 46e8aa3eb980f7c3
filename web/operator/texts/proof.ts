import { en } from "./proof.en.ts";
import { nl } from "./proof.nl.ts";

export const proof = { en, nl };
