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
  photos: {
    title: "Foto's",
    add: "Foto's toevoegen",
    order: "Volgorde",
    orders: { newest: "Laatst geïmporteerd eerst", date: "Op datum van de foto" },
    show: "Toon",
    shown: { all: "Alles", pending: "Nog te vergelijken", problem: "Konden niet vergeleken" },
    ofOnePerson: "Alleen foto's van één persoon: toon alles",
    none: "Geen foto's",
    noneMore: "Er past er hier geen. Voeg er toe, of kies om alles te zien.",
    grid: (total: number) => `${total} foto's. Pijltjes verplaatsen, Enter opent.`,
    tile: (place: number, when: string, faces: number) =>
      `Foto ${place}, ${when}, ${faces === 1 ? "1 gezicht" : `${faces} gezichten`}`,
    undated: "zonder datum",
    pending: "te vergelijken",
    problem: "probleem",
    withheld: "Achtergehouden",
    withheldMore:
      "Iemand heeft bezwaar tegen deze foto. Niemand ziet ze tot daarover is beslist, bij Verzoeken.",
    missing: "Kon niet worden geladen",
  },
  viewer: {
    title: (when: string) => `Foto, ${when}`,
    alt: (when: string, faces: number) => `Foto, ${when}, met ${faces} gezichten aangeduid`,
    of: (place: number, total: number) => `${place} van ${total}`,
    previous: "Vorige",
    next: "Volgende",
    all: "Alle foto's",
    people: "Wie te zien is",
    nobody: (faces: number) =>
      faces === 0
        ? "Er is geen gezicht gevonden."
        : "Geen van de gezichten past bij iemand die gevonden wil worden.",
    someone: "Deze persoon",
    face: (number: number) => `Gezicht ${number}`,
    verdicts: { match: "een treffer", uncertain: "onzeker" },
    score: (score: string) => `score ${score}`,
    states: {
      proposed: "Voorgesteld: nog niemand heeft het bevestigd.",
      confirmed: "Bevestigd.",
      rejected: "Niet deze persoon.",
    },
    confirm: "Klopt",
    reject: "Klopt niet",
    undo: "Terugnemen",
    half: (name: string) => `Genoteerd voor ${name}. Een tweede persoon moet het ook bevestigen.`,
    said: {
      confirm: (name: string) => `Bevestigd: ${name}.`,
      reject: (name: string) =>
        `Niet ${name}. Dat blijft onthouden en wordt niet meer voorgesteld.`,
    },
    keys: "Toetsen",
    keysOn: "Losse toetsen werken op dit scherm",
    keyTable: [
      ["j, →", "volgende foto", false],
      ["k, ←", "vorige foto", false],
      ["↓, ↑", "volgende of vorige persoon erop", false],
      ["c", "klopt", true],
      ["r", "klopt niet", true],
      ["u", "neem het laatste woord terug", true],
      ["Esc", "terug naar alle foto's", false],
    ],
    actions: "Deze foto",
    original: "Downloaden",
    hold: "Achterhouden",
    held: "Ze wordt achtergehouden, en wacht bij Verzoeken op een beslissing.",
    holdTitle: "Dit achterhouden?",
    holdMore:
      "Voor iemand die bezwaar heeft: niemand ziet het vanaf nu, tot erover is beslist bij Verzoeken.",
    holdWhat: "Wat wordt achtergehouden",
    holdWhole: "De hele foto",
    holdReason: "Wat zij zeggen (hoeft niet)",
    holdYes: "Achterhouden",
    remove: "Verwijderen",
    removeTitle: "Deze foto voorgoed verwijderen?",
    removeYes: "Ja, verwijderen",
    gone: (faces: number, sightings: number) => [
      "het bestand van de foto op deze dienst",
      faces === 1 ? "het ene gezicht dat erop staat" : `de ${faces} gezichten die erop staan`,
      sightings === 1
        ? "wie erop te zien is: 1 persoon"
        : `wie erop te zien is: ${sightings} mensen`,
      "wat mensen ervan zeiden: “dat ben ik” en “dat ben ik niet”",
    ],
    about: "Over het bestand",
    sources: "Gekomen als",
    size: "Grootte",
    imported: "Geïmporteerd",
  },
};
