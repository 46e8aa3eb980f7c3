import type { KeptEvidence } from "../consent/evidence.ts";
import type { GrantState, ObjectionState, SightingState } from "../storage/schema.ts";

/** The words of a record on paper, in one language. */
export interface RecordWords {
  readonly title: string;
  readonly about: (madeAt: string) => string;
  readonly headings: Readonly<Record<Part, string>>;
  readonly none: string;
  readonly more: (shown: number) => string;
  readonly heads: Readonly<Record<TablePart, readonly string[]>>;
  readonly labels: Readonly<Record<Label, string>>;
  readonly uses: Readonly<Record<string, string>>;
  readonly grantStates: Readonly<Record<GrantState, string>>;
  readonly sightingStates: Readonly<Record<SightingState, string>>;
  readonly verdicts: Readonly<Record<"match" | "uncertain" | "none", string>>;
  readonly objectionStates: Readonly<Record<ObjectionState, string>>;
  readonly handedOut: Readonly<Record<"photos.listed" | "photos.delivered", string>>;
  /** What a message of a kind tells. */
  readonly messages: Readonly<Record<string, string>>;
  /** What a ledger entry of a kind says; the kind itself where there is no word for it. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly evidence: (evidence: KeptEvidence | null, byGuardian: boolean) => string;
  readonly templates: (count: number) => string;
  readonly photos: (count: number) => string;
  readonly notToldHere: string;
}

type TablePart =
  | "sightings"
  | "searches"
  | "handedOut"
  | "objections"
  | "messages"
  | "entries"
  | "templates";
type Part = "subject" | "grants" | "photos" | TablePart;
type Label =
  | "name"
  | "contact"
  | "id"
  | "knownSince"
  | "purpose"
  | "ask"
  | "state"
  | "uses"
  | "from"
  | "until"
  | "ended"
  | "said"
  | "notice"
  | "receipt"
  | "wholePhoto";

const ENGLISH: RecordWords = {
  title: "What is held about you",
  about: (madeAt) =>
    `Everything that this instance holds about you, as it stood at ${madeAt}. Times are UTC.`,
  headings: {
    subject: "Who you are",
    grants: "What you agreed to",
    templates: "Templates of your face",
    photos: "Your enrolment photo",
    sightings: "Where you were seen",
    searches: "Searches of your collections",
    handedOut: "Who was shown or given your photos",
    objections: "Your objections",
    messages: "What other systems were told about you",
    entries: "Your entries in the ledger",
  },
  none: "None.",
  more: (shown) => `Only the newest ${shown} are printed; the file for machines has the rest.`,
  heads: {
    templates: ["Collection", "Model pack", "Made"],
    sightings: ["Seen", "Collection", "Photo", "Where in the photo", "Verdict", "State", "Decided"],
    searches: [
      "When",
      "Collection",
      "Who",
      "Why",
      "Were you returned?",
      "Photo kept until",
      "Entry",
    ],
    handedOut: ["When", "What", "Who", "Collection", "Photos"],
    objections: ["Asked", "Collection", "Photo", "Reason", "State", "Decided"],
    messages: ["Queued", "Collection", "To", "What", "Delivered"],
    entries: ["Number", "When", "What", "Who", "Place in the tree"],
  },
  labels: {
    name: "Name",
    contact: "Contact",
    id: "Known as",
    knownSince: "Known since",
    purpose: "Purpose",
    ask: "Whom to ask",
    state: "State",
    uses: "You agreed",
    from: "From",
    until: "Until at most",
    ended: "Ended",
    said: "How you said so",
    notice: "What you were told",
    receipt: "Receipt (SHA-256)",
    wholePhoto: "the whole photo",
  },
  uses: {
    find: "that you may be found in the photos of this collection",
    keep_photo: "that your enrolment photo is kept",
  },
  grantStates: {
    granted: "in force",
    paused: "paused: no search returns you",
    withdrawn: "withdrawn: no search returns you",
    expired: "its time is over: no search returns you",
    erased: "erased",
  },
  sightingStates: {
    proposed: "proposed by the program, decided by nobody",
    confirmed: "confirmed by a person",
    rejected: "not you: remembered so that it is not proposed again",
  },
  verdicts: { match: "match", uncertain: "uncertain", none: "no" },
  objectionStates: {
    open: "open: held back until it is decided",
    upheld: "upheld",
    rejected: "rejected",
  },
  handedOut: { "photos.listed": "listed", "photos.delivered": "handed out" },
  messages: {
    "grant.withdrawn": "that you withdrew your consent",
    "search.alert": "that somebody searched, and how many people were returned",
  },
  kinds: {
    "grant.given": "consent given",
    "grant.renewed": "consent renewed",
    "grant.paused": "consent paused",
    "grant.resumed": "pause ended",
    "grant.withdrawn": "consent withdrawn",
    "grant.expired": "consent ended by time",
    "grant.shortened": "consent ends earlier: the collection keeps for less long",
    "template.made": "template made",
    "sighting.confirmed": "sighting confirmed",
    "sighting.rejected": "sighting rejected",
    "sighting.undone": "word on a sighting taken back",
    "search.returned": "a search returned you",
    "photos.listed": "your photos listed",
    "photos.delivered": "your photos handed out",
    "objection.made": "objection made",
    "objection.upheld": "objection upheld",
    "objection.rejected": "objection rejected",
    "record.read": "your record read",
    "record.exported": "your record exported",
    "record.corrected": "your name or contact corrected",
  },
  evidence: englishEvidence,
  templates: (count) =>
    count === 0
      ? "There is no template of your face."
      : `There ${count === 1 ? "is 1 template" : `are ${count} templates`} of your face, encrypted. ` +
        "The numbers themselves are in your export and are printed nowhere.",
  photos: (count) =>
    count === 0
      ? "Your enrolment photo was not kept."
      : "Your enrolment photo is kept, encrypted, as you agreed. It is in your export.",
  notToldHere: "destroyed: nobody can read it any more",
};

function englishEvidence(evidence: KeptEvidence | null, byGuardian: boolean): string {
  if (evidence === null) return ENGLISH.notToldHere;
  const guardian = evidence.guardian;
  const who = guardian ? ` by ${guardian.name} (${guardian.relation})` : "";
  const born = evidence.born === undefined ? "" : ` Date of birth given: ${evidence.born}.`;
  const passkey = evidence.passkey === undefined ? "" : " Signed with a passkey as well.";
  const by = byGuardian && who === "" ? " by a guardian" : who;
  if (evidence.kind === "paper") {
    const { signedOn, form, witness } = evidence;
    const paper = `A form on paper, signed${by} on ${signedOn}, kept at: ${form}.`;
    return `${paper} Witness: ${witness}.${born}${passkey}`;
  }
  const at = new Date(evidence.at).toISOString();
  return `On a web page${by} at ${at}: \u{201c}${evidence.declaration}\u{201d}${born}${passkey}`;
}

/** Languages that a record is printed in. */
export const RECORD_WORDS = { en: ENGLISH } as const satisfies Readonly<
  Record<string, RecordWords>
>;
export type RecordLanguage = keyof typeof RECORD_WORDS;
