export const en = {
  title: "Open to everybody",
  intro:
    "What this instance is for, how it errs, what it keeps, and how it is watched: made of its own settings and counts, for anybody to read. Only people who said yes can be found here.",
  operator: "Who answers for it",
  noOperator: "Nobody has said yet who answers for this instance.",
  name: "Organisation",
  questions: "Questions and requests",
  officer: "Data protection officer",
  representative: "Representative in the Union",
  complaints: "Where to complain",
  collections: "What photos are searched for",
  noCollection: "There is no collection of photos yet.",
  closed: (name: string) => `${name} (closed)`,
  purpose: "What for",
  basis: "Why everyone pictured may be compared",
  noBasis: "Nobody said: only a face that somebody points at is compared.",
  alternative: "What people get who say no",
  notSaid: "Nobody said yet.",
  kept: "How long",
  days: (days: number, grace: number) =>
    `A consent ends ${days} days after it was last given; its keys go at most ${grace} days later.`,
  age: "From which age",
  years: (years: number) => (years === 0 ? "any" : `${years}, younger with a guardian's yes`),
  pack: "Model pack",
  keyMode: "Who holds the keys of templates",
  keyModes: {
    "operator-held":
      "The organisation, one key for each consent: it can open a template while the consent is in force, and destroys the key afterwards.",
  },
  contact: "Questions go to",
  holds: "It holds",
  held: (photos: string, people: number) =>
    `${photos === "1" ? "1 photo" : `${photos} photos`}; ${people === 0 ? "fewer than 10" : `at least ${people}`} people who can be found`,
  searches: "Searches in each finished month",
  noSearch: "No search in the last twelve finished months.",
  notice: (language: string, version: number) => `The notice, ${language}, version ${version}`,
  hash: "SHA-256",
  erasures: (people: number) =>
    people === 0
      ? "Fewer than 10 people were erased so far."
      : `At least ${people} people were erased so far.`,
  tens: "People are counted in tens, rounded down: so nobody can tell from a number who came or went.",
  schedule: "What is kept, and how long",
  what: "What",
  howLong: "How long",
  why: "Why",
  packs: "What compares faces, and how often it is wrong",
  noPack: "Nothing yet: there is no collection in which faces are compared.",
  watched: "How it is watched",
  record: (size: string) =>
    `Every search and every consent is written to a record that can't be changed unseen. It has ${size === "1" ? "1 signed entry" : `${size} signed entries`}.`,
  states: { WITNESSED: "WITNESSED", UNWITNESSED: "UNWITNESSED" },
  witnessed: {
    WITNESSED: "Somebody independent has cosigned its newest state.",
    UNWITNESSED:
      "Nobody independent has cosigned its newest state. Keep a copy of the state: it binds whoever runs this.",
  } as Readonly<Record<string, string>>,
  checkpoint: "Keep the newest signed state",
  keys: "Keys that check the record, receipts and certificates",
  receiptKeys: "Receipts and certificates:",
  at: (at: string) => `As of ${at}.`,
};
