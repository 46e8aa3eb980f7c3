import type { NoticeFacts } from "../layered-notice.ts";
import type { Texts } from "./languages.ts";

export const en: Texts = {
  language: "en",
  short: ({ rules, operator }: NoticeFacts) =>
    `${operator.name} would like to find you in the photos of "${rules.name}", for this: ` +
    `${rules.purpose}. For that a face template is made from one photo of you and compared with ` +
    "the faces in these photos. This happens only if you say yes. Saying no is fine, and you can " +
    `take a yes back at any time: ${operator.url ?? rules.contact}.`,
  items: {
    controller: {
      title: "Who is responsible",
      text: ({ rules, operator }) =>
        `${operator.name}, ${operator.address} (${operator.country}), ${operator.email}. ` +
        `Questions about these photos: ${rules.contact}. ` +
        (operator.representative === undefined
          ? "There is no representative in the European Union."
          : `Representative in the European Union: ${operator.representative}.`),
    },
    officer: {
      title: "Data protection officer",
      text: ({ operator }) =>
        operator.dataProtectionOfficer ?? `There is none. Write to ${operator.email}.`,
    },
    purpose: {
      title: "What your data is used for, and on what basis",
      text: ({ rules }) =>
        `For this and nothing else: ${rules.purpose}. The legal basis is your explicit consent ` +
        "(GDPR articles 6(1)(a) and 9(2)(a)). Your data: your name and e-mail address, one photo " +
        "of your face, the face template made from it, and the photos in which you are found. " +
        "The enrolment photo is kept only if you tick that.",
    },
    interests: {
      title: "Legitimate interests",
      text: () => "None is relied on: everything here rests on your consent.",
    },
    recipients: {
      title: "Who gets your data",
      text: ({ operator }) =>
        `The staff of ${operator.name}. ${
          operator.recipients.length === 0
            ? "Nobody else."
            : `Besides them: ${operator.recipients.join("; ")}.`
        }`,
    },
    transfers: {
      title: "Other countries",
      text: ({ operator }) =>
        operator.transfers ?? `None: your data is kept in ${operator.country} and stays there.`,
    },
    storage: {
      title: "How long",
      text: ({ rules }) =>
        `Your consent ends by itself ${days(rules.retentionDays)} after you gave it, or when you ` +
        "take it back. The face template is deleted then. The proof of your consent and its key " +
        `are deleted ${days(rules.graceDays)} later. You can have everything erased at once.`,
    },
    rights: {
      title: "Your rights",
      text: ({ rules, operator }) =>
        "You may see what is held about you, have it corrected or erased, have its use paused, " +
        "object, and take a copy of it with you. For none of this is your face needed. Write to " +
        `${operator.url ?? rules.contact}.`,
    },
    withdrawal: {
      title: "Taking your consent back",
      text: ({ rules, operator }) =>
        `At any time and without a reason: ${operator.url ?? rules.contact}. From that moment no ` +
        "search finds you. What was done before stays lawful.",
    },
    complaint: {
      title: "Complaining",
      text: ({ operator }) =>
        `With ${authorityOf(operator)}, or the authority of where you live or work.`,
    },
    choice: {
      title: "You need not",
      text: ({ rules }) =>
        `No law and no contract asks for your face. If you say no: ${
          rules.alternative || "nothing changes for you, except that you are not found by face"
        }. ${age(rules.ageFloor)}`,
    },
    decisions: {
      title: "Decisions by machines",
      text: () =>
        "None. The software only proposes photos in which you might be; a person looks at them. " +
        "Your face is compared with a threshold, and nothing about you is predicted.",
    },
  },
  poster: {
    title: (collection) => `May you be found in the photos of ${collection}?`,
    asks: (operator, purpose) =>
      `${operator ?? "The organisation"} would like to find you by your face. What for: ${purpose}`,
    scan: "Scan this with your phone, or type the address below.",
    until: (day) => `This page is for one person, and works once, until ${day}.`,
    choice:
      "You read what happens first. Yes and no are equally easy, and after a yes you can stop at any time.",
    questions: (contact) => `Questions: ${contact}`,
  },
  receipt: {
    title: "Receipt of your consent",
    intro:
      "This says what you agreed to. Keep it: with it you can show what was promised to you, and " +
      "take your consent back.",
    more: "Who answers for it, and what you were told",
    labels: {
      number: "Number",
      made: "Made on",
      given: "Consent given on",
      renewed: "Consent renewed on",
      by: "By",
      how: "How",
      until: "Ends on",
      collection: "Photos",
      controller: "Responsible",
      address: "Address",
      email: "E-mail",
      representative: "Representative in the EU",
      officer: "Data protection officer",
      authority: "Where to complain",
      jurisdiction: "Country",
      recipients: "Who gets the data",
      transfers: "Outside the EU",
      purpose: "For what",
      basis: "Legal basis",
      data: "Data",
      operations: "What is done with it",
      grace: "Proof deleted after the end",
      withdraw: "Take it back at",
      rights: "Your rights",
      notice: "Notice you were given",
      noticeHash: "SHA-256 of that notice",
      you: "You, as a code for these photos alone",
      pack: "Face model",
      keyMode: "Key of the template",
      hash: "SHA-256 of this receipt",
    },
    uses: { find: "Finding you", keep_photo: "Keeping your enrolment photo" },
    keepPhotoPurpose: "to make the face template anew from it when the face model changes",
    basis: "your explicit consent (GDPR 6(1)(a) and 9(2)(a))",
    by: { subject: "yourself", guardian: "your guardian, until you are old enough" },
    how: { paper: "on paper", web: "on a web page" },
    data: { "pd:FacialPrint": "face template", "pd:Picture": "photo" },
    operations: {
      "dpv:Collect": "collected",
      "dpv:Derive": "made into a template",
      "dpv:Match": "compared",
      "dpv:Store": "stored encrypted",
      "dpv:Erase": "erased",
    },
    rights:
      "take back (7(3)), see (15), correct (16), erase (17), pause (18), take along (20), object " +
      "(21), complain (77)",
    keyMode: "held by the operator",
    days,
    noticeName: (version, language) => `version ${version}, in ${language}`,
    check: {
      title: "Check it",
      text:
        'The lines below are the receipt itself, signed. "assent verify" checks them with the ' +
        "operator's public keys, without asking the operator.",
    },
  },
};

function days(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}

function age(floor: number): string {
  return floor === 0 ? "" : `Below ${floor} years a guardian says yes or no with you.`;
}

function authorityOf({ authority }: NoticeFacts["operator"]): string {
  return authority.address === undefined
    ? authority.name
    : `${authority.name} (${authority.address})`;
}
