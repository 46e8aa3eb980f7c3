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
  what: "For people who signed the form on paper: a table with a row for each, saved as CSV, and their photos. Begin with the example: its first row names the columns. Up to 200 people; hand in a longer list in parts.",
  getExample: "Download an example",
  exampleName: "people.csv",
  /** What a spreadsheet in this language puts between cells; the service takes either. */
  separator: ",",
  example: [
    "Ada Example",
    "ada@people.example",
    "ada.jpg",
    "binder 3, page 12",
    "2026-01-31",
    "Sam Staff",
    "no",
    "",
    "",
    "",
    "en",
  ],
  columnsTitle: "What the columns hold",
  more: "The first six are needed; leave the others empty, or out, where you have nothing to say.",
  columns: {
    subject: "The person's name.",
    contact: "Their e-mail address, where they reach their photos and rights.",
    photo: "The name of the file with their photo: ada.jpg.",
    form: "Where the signed form is kept.",
    signed_on: "The day of the signature, as 2026-01-31.",
    witness: "Who of you saw it signed.",
    keep_photo: "yes where the form allows keeping the photo, else no.",
    born: "The date of birth, as 2010-01-31. Needed for who is too young to say yes alone.",
    guardian: "The name of the parent or guardian who signed as well.",
    relation: "What they are to the person: mother, father, foster parent.",
    language: "The language of what they signed: en, nl.",
  },
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
