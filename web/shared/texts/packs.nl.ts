import type { en } from "./packs.en.ts";

export const nl: typeof en = {
  licence: "Licentie",
  training: "Wat er bekend is van de trainingsgegevens",
  source: "Waar het vandaan komt",
  thresholds: "Wanneer het van een treffer spreekt",
  thresholdsMore: (match, uncertain, margin) =>
    `Vanaf een score van ${match}, en ${margin} voor op de volgende persoon; vanaf ${uncertain} is het onzeker.`,
  template: "Grootte van een sjabloon",
  numbers: (count) => `${count} getallen`,
  error: "Gemeten fout",
  errorMore:
    "Een score zegt hoezeer twee gezichten voor het model op elkaar lijken. Hoe vaak het zich vergist, is gemeten met deze foto's; met die van jou is het een ander getal.",
  of: (people, mated, nonMated) =>
    `${people} mensen${mated === null ? "" : `; ${mated} paren van dezelfde persoon`}${
      nonMated === null ? "" : `; ${nonMated} paren van verschillende mensen`
    }.`,
  table: "Als getallen",
  threshold: "Drempel",
  fmr: "Verschillende mensen voor één gehouden",
  fnmr: "Dezelfde persoon gemist",
  none: (pairs) => `geen van ${pairs}`,
  count: (count, pairs) => `${count} van ${pairs}`,
  groups: "Per groep",
  groupsMore:
    "Zoals de mensen van deze set zichzelf beschreven. Paren zijn van mensen van dezelfde groep, die voor een model meer op elkaar lijken dan mensen van twee groepen. De groepen zijn klein: geen van 72 paren laat nog toe dat er één op 24 fout is. Een klein verschil tussen twee groepen kan toeval zijn, een groot niet; en waar er geen fout was, bewijst dat niet dat ze gelijk worden behandeld.",
  group: "Groep",
  people: "Mensen",
  alike: "Meest gelijkende paar van twee mensen",
  least: "Minst gelijkende paar van één persoon",
  at: (threshold) => `foute treffers op ${threshold}`,
  missed: (threshold) => `gemist op ${threshold}`,
  by: { gender: "Gender", ethnicity: "Etniciteit" },
  names: {
    female: "vrouwen",
    male: "mannen",
    black: "zwart",
    white: "wit",
    east_asian: "Oost-Aziatisch",
    west_asian: "West-Aziatisch",
  },
  plot: {
    threshold: "score",
    none: "geen",
    match: "treffer vanaf hier",
    score: "deze score",
    scoreIs: "deze score",
    fmr: "paren van verschillende mensen die ze halen",
    fnmr: "paren van één persoon die ze niet halen",
    label: (data) => `Fouten per drempel, gemeten met: ${data}. De tabel bevat de getallen.`,
  },
};
