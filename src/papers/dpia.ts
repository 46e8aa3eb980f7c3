import type { PackManifest } from "../faces/packs.ts";
import type { Block, Document } from "../print/document.ts";
import type { CollectionFacts, PaperFacts } from "./facts.ts";
import { measures } from "./measures.ts";
import { controllerFacts, dayOf, toFillIn } from "./processing.ts";

/** A draft of the data protection impact assessment (GDPR 35(7)). What it can't know is marked. */
export function dpiaPaper(facts: PaperFacts): Document {
  return {
    title: "Data protection impact assessment (GDPR 35): draft",
    language: "en",
    blocks: [
      {
        kind: "paragraph",
        text:
          `Made on ${dayOf(facts.at)} from the configuration. It is a draft: the controller ` +
          "fills in what is marked, asks the data protection officer, and decides.",
      },
      { kind: "heading", level: 1, text: "1. Description of the processing" },
      controllerFacts(facts),
      ...facts.collections.flatMap(collectionBlocks),
      { kind: "heading", level: 1, text: "2. Necessity and proportionality" },
      {
        kind: "list",
        items: [
          toFillIn("why photos are to be found by face, and why a lesser means would not do"),
          "Only people who gave explicit consent are in a gallery. There is no way to enrol others.",
          "A search needs a stated purpose, stays in one collection, and yields candidates that a person judges.",
          toFillIn("the views of the people concerned or their representatives (GDPR 35(9))"),
        ],
      },
      { kind: "heading", level: 1, text: "3. How often it errs" },
      ...facts.packs.flatMap(packBlocks),
      { kind: "heading", level: 1, text: "4. Risks and measures" },
      {
        kind: "paragraph",
        text: "Each measure is shown by tests that carry its number in their names.",
      },
      measureTable(),
      { kind: "heading", level: 1, text: "5. What remains" },
      {
        kind: "list",
        items: [
          "A template is biometric data even when encrypted.",
          "Whoever runs the program can change it. Misuse becomes visible and provable, not impossible.",
          toFillIn("likelihood and severity of each risk for the people concerned here"),
          toFillIn("the advice of the data protection officer (GDPR 35(2))"),
          toFillIn("whether the authority must be consulted first (GDPR 36)"),
          toFillIn("who decided, and when this is looked at again"),
        ],
      },
    ],
  };
}

/** R21: whether everybody in a photo is compared, as the configuration has it. */
function collectionBlocks(one: CollectionFacts): readonly Block[] {
  const whole =
    one.sceneBasis === null
      ? "Blocked: no scene basis is recorded. Only a face that somebody points at is compared."
      : `Allowed, on this recorded basis: ${one.sceneBasis}`;
  const { granted, paused } = one.grants;
  return [
    { kind: "heading", level: 2, text: `Collection ${one.name}` },
    {
      kind: "facts",
      rows: [
        ["Purpose", one.purpose],
        ["Comparing everybody in a photo", whole],
        ["Photos", String(one.media)],
        ["People with consent", `${granted + paused}, of whom ${paused} paused`],
        ["Consent ends after", `${one.retentionDays} days`],
        ["Age floor", `${one.ageFloor} years`],
        ["For people who say no", one.alternative || toFillIn("what they get instead")],
      ],
    },
  ];
}

function packBlocks(pack: PackManifest): readonly Block[] {
  const { match, uncertain } = pack.thresholds;
  const rows = pack.measuredError.flatMap(({ data, people, pairs, at }) =>
    at
      .filter(({ threshold }) => threshold === match || threshold === uncertain)
      .map(({ threshold, fmr, fnmr }) => [
        data,
        String(people),
        String(pairs.nonMated ?? "not kept"),
        String(threshold),
        percent(fmr),
        percent(fnmr),
      ]),
  );
  return [
    { kind: "heading", level: 2, text: `Model pack ${pack.name}: ${pack.title}` },
    {
      kind: "facts",
      rows: [
        ["Trained on", pack.trainingData],
        ["Licence", pack.licence],
        ["Match from", String(match)],
        ["Uncertain from", String(uncertain)],
      ],
    },
    {
      kind: "table",
      head: [
        "Measured on",
        "People",
        "Pairs of two",
        "Threshold",
        "False match",
        "False non-match",
      ],
      rows,
    },
    { kind: "paragraph", text: toFillIn("error measured on photos like the controller's own") },
  ];
}

function percent(rate: number): string {
  return `${Number((rate * 100).toPrecision(3))} %`;
}

/** Risk, measure, and the tests that show it. */
export function measureTable(): Block {
  return {
    kind: "table",
    head: ["No.", "Risk", "Measure", "Law", "Tests"],
    rows: measures.map((one) => [
      one.requirement,
      one.risk,
      one.measure,
      one.law,
      one.tests.join("\n"),
    ]),
  };
}
