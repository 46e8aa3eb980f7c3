/** A measure that is taken, and the tests that show it: they carry the number in their names. */
export interface Measure {
  readonly requirement: `R${number}`;
  readonly law: string;
  readonly risk: string;
  readonly measure: string;
  readonly tests: readonly string[];
}

/** What the papers call measures. A test holds that each file is there and has the number. */
export const measures: readonly Measure[] = [
  {
    requirement: "R2",
    law: "GDPR 7(1), 5(2)",
    risk: "Consent can't be shown",
    measure: "A signed receipt of each consent, which anybody can check offline",
    tests: ["src/consent/receipts.test.ts"],
  },
  {
    requirement: "R3",
    law: "GDPR 7(3)",
    risk: "A withdrawal comes too late",
    measure: "The templates are deleted in the transaction that ends the consent",
    tests: ["src/rights/consent-changes.test.ts", "src/search/galleries.test.ts"],
  },
  {
    requirement: "R5",
    law: "GDPR 8",
    risk: "A child consents alone",
    measure: "An age floor; below it a guardian's consent, which ends when the floor is reached",
    tests: ["src/consent/term.test.ts"],
  },
  {
    requirement: "R6",
    law: "GDPR 5(1)(c), 25",
    risk: "More faces are processed than needed",
    measure: "Without a scene basis only the one face pointed at is made into a vector",
    tests: ["src/search/search.test.ts", "src/search/backfill.test.ts"],
  },
  {
    requirement: "R7",
    law: "GDPR 6, 9, 25",
    risk: "Somebody is found without consent",
    measure: "Consent is read again in the transaction that records a search",
    tests: ["src/consent/consent.test.ts", "src/search/change-pack.test.ts"],
  },
  {
    requirement: "R8",
    law: "GDPR 9",
    risk: "Bystanders are made recognisable",
    measure: "Vectors of bystanders exist in memory only and are overwritten",
    tests: ["test/canary-r8.test.ts"],
  },
  {
    requirement: "R9",
    law: "GDPR 12 to 14",
    risk: "People do not know what happens to their faces",
    measure: "A notice in layers, door sign and poster in plain words, in their language",
    tests: ["src/papers/papers.test.ts"],
  },
  {
    requirement: "R10",
    law: "GDPR 15",
    risk: "People can't see who searched",
    measure: "Each person's record lists every search of their collections",
    tests: ["src/rights/record.test.ts", "src/ledger/log.test.ts"],
  },
  {
    requirement: "R12",
    law: "GDPR 16, 18",
    risk: "Processing goes on while somebody objects",
    measure: "A pause takes a person out of every search",
    tests: ["src/rights/consent-changes.test.ts"],
  },
  {
    requirement: "R13",
    law: "GDPR 19",
    risk: "Receivers keep what was erased here",
    measure: "Signed erasure notices to whoever received a match",
    tests: ["test/erasure-notices.test.ts"],
  },
  {
    requirement: "R14",
    law: "GDPR 17",
    risk: "Erased data stays readable",
    measure: "Keys are destroyed, rows removed, files written anew; a signed certificate",
    tests: ["src/storage/epochs.test.ts", "src/search/galleries.test.ts"],
  },
  {
    requirement: "R15",
    law: "GDPR 17",
    risk: "A backup brings erased people back",
    measure: "Erasures are replayed before a restored instance serves",
    tests: ["test/restore-r15.test.ts"],
  },
  {
    requirement: "R16",
    law: "GDPR 20",
    risk: "People can't take their data elsewhere",
    measure: "An export with receipts and proofs, which anybody can check offline",
    tests: ["src/rights/export.test.ts"],
  },
  {
    requirement: "R18",
    law: "GDPR 30",
    risk: "Data is kept that nobody knows of",
    measure:
      "Every column states category, purpose, retention and erasure; this paper is made of that",
    tests: ["src/storage/columns.test.ts", "src/papers/papers.test.ts"],
  },
  {
    requirement: "R19",
    law: "GDPR 32",
    risk: "The database is stolen",
    measure:
      "Names, evidence, templates and photos of enrolment are encrypted under keys of their own",
    tests: ["src/storage/vault.test.ts", "src/storage/seal.test.ts"],
  },
  {
    requirement: "R20",
    law: "GDPR 33, 34",
    risk: "After a breach nobody knows who is affected",
    measure: "A breach kit with counts for each collection and the steps of the first 72 hours",
    tests: ["src/papers/papers.test.ts"],
  },
  {
    requirement: "R21",
    law: "GDPR 35",
    risk: "Everybody in a photo is compared without reason",
    measure: "A search of a whole photo is refused where no scene basis is recorded",
    tests: ["src/search/search.test.ts", "src/papers/papers.test.ts"],
  },
  {
    requirement: "R37",
    law: "GDPR 5(1)(e), BIPA 15(a)",
    risk: "Data is kept for ever",
    measure: "Every consent ends; a sweep removes what is over, and shows it before",
    tests: ["src/rights/retention.test.ts"],
  },
];
