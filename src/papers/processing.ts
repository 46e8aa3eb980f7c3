import type { Block, Document } from "../print/document.ts";
import type { ColumnNote } from "../storage/column-notes.ts";
import { columns } from "../storage/columns.ts";
import type { CollectionFacts, PaperFacts } from "./facts.ts";

/** How a paper marks what nobody has said: it is never made up. */
export function toFillIn(what: string): string {
  return `[TO FILL IN: ${what}]`;
}

/** What the categories of the columns mean, in words. */
const CATEGORIES: Readonly<Record<ColumnNote["category"], string>> = {
  technical: "Technical data that say nothing of a person",
  operator: "The operator's rules and staff",
  key: "Keys",
  pseudonym: "Ids and keyed digests that stand for a person",
  identity: "Name and contact",
  consent: "Consents and their evidence",
  biometric: "Templates of faces (special category, GDPR 9)",
  photo: "Photos",
  place: "Places of faces in photos",
  sighting: "In which photos a person was seen",
  record: "The record of what was done",
};

/** The record of processing activities (GDPR 30), from configuration and the notes of columns. */
export function processingPaper(facts: PaperFacts): Document {
  return {
    title: "Record of processing activities (GDPR 30)",
    language: "en",
    blocks: [
      { kind: "paragraph", text: `Made on ${dayOf(facts.at)} from the configuration.` },
      { kind: "heading", level: 1, text: "Controller" },
      controllerFacts(facts),
      { kind: "heading", level: 1, text: "Purposes" },
      ...facts.collections.flatMap(purposeBlocks),
      { kind: "heading", level: 1, text: "Categories of data" },
      {
        kind: "paragraph",
        text:
          "Of people who gave consent, of bystanders in photos (places of faces alone), and of " +
          "the operator's staff. Each line comes from the notes that every column carries.",
      },
      categoryTable(),
      { kind: "heading", level: 1, text: "Recipients and transfers" },
      {
        kind: "facts",
        rows: [
          ["Recipients", facts.operator?.recipients.join("; ") || orUnsaid(facts, "none named")],
          ["Third countries", facts.operator?.transfers ?? orUnsaid(facts, "none named")],
        ],
      },
      { kind: "heading", level: 1, text: "Security" },
      {
        kind: "paragraph",
        text:
          "Names, contacts, evidence, templates and photos of enrolment are encrypted with " +
          "AES-256-GCM under keys of their own, which are destroyed at erasure. What is done is " +
          "recorded in a signed, append-only record. The DPIA lists measures and tests.",
      },
    ],
  };
}

/** Who answers for it: the same rows in every paper. */
export function controllerFacts({ operator }: PaperFacts): Block {
  const unsaid = (what: string): string => (operator ? "none named" : toFillIn(what));
  return {
    kind: "facts",
    rows: [
      ["Name", operator?.name ?? toFillIn("assent operator set --name")],
      ["Address", operator?.address ?? toFillIn("--address")],
      ["E-mail", operator?.email ?? toFillIn("--email")],
      ["Country", operator?.country ?? toFillIn("--country")],
      ["Representative", operator?.representative ?? unsaid("--representative, if outside the EU")],
      [
        "Data protection officer",
        operator?.dataProtectionOfficer ?? unsaid("--dpo, if there is one"),
      ],
      ["Supervisory authority", operator?.authority.name ?? toFillIn("--authority")],
    ],
  };
}

function orUnsaid({ operator }: PaperFacts, said: string): string {
  return operator ? said : toFillIn("assent operator set --recipient, --transfers");
}

function purposeBlocks(one: CollectionFacts): readonly Block[] {
  return [
    { kind: "heading", level: 2, text: one.name },
    {
      kind: "facts",
      rows: [
        ["Purpose", one.purpose],
        ["Legal basis", "Explicit consent of each person who can be found (GDPR 6(1)(a), 9(2)(a))"],
        ["Who may be compared", one.sceneBasis ?? "Only a face that somebody points at"],
        ["Consent ends after", `${one.retentionDays} days`],
        ["Age floor", `${one.ageFloor} years`],
        ["For people who say no", one.alternative || toFillIn("what they get instead")],
        ["Contact", one.contact],
        ["Notice in", one.noticeLanguages.join(", ") || toFillIn("assent notice publish")],
        ["State", one.closedAt === null ? "open" : `closed on ${dayOf(one.closedAt)}`],
      ],
    },
  ];
}

/** A line for each category, purpose and retention that some column has. */
function categoryTable(): Block {
  const lines = new Map<string, { readonly note: ColumnNote; readonly tables: Set<string> }>();
  for (const [table, notes] of Object.entries(columns)) {
    for (const note of Object.values<ColumnNote>(notes)) {
      const key = [note.category, note.purpose, note.retention].join("/");
      const line = lines.get(key) ?? { note, tables: new Set<string>() };
      line.tables.add(table);
      lines.set(key, line);
    }
  }
  const order = Object.keys(CATEGORIES);
  const sorted = [...lines.values()].sort(
    (a, b) => order.indexOf(a.note.category) - order.indexOf(b.note.category),
  );
  return {
    kind: "table",
    head: ["Category", "Kept to", "Goes with", "Tables"],
    rows: sorted.map(({ note, tables }) => [
      CATEGORIES[note.category],
      note.purpose,
      note.retention,
      [...tables].join(", "),
    ]),
  };
}

/** A day as papers write it. */
export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
