import type { Instant } from "../base/clock.ts";
import type { Block, Document } from "../print/document.ts";
import { textsNear } from "./texts/languages.ts";

/** What stands on every page: who asks, for what, and who answers questions. */
export interface PosterFacts {
  readonly operator: string | null;
  readonly collection: string;
  readonly purpose: string;
  readonly contact: string;
}

/** An invite that is handed over. */
export interface PosterLink {
  readonly link: string;
  readonly expiresAt: Instant;
}

/** Invites to hand over, a page for each: what it is, the QR code, until when it is open. */
export function invitePosters(
  facts: PosterFacts,
  links: readonly PosterLink[],
  asked: string,
): Document {
  const { poster: words, language } = textsNear(asked);
  const pages = links.map(({ link, expiresAt }): readonly Block[] => [
    { kind: "paragraph", look: "large", text: words.asks(facts.operator, facts.purpose) },
    { kind: "qr", text: link, caption: words.scan },
    { kind: "code", text: link },
    { kind: "paragraph", text: words.until(new Date(expiresAt).toISOString().slice(0, 10)) },
    { kind: "paragraph", text: words.choice },
    { kind: "paragraph", look: "small", text: words.questions(facts.contact) },
  ]);
  const blocks = pages.flatMap((page, index): readonly Block[] =>
    index === 0 ? page : [{ kind: "page_break" }, ...page],
  );
  return { title: words.title(facts.collection), language, blocks };
}
