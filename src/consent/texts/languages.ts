import type { NoticeFacts, NoticeItem } from "../layered-notice.ts";
import { en } from "./en.ts";
import { nl } from "./nl.ts";

/** The words of one language. A language that lacks one does not compile. */
export interface Texts {
  /** As BCP 47 names it. */
  readonly language: string;
  readonly short: (facts: NoticeFacts) => string;
  readonly items: {
    readonly [Item in NoticeItem]: {
      readonly title: string;
      readonly text: (facts: NoticeFacts) => string;
    };
  };
  readonly receipt: ReceiptWords;
  readonly poster: PosterWords;
}

/** The words of an invite that is handed over on paper. */
export interface PosterWords {
  readonly title: (collection: string) => string;
  readonly asks: (operator: string | null, purpose: string) => string;
  readonly scan: string;
  readonly until: (day: string) => string;
  readonly choice: string;
  readonly questions: (contact: string) => string;
}

/** The words of a receipt's readable page. */
export interface ReceiptWords {
  readonly title: string;
  readonly intro: string;
  readonly more: string;
  readonly labels: {
    readonly number: string;
    readonly made: string;
    readonly given: string;
    readonly renewed: string;
    readonly by: string;
    readonly how: string;
    readonly until: string;
    readonly collection: string;
    readonly controller: string;
    readonly address: string;
    readonly email: string;
    readonly representative: string;
    readonly officer: string;
    readonly authority: string;
    readonly jurisdiction: string;
    readonly recipients: string;
    readonly transfers: string;
    readonly purpose: string;
    readonly basis: string;
    readonly data: string;
    readonly operations: string;
    readonly grace: string;
    readonly withdraw: string;
    readonly rights: string;
    readonly notice: string;
    readonly noticeHash: string;
    readonly you: string;
    readonly pack: string;
    readonly keyMode: string;
    readonly hash: string;
  };
  readonly uses: { readonly find: string; readonly keep_photo: string };
  readonly keepPhotoPurpose: string;
  readonly basis: string;
  readonly by: { readonly subject: string; readonly guardian: string };
  readonly how: { readonly paper: string; readonly web: string };
  readonly data: { readonly "pd:FacialPrint": string; readonly "pd:Picture": string };
  readonly operations: {
    readonly "dpv:Collect": string;
    readonly "dpv:Derive": string;
    readonly "dpv:Match": string;
    readonly "dpv:Store": string;
    readonly "dpv:Erase": string;
  };
  readonly rights: string;
  readonly keyMode: string;
  readonly days: (count: number) => string;
  /** A notice by its version, and its language as this language calls it. */
  readonly noticeName: (version: number, language: string) => string;
  readonly check: { readonly title: string; readonly text: string };
}

const TEXTS = new Map<string, Texts>([
  ["en", en],
  ["nl", nl],
]);

/** The words of a language, whatever its region; null where there are none. */
export function textsIn(language: string): Texts | null {
  return TEXTS.get(language.split("-")[0] ?? "") ?? null;
}

/** As `textsIn`, and English where there are none. */
export function textsNear(language: string): Texts {
  return textsIn(language) ?? en;
}
