import type { en } from "./terms.en.ts";

export const nl: typeof en = {
  open: "Dit wijzigen",
  fields: {
    name: { label: "Naam" },
    purpose: {
      label: "Doel",
      help: "Het blijft zolang iemands ja ervoor geldt: maak voor een ander doel een andere collectie.",
    },
    alternative: {
      label: "Wat mensen krijgen die nee zeggen",
      help: "Bijvoorbeeld: hun foto's met de hand uitgezocht, aan de balie. Het staat in de kennisgeving.",
    },
    retentionDays: {
      label: "Dagen dat een toestemming geldt",
      help: "Zolang iemands ja geldt kan het alleen korter.",
    },
  },
  shorter: (days: number) =>
    `Het geldt ook voor wie al ja zei: hun toestemming eindigt ${days} dagen nadat ze gegeven is, voor sommigen misschien meteen. Het staat in hun gegevens.`,
  toldAnew: "Mensen krijgen een nieuwe tekst. Wat lezen ze voortaan het eerst?",
  lines: (language: string) => `Eerste regels van de tekst (${language})`,
  linesHelp: "Alles wat de wet vraagt staat eronder. Laat je het leeg, dan staat er alleen dat.",
  wholeHelp: "In deze taal moet het de hele tekst zijn.",
  save: "Wijzigen",
  close: "Laten zoals het is",
  saved: "Gewijzigd.",
};
