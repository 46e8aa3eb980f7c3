import { useLanguage } from "./language.tsx";
import type { Language } from "./language.tsx";

/** The texts of one area in every language: what one has, each has. */
export type InEach<Words> = Readonly<Record<Language, Words>>;

/** An area's texts in the chosen language. */
export function useWords<Words>(of: InEach<Words>): Words {
  return of[useLanguage()];
}
