import type { en } from "./parts.en.ts";

export const nl: typeof en = {
  copy: "Kopiëren",
  copied: "Gekopieerd",
  copyFailed: "De browser laat kopiëren niet toe. Selecteer de tekst en kopieer hem zelf.",
  putAway: "Ik heb het bewaard",
  choose: "Kies een bestand",
  chooseMany: "Kies bestanden",
  chooseOther: "Kies een ander",
  noFile: "Geen gekozen",
};
