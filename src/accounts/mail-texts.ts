import type { Mail } from "./mail.ts";

/** What is written, in one language. Every link stands on a line of its own. */
interface Texts {
  readonly signIn: (of: { readonly name: string; readonly link: string }) => Omit<Mail, "to">;
  readonly record: (of: { readonly name: string; readonly link: string }) => Omit<Mail, "to">;
  readonly contact: (of: { readonly name: string; readonly link: string }) => Omit<Mail, "to">;
  readonly receipt: (of: {
    readonly name: string;
    readonly collection: string;
  }) => Omit<Mail, "to">;
  readonly invite: (of: {
    readonly operator: string;
    readonly collection: string;
    readonly until: string;
    readonly link: string;
  }) => Omit<Mail, "to">;
}

const NOT_YOU = "If you did not ask for it, do nothing: the link opens nothing by itself.";

const ENGLISH: Texts = {
  signIn: ({ name, link }) => ({
    subject: "Your sign-in link",
    text: [
      `Hello ${name},`,
      "",
      "this link signs you in, once, within 15 minutes:",
      link,
      "",
      NOT_YOU,
      "",
    ].join("\n"),
  }),
  record: ({ name, link }) => ({
    subject: "Your link to what is held about you",
    text: [
      `Hello ${name},`,
      "",
      "this link opens your record, once, within 15 minutes. There you see everything that is held",
      "about you, and can pause, withdraw or erase it. Nobody will ask for your face:",
      link,
      "",
      NOT_YOU,
      "",
    ].join("\n"),
  }),
  contact: ({ name, link }) => ({
    subject: "Confirm your new address",
    text: [
      `Hello ${name},`,
      "",
      "this link makes this address the one you are reached at, within a day:",
      link,
      "",
      NOT_YOU,
      "",
    ].join("\n"),
  }),
  receipt: ({ name, collection }) => ({
    subject: `Your receipt: the photos of ${collection}`,
    text: [
      `Hello ${name},`,
      "",
      `this is the receipt of your consent for the photos of ${collection}, as you asked for it.`,
      "",
      "receipt.html is to be read and printed: it says to what you agreed, with whom, until when,",
      "and how to take it back. receipt.jws is the same, signed: nobody can change it unseen. Keep",
      "both. Nobody needs them to withdraw or erase anything: your own pages do that.",
      "",
    ].join("\n"),
  }),
  invite: ({ operator, collection, until, link }) => ({
    subject: `Do you want to be found in the photos of ${collection}?`,
    text: [
      "Hello,",
      "",
      `${operator} asks whether you want to be found in the photos of ${collection}.`,
      "You can say yes or no, and nothing happens before you do. Read what it means here:",
      link,
      "",
      `The link is yours alone and is good until ${until}. Saying no, or nothing, has no consequence.`,
      "",
    ].join("\n"),
  }),
};

const NIET_JIJ = "Heb je er niet om gevraagd, doe dan niets: de link opent niets vanzelf.";

const DUTCH: Texts = {
  signIn: ({ name, link }) => ({
    subject: "Je link om je aan te melden",
    text: [
      `Hallo ${name},`,
      "",
      "deze link meldt je aan, één keer, binnen 15 minuten:",
      link,
      "",
      NIET_JIJ,
      "",
    ].join("\n"),
  }),
  record: ({ name, link }) => ({
    subject: "Je link naar wat er over je is bewaard",
    text: [
      `Hallo ${name},`,
      "",
      "deze link opent je gegevens, één keer, binnen 15 minuten. Daar zie je alles wat over je is",
      "bewaard, en kun je het pauzeren, intrekken of wissen. Niemand vraagt om je gezicht:",
      link,
      "",
      NIET_JIJ,
      "",
    ].join("\n"),
  }),
  contact: ({ name, link }) => ({
    subject: "Bevestig je nieuwe adres",
    text: [
      `Hallo ${name},`,
      "",
      "met deze link word je voortaan op dit adres bereikt; hij werkt een dag:",
      link,
      "",
      NIET_JIJ,
      "",
    ].join("\n"),
  }),
  receipt: ({ name, collection }) => ({
    subject: `Je ontvangstbewijs: de foto's van ${collection}`,
    text: [
      `Hallo ${name},`,
      "",
      `dit is het ontvangstbewijs van je toestemming voor de foto's van ${collection}, zoals je vroeg.`,
      "",
      "receipt.html is om te lezen en af te drukken: waarmee je akkoord ging, met wie, tot wanneer,",
      "en hoe je het intrekt. receipt.jws is hetzelfde, ondertekend: niemand verandert het ongezien.",
      "Bewaar beide. Om in te trekken of te wissen heb je ze niet nodig: dat gaat op je eigen pagina's.",
      "",
    ].join("\n"),
  }),
  invite: ({ operator, collection, until, link }) => ({
    subject: `Wil je gevonden worden in de foto's van ${collection}?`,
    text: [
      "Hallo,",
      "",
      `${operator} vraagt of je gevonden wilt worden in de foto's van ${collection}.`,
      "Je kunt ja of nee zeggen, en daarvoor gebeurt er niets. Lees hier wat het betekent:",
      link,
      "",
      `De link is van jou alleen en is goed tot ${until}. Nee zeggen, of niets, heeft geen gevolg.`,
      "",
    ].join("\n"),
  }),
};

/** The texts in a language (BCP 47); English where there are none in it. */
export function textsIn(language: string): Texts {
  return /^nl\b/iu.test(language) ? DUTCH : ENGLISH;
}
