import type { en } from "./lists.en.ts";

export const nl: typeof en = {
  title: "Een lijst inschrijven",
  what: "Voor mensen die het formulier op papier tekenden: een tabel bewaard als CSV, een rij per persoon, met hun foto's. De eerste rij noemt de kolommen:",
  more: "Waar je ze hebt: keep_photo (yes of no), born, guardian, relation, language. Datums schrijf je als 2026-01-31; photo is de naam van het bestand. Tot 200 mensen; een langere lijst gaat in delen.",
  csv: "De tabel",
  csvHelp: "CSV, zoals een rekenblad het bewaart.",
  photos: "De foto's",
  photosHelp: "Kies ze allemaal tegelijk. Op elke staat één persoon alleen, van voren.",
  chosen: (count) => (count === 1 ? "1 foto" : `${count} foto's`),
  missing: "Kies eerst de tabel en de foto's.",
  sending: "Wordt verstuurd…",
  submit: "Schrijf hen in",
  handed: "Ingediende lijsten",
  none: "Nog geen",
  noneMore:
    "Wat er van elke rij werd staat hier 90 dagen. Namen en foto's gaan weg zodra een rij klaar is.",
  of: (count, day) => `${count === 1 ? "1 persoon" : `${count} mensen`}, ${day}`,
  enrolling: "Inschrijven",
  came: ({ enrolled, renewed, already, refused }) =>
    `${enrolled} ingeschreven, ${renewed} vernieuwd, ${already} al ingeschreven, ${refused} geweigerd.`,
  refused: (count) => (count === 1 ? "De geweigerde rij" : `De ${count} geweigerde rijen`),
  line: (line) => `Regel ${line}`,
  rowInvalid: "Een kolom ontbreekt of is leeg, of keep_photo is geen yes of no.",
};
