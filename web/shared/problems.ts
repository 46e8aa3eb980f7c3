import { createContext } from "react";
import type { InEach } from "./words.ts";

/** Words for codes of failures beyond those of every page; each side of the screens has its own. */
export const ProblemWords = createContext<InEach<Readonly<Record<string, string>>>>({
  en: {},
  nl: {},
});
