import { en } from "./requests.en.ts";
import { nl } from "./requests.nl.ts";

export const requests = { en, nl };
