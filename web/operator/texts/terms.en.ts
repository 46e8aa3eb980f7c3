/** Words of changing what a collection is called and is for, and its terms. */
export const en = {
  open: "Change these",
  fields: {
    name: { label: "Name" },
    purpose: {
      label: "Purpose",
      help: "It stays while anybody's yes to it is in force: for another purpose make another collection.",
    },
    alternative: {
      label: "What people get who say no",
      help: "For example: their pictures by hand, at the desk. It is told in the notice.",
    },
    retentionDays: {
      label: "Days that a consent holds",
      help: "While anybody's yes is in force it can only be made shorter.",
    },
  },
  shorter: (days: number) =>
    `Everybody who said yes is held to it too: their consents end ${days} days after they were given, some of them perhaps at once. Their records say so.`,
  toldAnew: "People are told anew. What do they read first, from now on?",
  lines: (language: string) => `First lines of the notice (${language})`,
  linesHelp: "Everything the law asks for is written below them. Left empty, there is only that.",
  wholeHelp: "In this language it must be the whole notice.",
  save: "Change it",
  close: "Leave it as it is",
  saved: "Changed.",
};
