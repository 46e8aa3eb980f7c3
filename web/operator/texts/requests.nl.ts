import type { en } from "./requests.en.ts";

export const nl: typeof en = {
  title: "Verzoeken",
  what: "Mensen die bezwaar maken tegen getoond worden. Tot je beslist, ziet niemand de foto of het gezicht. Elk ander recht (inzage, kopie, pauze, intrekken, wissen) wordt meteen uitgevoerd en wacht op niemand.",
  state: "Toon",
  states: { open: "Wachtend", upheld: "Toegewezen", rejected: "Afgewezen" },
  none: "Niemand wacht op je",
  noneMore: "Maakt iemand bezwaar tegen een foto, dan staat het hier met de dagen die over zijn.",
  noneDecided: "Nog geen",
  left: (days: number) => (days === 1 ? "nog 1 dag" : `nog ${days} dagen`),
  today: "vandaag de laatste dag",
  late: "te laat",
  face: "Eén gezicht op een foto",
  photo: "Een hele foto",
  asked: (day: string) => `Gevraagd op ${day}`,
  decided: (day: string) => `Beslist op ${day}`,
  by: "Door",
  stranger: "iemand die hier niet bekend is",
  reason: "Die zegt",
  noReason: "Er is geen reden gegeven; dat hoeft ook niet.",
  look: "Bekijk het",
  lookWhat:
    "De foto wordt je alleen voor deze beslissing getoond. Gaat het om één gezicht, dan blijft dat vervaagd.",
  alt: "De foto waartegen iemand bezwaar maakt",
  uphold: "Toewijzen",
  reject: "Afwijzen",
  upholdTitle: "Dit bezwaar toewijzen?",
  upholdMore:
    "Het blijft achtergehouden: vanaf nu ziet niemand het, en de persoon krijgt dat te horen.",
  rejectTitle: "Dit bezwaar afwijzen?",
  rejectMore:
    "Het wordt weer getoond zoals eerst. Doe dit alleen op dwingende gronden (AVG 21), die je misschien moet aantonen.",
};
