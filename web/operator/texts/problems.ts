import { en } from "./problems.en.ts";
import { nl } from "./problems.nl.ts";

export const problems = { en, nl };
