import { kinds } from "./ledger-kinds.en.ts";

export const en = {
  ledger: {
    kinds,
    title: "The record",
    intro:
      "Everything that touches a person leaves an entry here. Entries are signed as one tree: none can be changed or taken out unseen, as long as somebody keeps an earlier state.",
    state: "Newest state",
    size: (size: string) => (size === "1" ? "1 entry" : `${size} entries`),
    signed: "Its signature was checked in this browser.",
    notSigned:
      "The newest state does NOT carry a valid signature of this record. Keep what you see, and ask the owner and the supervisory authority.",
    firstTime: "This browser keeps this state, and holds the next one against it.",
    grown: (size: string) =>
      `Checked here: it has only grown since this browser last looked (${size} entries).`,
    rewritten:
      "The record does NOT follow from the earlier state: it was cut short, forked or rewritten. Keep both states, and ask the owner and the supervisory authority.",
    otherRecord:
      "This browser kept a state that is not of this record, or was signed with a key that is not its own. Was the instance set up anew?",
    keep: "Keep this state",
    keepMore:
      "Keep the file where nobody of this service can change it: with the auditor, on paper, by mail to yourself. It tells nothing of anybody.",
    anew: "Look again",
    note: "The signed note and the keys",
    keys: (origin: string) =>
      `Keys of ${origin}. They come from this service: compare them with those that were written down.`,
    witnesses: "Witnesses",
    states: { WITNESSED: "WITNESSED", UNWITNESSED: "UNWITNESSED" },
    witnessed: {
      WITNESSED: "Somebody independent has cosigned the newest state.",
      UNWITNESSED:
        "Nobody independent has cosigned the newest state. Whoever runs this instance could show different records to different people, unless those people compare what they keep.",
    } as Readonly<Record<string, string>>,
    noWitness:
      "No witness is known. Whoever runs the server adds one with the command “assent witness add”.",
    cosigned: (name: string, at: string) => `${name} cosigned the newest state on ${at}.`,
    cosignedBefore: (name: string, size: string) =>
      `${name} cosigned an earlier state, of ${size} entries.`,
    askWitnesses: "Ask the witnesses now",
    compare: "Compare with a state that was kept",
    compareMore:
      "Drop a checkpoint here, or choose it. It is checked in this browser that the record has only grown since.",
    chooseCheckpoint: "Choose a checkpoint",
    comparedGood: (from: string, to: string) =>
      `It fits: the record of ${to} entries begins with the ${from} of the state that you kept.`,
    notOurs: "This is no checkpoint of this record, or it was changed since it was kept.",
    entries: "Entries",
    show: "Show",
    all: "every kind",
    groups: {
      consent: "consent and people",
      searches: "searches and alerts",
      photos: "photos and sightings",
      access: "accounts, keys and endpoints",
      instance: "the instance and its collections",
      closed: "closed ones",
    },
    shown: (shown: number, read: number) =>
      shown === read ? `The latest ${read}` : `${shown} of the latest ${read}`,
    none: "No entry yet",
    noneMore: "The first one is signed a moment after it is made.",
    place: (place: string) => `place ${place}`,
    closed: "Closed: padding, or of somebody who is erased",
    check: "Check",
    says: "What it says",
    good: (size: string) =>
      `Checked here: the signed record of ${size} entries holds just this at this place.`,
    outcomes: {
      bad: "This entry does NOT fit the signed record. Keep what you see, and ask the owner and the supervisory authority.",
      waiting: "This entry is newer than the last signature. Look again in a moment.",
      closed: "What it says is shown to nobody: there is nothing to check.",
    },
    linked: "The entry that led here",
    notFound: "It is not among the latest entries.",
  },
  alerts: {
    title: "Alerts",
    intro:
      "An alert says that one account's searches found the same person more often within an hour than the collection allows. It may be a difficult photo, or somebody who follows a person.",
    none: "No alert",
    noneUnseen: "No new alert",
    noneMore: "No account has looked for one person again and again.",
    unseen: "Only those that nobody has looked at",
    what: (searches: number) => `${searches} searches in an hour returned the same person`,
    who: (account: string) => `by ${account}`,
    person: "The person",
    erased: "erased since",
    seen: "I have looked at it",
    seenBy: (by: string, at: string) => `Seen by ${by} on ${at}`,
    own: "These are your own searches: somebody else looks at this one.",
    search: "Searches of the collection",
  },
  health: {
    title: "Health",
    intro: "What the instance holds, and what waits to be done. Counts alone.",
    collections: "Collections",
    noCollection: "No collection yet",
    name: "Collection",
    photos: "Photos",
    waiting: "Waiting",
    people: "People",
    paused: "Paused",
    ending: "End within 30 days",
    record: "The record",
    entries: (entries: string) =>
      entries === "1" ? "1 entry signed" : `${entries} entries signed`,
    unsigned: (count: string) =>
      count === "1" ? "1 waits for a signature" : `${count} wait for a signature`,
    work: "Work",
    jobs: (queued: string, running: string, failed: string) =>
      `Jobs: ${queued} waiting, ${running} under way, ${failed} failed`,
    messages: (waiting: string, dead: string) =>
      `Messages to other systems: ${waiting} waiting, ${dead} given up`,
    objections: (open: string) =>
      open === "1" ? "1 objection waits for a decision" : `${open} objections wait for a decision`,
    keys: "Keys and backups",
    epochs: (count: string, at: string) =>
      count === "1"
        ? `1 epoch of keys, begun on ${at}`
        : `${count} epochs of keys, the newest begun on ${at}`,
    keyFile: (path: string) => `${path} is up to date`,
    keyFileBehind: (path: string) => `${path} is BEHIND: put its disk back, then update it`,
    noKeyFile:
      "There is no backup that could be opened: no key file is kept. “assent backup --to FOLDER” makes both.",
    restored: (at: string) => `Restored from a backup on ${at}`,
    database: { sqlite: "SQLite, on this machine", postgres: "PostgreSQL" },
  },
  papers: {
    title: "Papers",
    intro:
      "What the law wants written down, made from this instance's own settings and counts. They are drafts: read them, and have them read.",
    missing: "What nobody has told the instance yet. Until then the papers say so in its place:",
    gaps: {
      operator: () => "Who answers for this instance.",
      collection: () => "There is no collection yet.",
      alternative: (collection: string) => `What people get who say no to “${collection}”.`,
    },
    sayIt: "Say it",
    kinds: {
      record: "Record of processing activities (GDPR 30)",
      dpia: "Data protection impact assessment (GDPR 35), as a draft",
      schedule: "How long what is kept",
      sign: "Sign for the door: photos are taken here",
      poster: "Poster: find the photos you are in",
      breach: "For a data breach: what to do, and what is at hand (GDPR 33, 34)",
    },
    written: (language: string) => `in ${language}`,
    language: "Language of schedule, sign and poster",
    languages: { en: "English", nl: "Nederlands" },
    read: "Read",
    pdf: "PDF",
  },
  packs: {
    title: "Model packs",
    intro:
      "What finds and compares faces. Templates of two packs never meet: a collection has one, and can move to another.",
    forNew: "New collections take this one",
    use: "Have new collections take it",
    here: "Collections that have it",
    nowhere: "No collection has it.",
    none: "No pack",
    move: "Move a collection to another pack",
    moveMore:
      "Templates are made anew from the photos of those who let theirs be kept. Until that is done, searches go on with the old ones.",
    collection: "Collection",
    to: "To",
    choose: "Choose",
    go: "Move it",
    confirm: (name: string, pack: string) => `Move ${name} to ${pack}?`,
    gone: [
      "the templates of those who did not let their photo be kept: they can't be found until they enrol again, so invite them;",
      "proposed sightings, which are compared anew. What people confirmed or rejected stays.",
    ],
    progress: (name: string) => `Moving ${name}`,
    moved: (name: string) => `${name} has moved.`,
  },
};
