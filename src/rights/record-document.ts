import type { Block, Document } from "../print/document.ts";
import type { Held, HeldGrant, Moment, PersonRecord } from "./person-record.ts";
import { RECORD_WORDS, type RecordLanguage, type RecordWords } from "./record-words.ts";

/** Rows of one table that are printed: a hundred pages are read by nobody. The JSON has them all. */
const PRINTED_ROWS_MAX = 2000;

/** A person's record to be read, in plain words. */
export function recordDocument(record: PersonRecord, language: RecordLanguage = "en"): Document {
  const words = RECORD_WORDS[language];
  return {
    title: words.title,
    language,
    blocks: [
      { kind: "paragraph", text: words.about(readable(record.madeAt)) },
      ...subjectBlocks(record, words),
      ...grantBlocks(record, words),
      ...biometricBlocks(record, words),
      ...sightingBlocks(record, words),
      ...searchBlocks(record, words),
      ...handedOutBlocks(record, words),
      ...objectionBlocks(record, words),
      ...messageBlocks(record, words),
      ...entryBlocks(record, words),
    ],
  };
}

function subjectBlocks({ subject }: PersonRecord, words: RecordWords): readonly Block[] {
  const { labels } = words;
  return [
    heading(words.headings.subject),
    {
      kind: "facts",
      rows: [
        [labels.name, subject.name],
        [labels.contact, subject.contact],
        [labels.id, subject.id],
        [labels.knownSince, readable(subject.knownSince)],
      ],
    },
  ];
}

function grantBlocks({ grants }: PersonRecord, words: RecordWords): readonly Block[] {
  if (grants.length === 0) return [heading(words.headings.grants), none(words)];
  return [heading(words.headings.grants), ...grants.flatMap((grant) => grantFacts(grant, words))];
}

function grantFacts(grant: HeldGrant, words: RecordWords): readonly Block[] {
  const { labels } = words;
  const ended = grant.endedAt === null ? [] : [[labels.ended, readable(grant.endedAt)] as const];
  const uses = grant.uses.map((use) => words.uses[use] ?? use).join("; ");
  return [
    { kind: "heading", level: 3, text: grant.collection.name },
    {
      kind: "facts",
      rows: [
        [labels.purpose, grant.collection.purpose],
        [labels.ask, grant.collection.contact],
        [labels.state, words.grantStates[grant.state]],
        [labels.uses, uses],
        [labels.from, readable(grant.from)],
        [labels.until, readable(grant.until)],
        ...ended,
        ...grant.consents.flatMap(({ evidence, byGuardian, notice, receiptHash }) => [
          [labels.said, words.evidence(evidence, byGuardian)] as const,
          [labels.notice, `${notice.version} (${notice.language}), ${notice.hash}`] as const,
          ...(receiptHash === null ? [] : [[labels.receipt, receiptHash] as const]),
        ]),
      ],
    },
  ];
}

function biometricBlocks(record: PersonRecord, words: RecordWords): readonly Block[] {
  const { templates, enrolmentPhotos } = record;
  const rows = templates.map((one) => [one.collection.name, one.pack, readable(one.madeAt)]);
  return [
    heading(words.headings.templates),
    { kind: "paragraph", text: words.templates(templates.length) },
    ...(rows.length === 0 ? [] : [{ kind: "table", head: words.heads.templates, rows } as const]),
    heading(words.headings.photos),
    { kind: "paragraph", text: words.photos(enrolmentPhotos.length) },
  ];
}

function sightingBlocks({ sightings }: PersonRecord, words: RecordWords): readonly Block[] {
  return heldTable("sightings", sightings, words, (one) => [
    readable(one.seenAt),
    one.collection.name,
    one.photo,
    inPercent(one.box),
    words.verdicts[one.verdict],
    words.sightingStates[one.state],
    one.decidedAt === null ? "" : readable(one.decidedAt),
  ]);
}

function searchBlocks({ searches }: PersonRecord, words: RecordWords): readonly Block[] {
  return heldTable("searches", searches, words, (search) => [
    readable(search.startedAt),
    search.collection.name,
    search.account,
    search.purpose,
    words.verdicts[search.returned ?? "none"],
    search.keptUntil === null ? "" : readable(search.keptUntil),
    search.entry === null ? "" : String(search.entry),
  ]);
}

function handedOutBlocks(record: PersonRecord, words: RecordWords): readonly Block[] {
  const names = new Map(record.grants.map(({ collection }) => [collection.id, collection.name]));
  return heldTable("handedOut", whole(record.handedOut), words, (one) => [
    readable(one.at),
    words.handedOut[one.kind],
    one.account,
    names.get(one.collection) ?? one.collection,
    String(one.photos),
  ]);
}

function objectionBlocks({ objections }: PersonRecord, words: RecordWords): readonly Block[] {
  return heldTable("objections", whole(objections), words, (one) => [
    readable(one.askedAt),
    one.collection.name,
    one.face === null ? `${one.photo}, ${words.labels.wholePhoto}` : one.photo,
    one.reason ?? "",
    words.objectionStates[one.state],
    one.decidedAt === null ? "" : readable(one.decidedAt),
  ]);
}

function messageBlocks({ messages }: PersonRecord, words: RecordWords): readonly Block[] {
  return heldTable("messages", messages, words, (one) => [
    readable(one.queuedAt),
    one.collection.name,
    one.to,
    words.messages[one.kind] ?? one.kind,
    one.deliveredAt === null ? "" : readable(one.deliveredAt),
  ]);
}

function entryBlocks({ entries }: PersonRecord, words: RecordWords): readonly Block[] {
  return heldTable("entries", whole(entries.toReversed()), words, (entry) => [
    String(entry.number),
    readable(entry.at),
    words.kinds[entry.kind] ?? entry.kind,
    entry.account,
    String(entry.leafIndex),
  ]);
}

function heldTable<Row>(
  part: keyof RecordWords["heads"],
  held: Held<Row>,
  words: RecordWords,
  show: (row: Row) => readonly string[],
): readonly Block[] {
  const title = heading(words.headings[part]);
  if (held.rows.length === 0) return [title, none(words)];
  const rows = held.rows.slice(0, PRINTED_ROWS_MAX).map(show);
  const cut = held.rows.length > rows.length || !held.complete;
  return [
    title,
    ...(cut ? [{ kind: "paragraph", text: words.more(rows.length) } as const] : []),
    { kind: "table", head: words.heads[part], rows },
  ];
}

function whole<Row>(rows: readonly Row[]): Held<Row> {
  return { rows, complete: true };
}

function heading(text: string): Block {
  return { kind: "heading", level: 2, text };
}

function none(words: RecordWords): Block {
  return { kind: "paragraph", text: words.none };
}

/** To the minute: seconds are for machines. */
function readable(at: Moment): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`;
}

/** Left and top edge, width and height, in hundredths of the photo's sides. */
function inPercent({
  x,
  y,
  width,
  height,
}: Readonly<Record<"x" | "y" | "width" | "height", number>>): string {
  return [x, y, width, height].map((side) => `${Math.round(side * 100)} %`).join(", ");
}
