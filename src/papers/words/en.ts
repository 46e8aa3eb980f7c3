import type { PaperWords } from "./words.ts";

/** The papers that the public reads, in English. */
export const en: PaperWords = {
  toFillIn: (what) => `[TO FILL IN: ${what}]`,
  days: (days) => (days === 1 ? "1 day" : `${days} days`),
  sign: {
    title: "Photos are taken here",
    lead: "Only people who said yes can be found in them.",
    who: "Who is responsible",
    unknownOperator: "who runs this: name, address, contact",
    purpose: "What the photos are for",
    faces: "What happens to faces",
    facesWithBasis:
      "Every face in a photo is compared, in memory and for a moment, with the people who said yes. Of everybody else nothing is kept by which a face could be recognised.",
    facesWithout:
      "Faces are located so that they can be blurred. A face is compared only when somebody points at it. Of people who did not say yes nothing is kept by which a face could be recognised.",
    found: "If you want to be found",
    foundText: "Say yes first. You can take it back at any time, as easily as you gave it.",
    refuse: "If you say no",
    noAlternative: "what people get who say no",
    object: "If you do not want to be in a photo",
    objectText: (contact) =>
      `Tell the photographer or our staff, or write to ${contact}. You never need to show your face to us for that.`,
    complain: "You may complain to",
    scan: "All details, and your choices",
    noUrl: "the address of the invitation or notice, with --url",
  },
  poster: {
    title: "Find the photos you are in",
    lead: "Say yes, show your face once, and we find you in our photos. Only people who said yes can be found.",
    steps: [
      "Scan the code and read what happens.",
      "Say yes, or no. Both are fine.",
      "Take a photo of your face. It is used for this and nothing else.",
      "Take your yes back whenever you like: from then on nobody finds you.",
    ],
  },
  schedule: {
    title: "How long we keep what",
    lead: "Nothing about you is kept for ever. What is over is removed by a program, by these rules.",
    head: ["What", "How long", "Why"],
    rules: "The rules",
    byCollection: "Collection by collection",
    collectionHead: ["Collection", "A consent ends after", "Then removed within", "State"],
    open: "open",
    closed: "closed: nobody is found",
    rows: (limits) => [
      [
        "Your consent",
        "until its end, which each collection sets, and 3 years at most",
        "No consent lasts for ever.",
      ],
      [
        "Template of your face",
        "until your consent ends or you take it back: deleted in the same moment",
        "It serves to find you, and nothing else.",
      ],
      [
        "Form, receipt, photo of enrolment",
        `the collection's time after the end, ${limits.grace} days at most, and never beyond ${limits.lastWord} days after you last said yes`,
        "A mistake can be undone.",
      ],
      [
        "Name, contact, where you were seen",
        "until no consent of yours is left",
        "We must know whose consent it is.",
      ],
      [
        "Photos of a collection",
        "as long as whoever is responsible keeps them: the program sets no end",
        "They are the collection. Object to one you are in, and it is held back or your face is blurred.",
      ],
      [
        "Searches that were made",
        `${limits.searches} days`,
        "You can see who searched, when and why.",
      ],
      [
        "Photos and videos searched with",
        `not kept, or ${limits.probes} days at most`,
        "Deleted with the answer, unless the asker names a day; a commitment to them is recorded.",
      ],
      [
        "Reason of an objection",
        `${limits.lastWord} days`,
        "Staff must decide. The decision stays with the photo.",
      ],
      ["Lists of imported files", `${limits.fileLists} days`, "To see why a file was refused."],
      [
        "Messages to receivers",
        `${limits.messages} days, ${limits.deadMessages} where undelivered`,
        "Proof that they were told.",
      ],
      ["Ended jobs", `${limits.jobs} days`, "To see why one failed."],
      [
        "Photo files left by a broken import",
        `${limits.strayFiles} day`,
        "No photo of any collection is made of them.",
      ],
      [
        "That a consent was given and ended, without a name",
        "as long as this service runs",
        "Proof that the law was kept.",
      ],
      [
        "Record of what was done",
        "until you are erased; then nothing in it opens, and random-looking bytes stay",
        "Nobody can rewrite it unseen.",
      ],
    ],
  },
};
