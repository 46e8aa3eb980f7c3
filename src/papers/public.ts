import type { Block, Document } from "../print/document.ts";
import {
  DEAD_MESSAGE_DAYS,
  FILE_LIST_DAYS,
  GRACE_DAYS_MAX,
  JOB_DAYS,
  LAST_WORD_DAYS_MAX,
  MESSAGE_DAYS,
  SEARCH_DAYS,
  STRAY_FILE_DAYS,
} from "../rights/retention-rules.ts";
import { PROBE_DAYS_MAX } from "../search/kept-probes.ts";
import type { CollectionFacts, PaperFacts } from "./facts.ts";
import { type PaperLanguage, type PaperWords, wordsIn } from "./words/words.ts";

/** The bounds that the schedule names: the sweep's own. */
export const scheduleLimits = {
  lastWord: LAST_WORD_DAYS_MAX,
  grace: GRACE_DAYS_MAX,
  searches: SEARCH_DAYS,
  fileLists: FILE_LIST_DAYS,
  messages: MESSAGE_DAYS,
  deadMessages: DEAD_MESSAGE_DAYS,
  jobs: JOB_DAYS,
  strayFiles: STRAY_FILE_DAYS,
  probes: PROBE_DAYS_MAX,
} as const;

/** How long what is kept, for everybody to read: the sweep's own bounds, and each collection's. */
export function schedulePaper(facts: PaperFacts, language: PaperLanguage): Document {
  const words = wordsIn(language);
  const { schedule } = words;
  return {
    title: schedule.title,
    language,
    blocks: [
      { kind: "paragraph", text: schedule.lead },
      { kind: "paragraph", text: operatorLine(facts, words) },
      { kind: "heading", level: 1, text: schedule.byCollection },
      {
        kind: "table",
        head: schedule.collectionHead,
        rows: facts.collections.map((one) => [
          one.name,
          words.days(one.retentionDays),
          words.days(Math.min(one.graceDays, GRACE_DAYS_MAX)),
          one.closedAt === null ? schedule.open : schedule.closed,
        ]),
      },
      { kind: "heading", level: 1, text: schedule.rules },
      { kind: "table", head: schedule.head, rows: schedule.rows(scheduleLimits) },
    ],
  };
}

/** What hangs at the door of a place where photos of a collection are taken (R9). */
export function signPaper(
  facts: PaperFacts,
  collection: CollectionFacts,
  options: { readonly language: PaperLanguage; readonly url: string | null },
): Document {
  const words = wordsIn(options.language);
  const { sign } = words;
  const heading = (text: string): Block => ({ kind: "heading", level: 2, text });
  const paragraph = (text: string): Block => ({ kind: "paragraph", text });
  const { authority } = facts.operator ?? {};
  return {
    title: sign.title,
    language: options.language,
    blocks: [
      { kind: "paragraph", look: "large", text: sign.lead },
      ...codeBlocks(options.url, words),
      heading(sign.who),
      paragraph(operatorLine(facts, words)),
      heading(sign.purpose),
      paragraph(collection.purpose),
      heading(sign.faces),
      paragraph(collection.sceneBasis === null ? sign.facesWithout : sign.facesWithBasis),
      heading(sign.found),
      paragraph(sign.foundText),
      heading(sign.refuse),
      paragraph(collection.alternative || words.toFillIn(sign.noAlternative)),
      heading(sign.object),
      paragraph(sign.objectText(collection.contact)),
      ...(authority ? [heading(sign.complain), paragraph(authority.name)] : []),
    ],
  };
}

/** What invites people to say yes, or no. */
export function posterPaper(
  facts: PaperFacts,
  collection: CollectionFacts,
  options: { readonly language: PaperLanguage; readonly url: string | null },
): Document {
  const words = wordsIn(options.language);
  return {
    title: words.poster.title,
    language: options.language,
    blocks: [
      { kind: "paragraph", look: "large", text: words.poster.lead },
      { kind: "paragraph", look: "large", text: collection.purpose },
      ...codeBlocks(options.url, words),
      { kind: "list", items: words.poster.steps },
      { kind: "paragraph", look: "small", text: operatorLine(facts, words) },
    ],
  };
}

function codeBlocks(url: string | null, words: PaperWords): readonly Block[] {
  if (url === null) return [{ kind: "paragraph", text: words.toFillIn(words.sign.noUrl) }];
  return [{ kind: "qr", text: url, caption: `${words.sign.scan}: ${url}` }];
}

function operatorLine({ operator }: PaperFacts, words: PaperWords): string {
  if (!operator) return words.toFillIn(words.sign.unknownOperator);
  return [operator.name, operator.address, operator.email].join(", ");
}
