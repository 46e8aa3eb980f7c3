import type { en } from "./search.en.ts";

export const nl: typeof en = {
  face: { missing: "Deze foto kan niet worden getoond." },
  search: {
    title: "Zoeken",
    history: "Eerdere zoekopdrachten",
    closed: "Hier wordt niet meer gezocht",
    closedMore: "Wat gevonden is, blijft onder Foto's staan.",
    nobody: "Niemand heeft hier toegestemd om gevonden te worden",
    nobodyMore:
      "Een zoekopdracht vergelijkt een gezicht met mensen die ja hebben gezegd, en met niemand anders. Zolang er niemand is, valt er niets te zoeken.",
    toPeople: "Naar de mensen",
    intro: (people) =>
      people === 1
        ? "Eén persoon van deze collectie heeft toegestemd om gevonden te worden. Niemand anders wordt vergeleken."
        : `${people} mensen van deze collectie hebben toegestemd om gevonden te worden. Niemand anders wordt vergeleken.`,
    left: (left, budget) => `Nog ${left} van de ${budget} zoekopdrachten in dit uur.`,
    spent: (budget, at) =>
      `Je ${budget} zoekopdrachten van dit uur zijn op. De volgende kan om ${at}.`,
    drop: "Sleep een foto of een video van enkele minuten hierheen, of kies er een.",
    choose: "Kies een foto",
    dropMore: "Een foto: op volle grootte vergelijkt die het best.",
    other: "Een andere foto",
    otherFace: "Een ander gezicht van deze foto",
    looking: "We zoeken gezichten. Er wordt nog niemand vergeleken.",
    noFace: "Geen gezicht op deze foto",
    noFaceMore:
      "Een gezicht moet van voren te zien zijn, en minstens zo'n 30 pixels breed. Neem een andere foto.",
    notShown: "Je browser kan dit soort foto niet tonen. De gezichten zijn van links af geteld.",
    probeAlt: (faces) => `De foto om mee te zoeken; gemarkeerde gezichten: ${faces}`,
    oneFace: "Het gezicht",
    which: (faces) => `Welk van de ${faces} gezichten?`,
    face: (number, pixels) => `Gezicht ${number}, ${pixels} pixels breed`,
    every: "Elk gezicht op de foto",
    noBasis:
      "Slechts één: voor deze collectie staat niet vast waarom iedereen op een foto mag worden vergeleken.",
    chooseFace: "Kies eerst een gezicht: hier, of op de foto.",
    purpose: "Waarvoor zoek je?",
    purposeMore:
      "Bijvoorbeeld: de foto's van het gala overhandigen. Iedereen in de collectie kan het lezen.",
    leaves: "Wat deze zoekopdracht in het register achterlaat, voor je een antwoord ziet:",
    leavesList: [
      "je account, het tijdstip, en het doel zoals je het opschrijft;",
      "wie er gevonden wordt: ieder van hen kan lezen dat je gezocht hebt, wanneer en waarom, en het register controleren;",
    ],
    go: "Zoek",
    searching: "Er wordt gezocht…",
    found: (faces) => (faces === 1 ? "Eén kandidaat" : `Kandidaten voor ${faces} van de gezichten`),
    foundNone: "Niemand die heeft toegestemd",
    candidates:
      "Treffers zijn kandidaten. Een mens bevestigt: bekijk beide gezichten voor je iets zegt.",
    noneMore:
      "Van de mensen die ja hebben gezegd, lijkt niemand er zo op. Dat zegt niets over iemand anders: anderen worden niet vergeleken, en van dit gezicht blijft geen spoor.",
    twoPerson: "In deze collectie moeten twee mensen bevestigen voor het telt.",
    recorded: (id) => `De zoekopdracht staat in het register als ${id}.`,
    probeFace: (number) => `Gezicht ${number} van je foto`,
    yourPhoto: "Je foto",
    theirFace: (name) => `Een ander gezicht dat voor ${name} wordt gehouden`,
    theirPhoto: {
      confirmed: "Bevestigd in deze collectie",
      proposed: "Voorgesteld in deze collectie, niet bevestigd",
      rejected: "Afgewezen in deze collectie",
    },
    noPhoto:
      "Er is hier geen foto van deze persoon om mee te vergelijken. De foto waarmee die zich aanmeldde, dient voor niets anders en wordt niet getoond.",
    verdict: {
      match: (name) => `Misschien ${name}`,
      uncertain: (name) => `Onzeker: het kan ${name} zijn`,
    },
    verdictMore: {
      match: "Gelijkend genoeg om voor te stellen.",
      uncertain: "Niet gelijkend genoeg, of niet ver genoeg voor op iemand anders. Kijk twee keer.",
    },
    margin: (margin) => `Voor op de volgende persoon: ${margin}.`,
    noRunnerUp: "Niemand anders komt in de buurt.",
    score: (score) => `Score ${score}.`,
    asHigh: (pairs, count, threshold) =>
      `Van ${pairs} gemeten paren van verschillende mensen haalden er ${count} ${threshold} of meer.`,
    noneAsHigh: (pairs, threshold, bound) =>
      `Van ${pairs} gemeten paren van verschillende mensen haalde er geen ${threshold} of meer. Dat laat nog één op ${bound} toe.`,
    measured: "Hoe dit is gemeten",
    measuredMore:
      "Met elke persoon meer in een collectie is er één meer die kan lijken: de kans op een foute treffer is die van één paar, zo vaak als er mensen zijn.",
    problems: {
      no_face: "Er is geen gezicht gevonden",
      several_faces: "Er is meer dan één gezicht",
      too_small: "Klein: een foto op volle grootte vergelijkt beter",
      too_blurred: "Onscherp: de vergelijking is minder zeker",
      too_dark: "Donker: de vergelijking is minder zeker",
      too_bright: "Te licht: de vergelijking is minder zeker",
      turned_away: "Afgewend: de vergelijking is minder zeker",
      covered: "Deels bedekt: de vergelijking is minder zeker",
    },
    nobodyHere: "Niemand die heeft toegestemd om gevonden te worden",
    nobodyHereMore: "Of het is iemand anders, of de foto's verschillen te veel.",
    notCompared: "Niet vergeleken",
    notComparedMore: "Dit gezicht kan niet goed genoeg worden vergeleken.",
    person: (name) => `Over ${name}`,
    seen: (count, more) =>
      more
        ? `Gezien op meer dan ${count} foto's`
        : count === 1
          ? "Gezien op één foto"
          : `Gezien op ${count} foto's`,
    seenNowhere: "Deze persoon is nog op geen foto van deze collectie gezien.",
    seenAt: (name, source) => `Misschien ${name}, in ${source}`,
    say: { confirm: "Dat klopt", reject: "Niet deze persoon", undo: "Terugnemen" },
    half: "Genoteerd. Een tweede persoon moet het ook bevestigen.",
    state: {
      proposed: "Voorgesteld",
      confirmed: "Bevestigd",
      rejected: "Niet deze persoon; onthouden",
    },
  },
  clips: {
    choose: "Kies een video",
    limits: (bytes: string) =>
      `Een video: MP4, MOV, MKV of WebM, hoogstens ${bytes}, dat zijn enkele minuten. Een langere wordt doorgekeken als je hem toevoegt bij “Foto's toevoegen”.`,
    tooLarge: (bytes: string) =>
      `Deze video is te groot: hoogstens ${bytes}. Knip het deel uit waar je naar vraagt, of importeer hem.`,
    other: "Een ander bestand",
    noBasis:
      "In een video wordt ieders gezicht vergeleken. Voor deze collectie is niet vastgelegd waarom dat mag; zoek dus met een foto, en wijs het gezicht aan.",
    sending: "De video wordt verstuurd",
    looking: "Wordt bekeken: elk gezicht wordt door de tijd gevolgd en dan vergeleken.",
    lookingMore:
      "Voor een video van een minuut duurt dit zo'n tien seconden. Blijf op deze pagina.",
    found: (people: number) =>
      people === 1 ? "Eén kandidaat in deze video" : `${people} kandidaten in deze video`,
    tracks: (tracks: number) =>
      tracks === 1 ? "Eén gezicht is gevolgd." : `${tracks} gezichten zijn gevolgd.`,
    deleted: "De video is bij de dienst gewist; hij speelt vanaf je eigen computer.",
    kept: (day: string) => `De dienst bewaart de video, verzegeld, tot het eind van ${day}.`,
    unplayable: "Je browser kan dit soort video niet afspelen. De tijden staan hieronder.",
    player: "De video waarmee je zocht, vanaf je eigen computer",
    times: (from: string, to: string) => `${from} – ${to} s`,
    verdicts: { match: "treffer", uncertain: "onzeker" },
    play: (name: string, times: string, verdict: string) =>
      `Speel ${name} af, ${times}, ${verdict}`,
    all: (name: string) => `Alle foto's en video's van ${name}`,
  },
  keep: {
    keep: "Enkele dagen bewaren",
    until: "Tot het eind van welke dag (UTC)?",
    more: (days: number) =>
      `Hoogstens ${days} dagen. Jij, eigenaars en controleurs kunnen het bekijken bij Zoekopdrachten, en dat wordt genoteerd; daar kan het ook altijd worden gewist.`,
    leaves: {
      photo:
        "geen foto: die van jou wordt vergeleken en dan overschreven. Er blijft een zegel van, dat zegt of het deze was.",
      video:
        "geen video: die van jou wordt vergeleken en dan gewist. Er blijft een zegel van, dat zegt of het deze was.",
    },
    leavesKept: {
      photo: (day: string) =>
        `de foto, verzegeld, tot het eind van ${day}; iedereen in de collectie kan lezen dat die wordt bewaard.`,
      video: (day: string) =>
        `de video, verzegeld, tot het eind van ${day}; iedereen in de collectie kan lezen dat die wordt bewaard.`,
    },
    kept: (moment: string) => `De foto of video waarmee werd gezocht, wordt bewaard tot ${moment}.`,
    show: "Tonen",
    remove: "Nu wissen",
    removeTitle: "Wissen waarmee werd gezocht?",
    gonePhoto: "de foto, en die komt niet terug; de zoekopdracht blijft in het register",
    goneVideo: "de video, en die komt niet terug; de zoekopdracht blijft in het register",
    alt: "Waarmee werd gezocht",
  },
  reviews: {
    title: "Te beoordelen",
    intro:
      "Een gezicht op een foto, en een ander gezicht van de persoon voor wie het wordt gehouden. Je antwoord blijft, wat er later ook wordt vergeleken.",
    none: "Niets te beoordelen",
    noneMore: "Over elke waarneming van mensen die nu gevonden kunnen worden, is beslist.",
    noneDone: "Geen",
    noneDoneMore: "Er is geen waarneming in deze staat van iemand die nu gevonden kan worden.",
    show: "Toon",
    states: { proposed: "Te beoordelen", confirmed: "Bevestigd", rejected: "Afgewezen" },
    seen: "Hier gezien",
    theirs: {
      confirmed: "Eerder bevestigd",
      proposed: "Ook voorgesteld, niet bevestigd",
      rejected: "Eerder afgewezen",
    },
    noReference: "Er is hier geen ander gezicht van deze persoon om mee te vergelijken.",
    is: (name) => `Is dit ${name}?`,
    person: (id) => `persoon ${id}`,
    verdicts: { match: "Een treffer", uncertain: "Onzeker" },
    score: (score) => `score ${score}`,
    faceAlt: (name) => `Het gezicht dat voor ${name} wordt gehouden`,
    referenceAlt: (name) => `Een ander gezicht dat voor ${name} wordt gehouden`,
    confirm: "Dat klopt",
    reject: "Niet deze persoon",
    skip: "Overslaan",
    undo: "Terugnemen",
    open: "Bekijk de foto",
    said: {
      confirm: (name) => `Bevestigd: ${name}.`,
      reject: (name) => `Niet ${name}. Dat wordt onthouden, en niet opnieuw voorgesteld.`,
      half: (name) => `Genoteerd voor ${name}. Een tweede persoon moet het ook bevestigen.`,
      undo: (name) => `Teruggenomen: het wordt opnieuw voorgesteld voor ${name}.`,
    },
    again: "Van voren af aan",
    oneSaid: "Eén persoon heeft het bevestigd. Een tweede moet dat ook doen.",
    youSaid: "Jij hebt het bevestigd. Iemand anders moet dat ook doen.",
    history: "Wat erover gezegd is",
    historyNone: "Nog niemand heeft iets gezegd.",
    decisions: {
      confirmed: "bevestigd",
      confirmed_once: "bevestigd, als eerste van twee",
      rejected: "afgewezen",
      undone: "teruggenomen",
    },
    decision: (what, by, at) => `${at}: ${what}, door ${by}`,
    you: "jou",
    themselves: "de persoon zelf",
    keys: "Toetsen",
    keysOn: "Losse toetsen werken op dit scherm",
    keyTable: [
      ["c", "dat klopt"],
      ["r", "niet deze persoon"],
      ["j, →", "overslaan"],
      ["k, ←", "de vorige"],
      ["u", "het laatste woord terugnemen"],
    ],
    auditor:
      "Een controleur leest: mensen staan er met hun nummer, en er kan hier niets worden gezegd.",
    done: (count) => `${count} beslist sinds je dit scherm opende`,
  },
  searches: {
    title: "Zoekopdrachten",
    own: "De zoekopdrachten die je in deze collectie hebt gedaan.",
    all: "Elke zoekopdracht in deze collectie, van wie dan ook. Wie er gevonden werd, staat in het register.",
    none: "Nog geen zoekopdracht",
    noneMore: "Een zoekopdracht wordt hier genoteerd voor het antwoord wordt gegeven.",
    toSearch: "Naar het zoeken",
    purpose: "Waarvoor",
    when: "Wanneer",
    by: "Door",
    faces: "Gezichten",
    returned: "Mensen gevonden",
    entry: "In het register",
    check: "Controleren",
    you: "jou",
    program: "een programma",
  },
};
