import type { en } from "./open.en.ts";

export const nl: typeof en = {
  title: "Open voor iedereen",
  intro:
    "Waarvoor deze installatie dient, hoe ze zich vergist, wat ze bewaart, en wie erop toekijkt: gemaakt uit haar eigen instellingen en aantallen, voor iedereen te lezen. Alleen mensen die ja zeiden, kunnen hier gevonden worden.",
  operator: "Wie ervoor instaat",
  noOperator: "Nog niemand heeft gezegd wie voor deze installatie instaat.",
  name: "Organisatie",
  questions: "Vragen en verzoeken",
  officer: "Functionaris voor gegevensbescherming",
  representative: "Vertegenwoordiger in de Unie",
  complaints: "Waar je kunt klagen",
  collections: "In welke foto's gezocht wordt",
  noCollection: "Er is nog geen collectie van foto's.",
  closed: (name) => `${name} (gesloten)`,
  purpose: "Waarvoor",
  basis: "Waarom iedereen op de foto's mag worden vergeleken",
  noBasis: "Niemand heeft dat gezegd: alleen een aangewezen gezicht wordt vergeleken.",
  alternative: "Wat mensen krijgen die nee zeggen",
  notSaid: "Dat heeft nog niemand gezegd.",
  kept: "Hoelang",
  days: (days, grace) =>
    `Een toestemming eindigt ${days} dagen nadat ze het laatst is gegeven; de sleutels verdwijnen hoogstens ${grace} dagen later.`,
  age: "Vanaf welke leeftijd",
  years: (years) => (years === 0 ? "elke" : `${years}, jonger met het ja van een ouder of voogd`),
  pack: "Modelpakket",
  keyMode: "Wie de sleutels van sjablonen heeft",
  keyModes: {
    "operator-held":
      "De organisatie, één sleutel per toestemming: zolang die geldt kan ze een sjabloon openen, en daarna vernietigt ze de sleutel.",
  },
  contact: "Vragen gaan naar",
  holds: "Het bevat",
  held: (photos, people) =>
    `${photos === "1" ? "1 foto" : `${photos} foto's`}; ${people === 0 ? "minder dan 10" : `minstens ${people}`} mensen die gevonden kunnen worden`,
  searches: "Zoekopdrachten per afgelopen maand",
  noSearch: "Geen zoekopdracht in de laatste twaalf afgelopen maanden.",
  notice: (language, version) => `De kennisgeving, ${language}, versie ${version}`,
  hash: "SHA-256",
  erasures: (people) =>
    people === 0
      ? "Er zijn tot nu toe minder dan 10 mensen gewist."
      : `Er zijn tot nu toe minstens ${people} mensen gewist.`,
  tens: "Mensen zijn geteld in tientallen, naar beneden afgerond: zo verraadt geen getal wie er kwam of ging.",
  schedule: "Wat er bewaard wordt, en hoelang",
  what: "Wat",
  howLong: "Hoelang",
  why: "Waarom",
  packs: "Wat gezichten vergelijkt, en hoe vaak het zich vergist",
  noPack: "Nog niets: er is geen collectie waarin gezichten worden vergeleken.",
  watched: "Wie erop toekijkt",
  record: (size) =>
    `Elke zoekopdracht en elke toestemming komt in een register dat niemand ongezien kan wijzigen. Het heeft ${size === "1" ? "1 ondertekende regel" : `${size} ondertekende regels`}.`,
  states: { WITNESSED: "MET GETUIGE", UNWITNESSED: "ZONDER GETUIGE" },
  witnessed: {
    WITNESSED: "Iemand die onafhankelijk is, heeft de nieuwste stand medeondertekend.",
    UNWITNESSED:
      "Niemand die onafhankelijk is, heeft de nieuwste stand medeondertekend. Bewaar een kopie van de stand: die bindt wie dit draait.",
  },
  checkpoint: "Bewaar de nieuwste ondertekende stand",
  keys: "Sleutels om het register en de bewijzen te controleren",
  receiptKeys: "Ontvangstbewijzen en bewijzen van wissing:",
  at: (at) => `Stand van ${at}.`,
};
