import type { Block, Document } from "../print/document.ts";
import type { CollectionFacts, PaperFacts } from "./facts.ts";
import { controllerFacts, dayOf, toFillIn } from "./processing.ts";

/** What to have at hand when data may have got out (GDPR 33, 34): counts, steps, commands. */
export function breachPaper(facts: PaperFacts): Document {
  return {
    title: "Breach kit (GDPR 33, 34)",
    language: "en",
    blocks: [
      { kind: "paragraph", text: `Counts as of ${new Date(facts.at).toISOString()}.` },
      { kind: "heading", level: 1, text: "Who is affected" },
      affectedTable(facts.collections),
      {
        kind: "paragraph",
        text:
          "A person in several collections is counted in each. Of erased people nothing opens " +
          'any more. "assent access --subject" shows what is held about one person.',
      },
      { kind: "heading", level: 1, text: "The first 72 hours" },
      { kind: "list", items: STEPS },
      { kind: "heading", level: 1, text: "Keys" },
      { kind: "facts", rows: COMMANDS },
      { kind: "heading", level: 1, text: "Notification to the authority (GDPR 33(3))" },
      controllerFacts(facts),
      { kind: "facts", rows: notificationRows(facts) },
    ],
  };
}

function affectedTable(collections: readonly CollectionFacts[]): Block {
  return {
    kind: "table",
    head: [
      "Collection",
      "Live",
      "Paused",
      "Ended",
      "Erased",
      "Templates",
      "Kept photos",
      "Sightings",
    ],
    rows: collections.map(({ name, grants, templates, keptPhotos, sightings }) => [
      name,
      String(grants.granted),
      String(grants.paused),
      String(grants.withdrawn + grants.expired),
      String(grants.erased),
      String(templates),
      String(keptPhotos),
      String(sightings),
    ]),
  };
}

const STEPS = [
  "Write down when and how you became aware: the 72 hours run from then.",
  "Stop the leak. Take the instance off the network, and keep a copy of its folder and its logs.",
  "What got out? The database without its master key opens no name, evidence, template or photo of enrolment. With the key, all of it does. Photos of collections lie unencrypted in the folder photos.",
  "Check that the record was not rewritten: assent ledger check, against a checkpoint kept elsewhere.",
  "Roll the keys (below), and change the credentials of the database and of staff.",
  "Within 72 hours notify the authority, unless a risk to people is unlikely. Later is allowed with reasons; so is a first notice that is completed later.",
  "Where the risk is high, and with templates that opened it is, tell the people without delay, in plain words (GDPR 34).",
  "Document all of it, whatever you decide (GDPR 33(5)).",
];

const COMMANDS: readonly (readonly [string, string])[] = [
  ["Wrap every key anew", "assent keys roll"],
  ["Sign with a new key", "assent keys add receipts; assent keys add ledger"],
  ["Check the record", "assent ledger check"],
  ["What is held of a person", "assent access --subject PERSON"],
  ["End a collection", "assent collection close --collection NAME"],
];

function notificationRows({ collections, at }: PaperFacts): readonly (readonly [string, string])[] {
  const people = collections.reduce((sum, { grants }) => {
    const { granted, paused, withdrawn, expired } = grants;
    return sum + granted + paused + withdrawn + expired;
  }, 0);
  return [
    ["Nature of the breach", toFillIn("what happened, when, how it was noticed")],
    ["Consents concerned, at most", `${people} on ${dayOf(at)}`],
    ["Categories of data", "Name and contact, consents, templates of faces, sightings, photos"],
    ["Likely consequences", toFillIn("for the people concerned")],
    ["Measures taken", toFillIn("what was done, and when")],
  ];
}
