import type { en } from "./library.en.ts";

export const nl: typeof en = {
  collections: {
    title: "Collecties",
    none: "Nog geen collectie",
    noneMore: "Een collectie bevat foto's met één doel. Maak er een om te beginnen.",
  },
  overview: {
    title: "Overzicht",
    purpose: "Waarvoor",
    contact: "Vragen gaan naar",
    basis: "Waarom iedereen op de foto's mag worden vergeleken",
    noBasis: "Niemand heeft dat gezegd: alleen een aangewezen gezicht wordt vergeleken.",
    retention: "Bewaard",
    days: (count: number) => `${count} dagen`,
    age: "Leeftijdsgrens",
    pack: "Modelpakket",
  },
};
