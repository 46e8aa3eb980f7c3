import type { Mail } from "./mail.ts";

/** What is written, in one language. Every link stands on a line of its own. */
interface Texts {
  readonly signIn: (of: { readonly name: string; readonly link: string }) => Omit<Mail, "to">;
  readonly record: (of: { readonly name: string; readonly link: string }) => Omit<Mail, "to">;
  readonly contact: (of: { readonly name: string; readonly link: string }) => Omit<Mail, "to">;
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

/** The texts in a language; English where there are none in it. */
export function textsIn(_language: string): Texts {
  return ENGLISH;
}
