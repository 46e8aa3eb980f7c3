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
    found: "Als u gevonden wilt worden",
    foundText: "Zeg eerst ja. U kunt dat altijd intrekken, even makkelijk als u het gaf.",
    refuse: "Als u nee zegt",
    noAlternative: "wat mensen krijgen die nee zeggen",
    object: "Als u niet op een foto wilt",
    objectText: (contact) =>
      `Zeg het tegen de fotograaf of onze medewerkers, of schrijf naar ${contact}. U hoeft daarvoor nooit uw gezicht te laten zien.`,
    complain: "U kunt een klacht indienen bij",
    scan: "Alle details, en uw keuzes",
    noUrl: "het adres van de uitnodiging of de toelichting, met --url",
  },
  poster: {
    title: "Vind de foto's waar u op staat",
    lead: "Zeg ja, laat één keer uw gezicht zien, en wij vinden u op onze foto's. Alleen wie ja heeft gezegd, kan worden gevonden.",
    steps: [
      "Scan de code en lees wat er gebeurt.",
      "Zeg ja, of nee. Allebei is goed.",
      "Maak een foto van uw gezicht. Die wordt hiervoor gebruikt en nergens anders voor.",
      "Trek uw ja in wanneer u wilt: vanaf dan vindt niemand u.",
    ],
  },
  schedule: {
    title: "Hoe lang we wat bewaren",
    lead: "Niets over u wordt voor altijd bewaard. Wat voorbij is, verwijdert een programma volgens deze regels.",
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
        "Uw toestemming",
        "tot het einde dat elke collectie bepaalt, en hoogstens 3 jaar",
        "Geen toestemming duurt voor altijd.",
      ],
      [
        "Sjabloon van uw gezicht",
        "tot uw toestemming eindigt of u die intrekt: op dat moment gewist",
        "Het dient om u te vinden, en nergens anders voor.",
      ],
      [
        "Formulier, ontvangstbewijs, inschrijffoto",
        `de tijd van de collectie na het einde, hoogstens ${limits.grace} dagen, en nooit langer dan ${limits.lastWord} dagen nadat u voor het laatst ja zei`,
        "Een vergissing kan worden hersteld.",
      ],
      [
        "Naam, contact, waar u gezien bent",
        "tot er geen toestemming van u over is",
        "We moeten weten wiens toestemming het is.",
      ],
      [
        "Foto's van een collectie",
        "zo lang als wie verantwoordelijk is ze bewaart: het programma stelt geen einde",
        "Zij zijn de collectie. Maak bezwaar tegen een foto waar u op staat: dan wordt hij achtergehouden of uw gezicht vervaagd.",
      ],
      [
        "Gedane zoekopdrachten",
        `${limits.searches} dagen`,
        "U kunt zien wie zocht, wanneer en waarom.",
      ],
      [
        "Foto's en video's waarmee gezocht wordt",
        `niet bewaard, of hoogstens ${limits.probes} dagen`,
        "Gewist met het antwoord, tenzij de zoeker een dag noemt; een zegel ervan wordt genoteerd.",
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
        "tot u wordt gewist; dan opent er niets meer van, en blijven er willekeurig ogende bytes",
        "Niemand kan het ongezien herschrijven.",
      ],
    ],
  },
};
