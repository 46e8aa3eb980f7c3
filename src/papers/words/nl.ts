import type { PaperWords } from "./words.ts";

/** The papers that the public reads, in Dutch. */
export const nl: PaperWords = {
  toFillIn: (what) => `[IN TE VULLEN: ${what}]`,
  days: (days) => (days === 1 ? "1 dag" : `${days} dagen`),
  sign: {
    title: "Hier worden foto's gemaakt",
    lead: "Alleen wie ja heeft gezegd, kan erin worden gevonden.",
    who: "Wie verantwoordelijk is",
    unknownOperator: "wie dit beheert: naam, adres, contact",
    purpose: "Waar de foto's voor zijn",
    faces: "Wat er met gezichten gebeurt",
    facesWithBasis:
      "Elk gezicht op een foto wordt heel even, alleen in het geheugen, vergeleken met de mensen die ja hebben gezegd. Van alle anderen wordt niets bewaard waaraan een gezicht te herkennen is.",
    facesWithout:
      "Gezichten worden gezocht om ze te kunnen vervagen. Een gezicht wordt alleen vergeleken als iemand het aanwijst. Van wie geen ja heeft gezegd, wordt niets bewaard waaraan een gezicht te herkennen is.",
    found: "Als je gevonden wilt worden",
    foundText: "Zeg eerst ja. Je kunt dat altijd intrekken, even makkelijk als je het gaf.",
    refuse: "Als je nee zegt",
    noAlternative: "wat mensen krijgen die nee zeggen",
    object: "Als je niet op een foto wilt",
    objectText: (contact) =>
      `Zeg het tegen de fotograaf of onze medewerkers, of schrijf naar ${contact}. Je hoeft daarvoor nooit je gezicht te laten zien.`,
    complain: "Je kunt een klacht indienen bij",
    scan: "Alle details, en je keuzes",
    noUrl: "het adres van de uitnodiging of de toelichting, met --url",
  },
  poster: {
    title: "Vind de foto's waar je op staat",
    lead: "Zeg ja, laat één keer je gezicht zien, en wij vinden je op onze foto's. Alleen wie ja heeft gezegd, kan worden gevonden.",
    steps: [
      "Scan de code en lees wat er gebeurt.",
      "Zeg ja, of nee. Allebei is goed.",
      "Maak een foto van je gezicht. Die wordt hiervoor gebruikt en nergens anders voor.",
      "Trek je ja in wanneer je wilt: vanaf dan vindt niemand je.",
    ],
  },
  schedule: {
    title: "Hoe lang we wat bewaren",
    lead: "Niets over jou wordt voor altijd bewaard. Wat voorbij is, verwijdert een programma volgens deze regels.",
    head: ["Wat", "Hoe lang", "Waarom"],
    rules: "De regels",
    byCollection: "Per collectie",
    collectionHead: [
      "Collectie",
      "Een toestemming eindigt na",
      "Daarna verwijderd binnen",
      "Toestand",
    ],
    open: "open",
    closed: "gesloten: niemand wordt gevonden",
    rows: (limits) => [
      [
        "Je toestemming",
        "tot het einde dat elke collectie bepaalt, en hoogstens 3 jaar",
        "Geen toestemming duurt voor altijd.",
      ],
      [
        "Sjabloon van je gezicht",
        "tot je toestemming eindigt of je die intrekt: op dat moment gewist",
        "Het dient om je te vinden, en nergens anders voor.",
      ],
      [
        "Formulier, ontvangstbewijs, inschrijffoto",
        `de tijd van de collectie na het einde, hoogstens ${limits.grace} dagen, en nooit langer dan ${limits.lastWord} dagen nadat je voor het laatst ja zei`,
        "Een vergissing kan worden hersteld.",
      ],
      [
        "Naam, contact, waar je gezien bent",
        "tot er geen toestemming van jou over is",
        "We moeten weten wiens toestemming het is.",
      ],
      [
        "Foto's van een collectie",
        "zo lang als wie verantwoordelijk is ze bewaart: het programma stelt geen einde",
        "Zij zijn de collectie. Maak bezwaar tegen een foto waar je op staat: dan wordt hij achtergehouden of je gezicht vervaagd.",
      ],
      [
        "Gedane zoekopdrachten",
        `${limits.searches} dagen`,
        "Je kunt zien wie zocht, wanneer en waarom.",
      ],
      [
        "Foto's en video's waarmee gezocht wordt",
        `niet bewaard, of hoogstens ${limits.probes} dagen`,
        "Gewist met het antwoord, tenzij de zoeker een dag noemt; alleen een vingerafdruk ervan wordt genoteerd.",
      ],
      [
        "Reden van een bezwaar",
        `${limits.lastWord} dagen`,
        "Medewerkers moeten beslissen. De beslissing blijft bij de foto.",
      ],
      [
        "Lijsten van ingelezen bestanden",
        `${limits.fileLists} dagen`,
        "Om te zien waarom een bestand is geweigerd.",
      ],
      [
        "Berichten aan ontvangers",
        `${limits.messages} dagen, ${limits.deadMessages} als ze niet aankwamen`,
        "Bewijs dat zij het weten.",
      ],
      ["Afgelopen taken", `${limits.jobs} dagen`, "Om te zien waarom er een mislukte."],
      [
        "Fotobestanden van een afgebroken import",
        `${limits.strayFiles} dag`,
        "Ze horen bij geen enkele foto van een collectie.",
      ],
      [
        "Dat een toestemming is gegeven en geëindigd, zonder naam",
        "zo lang als deze dienst loopt",
        "Bewijs dat de wet is nageleefd.",
      ],
      [
        "Verslag van wat er is gedaan",
        "tot je wordt gewist; dan opent er niets meer van, en blijven er willekeurig ogende bytes",
        "Niemand kan het ongezien herschrijven.",
      ],
    ],
  },
};
