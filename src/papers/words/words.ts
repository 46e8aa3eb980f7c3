import { en } from "./en.ts";
import { nl } from "./nl.ts";

/** Languages of the papers that the public reads. The others are in English. */
export const paperLanguages = ["en", "nl"] as const;
export type PaperLanguage = (typeof paperLanguages)[number];

/** The sentences of door sign, poster and schedule. */
export interface PaperWords {
  readonly toFillIn: (what: string) => string;
  readonly days: (days: number) => string;
  readonly sign: {
    readonly title: string;
    readonly lead: string;
    readonly who: string;
    readonly unknownOperator: string;
    readonly purpose: string;
    readonly faces: string;
    readonly facesWithBasis: string;
    readonly facesWithout: string;
    readonly found: string;
    readonly foundText: string;
    readonly refuse: string;
    readonly noAlternative: string;
    readonly object: string;
    readonly objectText: (contact: string) => string;
    readonly complain: string;
    readonly scan: string;
    readonly noUrl: string;
  };
  readonly poster: {
    readonly title: string;
    readonly lead: string;
    readonly steps: readonly string[];
  };
  readonly schedule: {
    readonly title: string;
    readonly lead: string;
    readonly head: readonly [what: string, howLong: string, why: string];
    readonly rules: string;
    readonly byCollection: string;
    readonly collectionHead: readonly [name: string, consent: string, grace: string, state: string];
    readonly open: string;
    readonly closed: string;
    readonly rows: (limits: ScheduleLimits) => readonly (readonly [string, string, string])[];
  };
}

/** The bounds of the sweep, in days. */
export interface ScheduleLimits {
  readonly lastWord: number;
  readonly grace: number;
  readonly searches: number;
  readonly fileLists: number;
  readonly messages: number;
  readonly deadMessages: number;
  readonly jobs: number;
  readonly strayFiles: number;
  readonly probes: number;
}

const WORDS: Readonly<Record<PaperLanguage, PaperWords>> = { en, nl };

/** The words in a language. */
export function wordsIn(language: PaperLanguage): PaperWords {
  return WORDS[language];
}
