import { kinds } from "./ledger-kinds.nl.ts";
import type { en } from "./proof.en.ts";

export const nl: typeof en = {
  ledger: {
    kinds,
    title: "Het register",
    intro:
      "Alles wat een persoon raakt, laat hier een regel na. De regels zijn ondertekend als één boom: geen ervan kan ongezien worden gewijzigd of weggenomen, zolang iemand een eerdere stand bewaart.",
    state: "Nieuwste stand",
    size: (size) => (size === "1" ? "1 regel" : `${size} regels`),
    signed: "De handtekening is in deze browser gecontroleerd.",
    notSigned:
      "De nieuwste stand draagt GEEN geldige handtekening van dit register. Bewaar wat je ziet, en vraag het de eigenaar en de toezichthouder.",
    firstTime: "Deze browser bewaart deze stand, en legt de volgende ernaast.",
    grown: (size) =>
      `Hier gecontroleerd: het is alleen gegroeid sinds deze browser het laatst keek (${size} regels).`,
    rewritten:
      "Het register volgt NIET uit de eerdere stand: het werd ingekort, gesplitst of herschreven. Bewaar beide standen, en vraag het de eigenaar en de toezichthouder.",
    otherRecord:
      "Deze browser bewaarde een stand die niet van dit register is, of die met een vreemde sleutel ondertekend is. Is de installatie opnieuw opgezet?",
    keep: "Bewaar deze stand",
    keepMore:
      "Bewaar het bestand waar niemand van deze dienst het kan wijzigen: bij de controleur, op papier, in een mail aan jezelf. Het zegt niets over iemand.",
    anew: "Kijk opnieuw",
    note: "De ondertekende tekst en de sleutels",
    keys: (origin) =>
      `Sleutels van ${origin}. Ze komen van deze dienst: vergelijk ze met die welke zijn opgeschreven.`,
    witnesses: "Getuigen",
    states: { WITNESSED: "MET GETUIGE", UNWITNESSED: "ZONDER GETUIGE" },
    witnessed: {
      WITNESSED: "Iemand die onafhankelijk is, heeft de nieuwste stand medeondertekend.",
      UNWITNESSED:
        "Niemand die onafhankelijk is, heeft de nieuwste stand medeondertekend. Wie deze installatie draait, zou verschillende mensen verschillende registers kunnen tonen, tenzij zij vergelijken wat ze bewaren.",
    },
    noWitness:
      "Er is geen getuige bekend. Wie de server beheert, voegt er een toe met het commando “assent witness add”.",
    cosigned: (name, at) => `${name} heeft de nieuwste stand medeondertekend op ${at}.`,
    cosignedBefore: (name, size) =>
      `${name} heeft een eerdere stand medeondertekend, van ${size} regels.`,
    askWitnesses: "Vraag het de getuigen nu",
    compare: "Vergelijk met een bewaarde stand",
    compareMore:
      "Sleep een checkpoint hierheen, of kies er een. In deze browser wordt gecontroleerd dat het register sindsdien alleen is gegroeid.",
    chooseCheckpoint: "Kies een checkpoint",
    comparedGood: (from, to) =>
      `Het past: het register van ${to} regels begint met de ${from} van de stand die je bewaarde.`,
    notOurs: "Dit is geen checkpoint van dit register, of het is gewijzigd sinds het bewaard werd.",
    entries: "Regels",
    show: "Toon",
    all: "elke soort",
    groups: {
      consent: "toestemming en mensen",
      searches: "zoekopdrachten en meldingen",
      photos: "foto's en waarnemingen",
      access: "accounts, sleutels en eindpunten",
      instance: "de installatie en de collecties",
      closed: "gesloten regels",
    },
    shown: (shown, read) =>
      shown === read ? `De laatste ${read}` : `${shown} van de laatste ${read}`,
    none: "Nog geen regel",
    noneMore: "De eerste wordt ondertekend kort nadat ze is gemaakt.",
    place: (place) => `plaats ${place}`,
    closed: "Gesloten: opvulling, of van iemand die gewist is",
    check: "Controleren",
    says: "Wat er staat",
    good: (size) =>
      `Hier gecontroleerd: het ondertekende register van ${size} regels bevat precies dit op deze plaats.`,
    outcomes: {
      bad: "Deze regel past NIET bij het ondertekende register. Bewaar wat je ziet, en vraag het de eigenaar en de toezichthouder.",
      waiting: "Deze regel is nieuwer dan de laatste handtekening. Kijk zo opnieuw.",
      closed: "Wat er staat, wordt aan niemand getoond: er valt niets te controleren.",
    },
    linked: "De regel die hierheen leidde",
    notFound: "Ze staat niet bij de laatste regels.",
  },
  alerts: {
    title: "Meldingen",
    intro:
      "Een melding zegt dat de zoekopdrachten van één account dezelfde persoon binnen een uur vaker vonden dan de collectie toelaat. Het kan een moeilijke foto zijn, of iemand die een persoon volgt.",
    none: "Geen melding",
    noneUnseen: "Geen nieuwe melding",
    noneMore: "Geen account heeft steeds weer naar één persoon gezocht.",
    unseen: "Alleen die waar nog niemand naar keek",
    what: (searches) => `${searches} zoekopdrachten in een uur vonden dezelfde persoon`,
    who: (account) => `door ${account}`,
    person: "De persoon",
    erased: "sindsdien gewist",
    seen: "Ik heb ernaar gekeken",
    seenBy: (by, at) => `Gezien door ${by} op ${at}`,
    own: "Dit zijn je eigen zoekopdrachten: iemand anders kijkt hiernaar.",
    search: "Zoekopdrachten van de collectie",
  },
  health: {
    title: "Toestand",
    intro: "Wat de installatie bevat, en wat er wacht. Alleen aantallen.",
    collections: "Collecties",
    noCollection: "Nog geen collectie",
    name: "Collectie",
    photos: "Foto's",
    waiting: "Wachten",
    people: "Mensen",
    paused: "Gepauzeerd",
    ending: "Eindigen binnen 30 dagen",
    record: "Het register",
    entries: (entries) =>
      entries === "1" ? "1 regel ondertekend" : `${entries} regels ondertekend`,
    unsigned: (count) =>
      count === "1" ? "1 wacht op een handtekening" : `${count} wachten op een handtekening`,
    work: "Werk",
    jobs: (queued, running, failed) =>
      `Taken: ${queued} wachten, ${running} bezig, ${failed} mislukt`,
    messages: (waiting, dead) =>
      `Berichten aan andere systemen: ${waiting} wachten, ${dead} opgegeven`,
    objections: (open) =>
      open === "1"
        ? "1 bezwaar wacht op een beslissing"
        : `${open} bezwaren wachten op een beslissing`,
    keys: "Sleutels en back-ups",
    epochs: (count, at) =>
      count === "1"
        ? `1 tijdvak van sleutels, begonnen op ${at}`
        : `${count} tijdvakken van sleutels, het nieuwste begonnen op ${at}`,
    keyFile: (path) => `${path} is bij`,
    keyFileBehind: (path) => `${path} LOOPT ACHTER: zet de schijf terug, en werk het dan bij`,
    noKeyFile:
      "Er is geen back-up die open kan: er is geen sleutelbestand. “assent backup --to MAP” maakt beide.",
    restored: (at) => `Teruggezet uit een back-up op ${at}`,
    database: { sqlite: "SQLite, op deze machine", postgres: "PostgreSQL" },
  },
  papers: {
    title: "Papieren",
    intro:
      "Wat de wet op schrift wil, gemaakt uit de eigen instellingen en aantallen van deze installatie. Het zijn ontwerpen: lees ze, en laat ze lezen.",
    missing:
      "Wat nog niemand de installatie heeft verteld. Tot dan zeggen de papieren dat op die plaats:",
    gaps: {
      operator: () => "Wie voor deze installatie instaat.",
      collection: () => "Er is nog geen collectie.",
      alternative: (collection) => `Wat mensen krijgen die nee zeggen tegen “${collection}”.`,
    },
    sayIt: "Vul het in",
    kinds: {
      record: "Verwerkingsregister (AVG 30)",
      dpia: "Beoordeling van de gevolgen (DPIA, AVG 35), als ontwerp",
      schedule: "Hoe lang wat wordt bewaard",
      sign: "Bord voor aan de deur: hier worden foto's gemaakt",
      poster: "Affiche: vind de foto's waar je op staat",
      breach: "Bij een datalek: wat te doen, en wat er voorhanden is (AVG 33, 34)",
    },
    written: (language) => `in het ${language}`,
    language: "Taal van bewaarschema, bord en affiche",
    languages: { en: "English", nl: "Nederlands" },
    read: "Lezen",
    pdf: "PDF",
  },
  packs: {
    title: "Modelpakketten",
    intro:
      "Wat gezichten vindt en vergelijkt. Sjablonen van twee pakketten ontmoeten elkaar nooit: een collectie heeft er één, en kan naar een ander gaan.",
    forNew: "Nieuwe collecties nemen dit",
    use: "Laat nieuwe collecties dit nemen",
    here: "Collecties die het hebben",
    nowhere: "Geen collectie heeft het.",
    none: "Geen pakket",
    move: "Een collectie naar een ander pakket brengen",
    moveMore:
      "Sjablonen worden opnieuw gemaakt uit de foto's van wie die lieten bewaren. Tot dat klaar is, gaat het zoeken door met de oude.",
    collection: "Collectie",
    to: "Naar",
    choose: "Kies",
    go: "Breng over",
    confirm: (name, pack) => `${name} naar ${pack} brengen?`,
    gone: [
      "de sjablonen van wie hun foto niet lieten bewaren: zij kunnen niet gevonden worden tot ze zich opnieuw aanmelden, dus nodig hen uit;",
      "voorgestelde waarnemingen, die opnieuw worden vergeleken. Wat mensen bevestigden of afwezen, blijft.",
    ],
    progress: (name) => `${name} wordt overgebracht`,
    moved: (name) => `${name} is overgebracht.`,
  },
};
