import { z } from "zod";
import type { Reader } from "../storage/db.ts";
import type { CollectionId } from "../base/ids.ts";
import { ConsentError } from "./errors.ts";
import type { Notice } from "./notices.ts";
import { type Operator, requireOperator } from "./operator.ts";
import { type CollectionRules, readRules } from "./rules.ts";
import { textsIn } from "./texts/languages.ts";

/** What GDPR 13(1) and (2) make a controller tell, and where each item stands there. */
export const NOTICE_ITEMS = {
  controller: "13(1)(a)",
  officer: "13(1)(b)",
  purpose: "13(1)(c)",
  interests: "13(1)(d)",
  recipients: "13(1)(e)",
  transfers: "13(1)(f)",
  storage: "13(2)(a)",
  rights: "13(2)(b)",
  withdrawal: "13(2)(c)",
  complaint: "13(2)(d)",
  choice: "13(2)(e)",
  decisions: "13(2)(f)",
} as const;

export type NoticeItem = keyof typeof NOTICE_ITEMS;

/** What a notice is made from. */
export interface NoticeFacts {
  readonly rules: CollectionRules;
  readonly operator: Operator;
}

/** A notice in two layers: what matters in a few sentences, and every item of article 13. */
export const layeredNoticeSchema = z.strictObject({
  language: z.string(),
  short: z.string().trim().min(1),
  /** A heading, and plain words below it, for each item. */
  items: z.record(
    z.enum(Object.keys(NOTICE_ITEMS) as NoticeItem[]),
    z.strictObject({ title: z.string().trim().min(1), text: z.string().trim().min(1) }),
  ),
});

export type LayeredNotice = z.infer<typeof layeredNoticeSchema>;

/**
 * Makes the notice of a collection from its rules and the operator's profile. `own`, if it is given,
 * is the first layer as the operator wrote it. Throws ConsentError: operator_unknown,
 * language_unknown (the words of the second layer are there in English and Dutch).
 */
export async function makeNotice(
  db: Reader,
  collection: CollectionId,
  { language, own }: NoticeText,
): Promise<LayeredNotice> {
  const texts = textsIn(language);
  if (!texts) {
    const advice = "The words of a notice are there in en and nl. Write your own in this language.";
    throw new ConsentError("language_unknown", advice);
  }
  const facts = { rules: await readRules(db, collection), operator: await requireOperator(db) };
  const items = Object.entries(texts.items).map(([item, { title, text }]) => [
    item,
    { title, text: text(facts).trim() },
  ]);
  const short = own?.trim() || texts.short(facts);
  return layeredNoticeSchema.parse({ language, short, items: Object.fromEntries(items) });
}

/** What a notice is to say, in one language. */
export interface NoticeText {
  readonly language: string;
  /** The operator's own first lines; the whole notice in a language that has no words here. */
  readonly own: string | null;
}

/**
 * The text of a notice: the operator's own where its language is not one of ours, and every item of
 * article 13 below it where it is. Throws as makeNotice does.
 */
export async function noticeBody(
  db: Reader,
  collection: CollectionId,
  { language, own }: NoticeText,
): Promise<string> {
  if (own !== null && textsIn(language) === null) return own;
  return renderNotice(await makeNotice(db, collection, { language, own }));
}

/** A notice as its two layers, read from the very text that is hashed. */
export interface NoticeLayers {
  readonly short: string;
  readonly items: readonly {
    readonly item: NoticeItem;
    readonly title: string;
    readonly text: string;
  }[];
}

/**
 * The layers of a notice that `makeNotice` made: each item begins at its title. One that the
 * operator wrote themselves has one layer, which is all of it.
 */
export function layersOf({ body, language }: Pick<Notice, "body" | "language">): NoticeLayers {
  const texts = textsIn(language);
  const items = Object.keys(NOTICE_ITEMS) as NoticeItem[];
  const starts: number[] = [];
  for (const item of items) {
    const start = body.indexOf(`\n\n${texts?.items[item].title ?? ""}\n`, starts.at(-1) ?? 0);
    if (!texts || start < 0) return { short: body, items: [] };
    starts.push(start);
  }
  return {
    short: body.slice(0, starts[0]),
    items: items.map((item, index) => {
      const [title = "", ...lines] = body
        .slice(starts[index], starts[index + 1])
        .trim()
        .split("\n");
      return { item, title, text: lines.join("\n") };
    }),
  };
}

/** The notice as it is shown, hashed and kept: both layers, one below the other. */
export function renderNotice({ short, items }: LayeredNotice): string {
  const parts = Object.keys(NOTICE_ITEMS).map((item) => items[item as NoticeItem]);
  return [short, ...parts.map(({ title, text }) => `${title}\n${text}`)].join("\n\n");
}
