/** How many rows came to what. */
interface Came {
  readonly enrolled: number;
  readonly renewed: number;
  readonly already: number;
  readonly refused: number;
}

/** Words of enrolling many people by a list. */
export const en = {
  title: "Enrol a list",
  what: "For people who signed the form on paper: a table saved as CSV, one row for each, with their photos. Its first row names the columns:",
  more: "Where you have them: keep_photo (yes or no), born, guardian, relation, language. Dates are written 2026-01-31; photo is the name of the file. Up to 200 people; hand in a longer list in parts.",
  csv: "The table",
  csvHelp: "CSV, as spreadsheets save it.",
  photos: "The photos",
  photosHelp: "Choose them all at once. Each shows one person alone, from the front.",
  chosen: (count: number) => (count === 1 ? "1 photo" : `${count} photos`),
  missing: "Choose the table and the photos first.",
  sending: "Sending…",
  submit: "Enrol them",
  handed: "Lists that were handed in",
  none: "None yet",
  noneMore:
    "What came of each row is shown here for 90 days. Names and photos go as soon as a row is done.",
  of: (count: number, day: string) => `${count === 1 ? "1 person" : `${count} people`}, ${day}`,
  enrolling: "Enrolling",
  came: ({ enrolled, renewed, already, refused }: Came) =>
    `${enrolled} enrolled, ${renewed} renewed, ${already} enrolled before, ${refused} refused.`,
  refused: (count: number) => (count === 1 ? "The refused row" : `The ${count} refused rows`),
  line: (line: number) => `Line ${line}`,
  rowInvalid: "A column is missing or empty, or keep_photo is neither yes nor no.",
};
