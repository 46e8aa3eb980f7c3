import type { en } from "./en.ts";

/** Every text of the screens. English is the first; whatever it has, each language has. */
export type Texts = typeof en;
