import type { NoticeFacts } from "../layered-notice.ts";
import type { Texts } from "./languages.ts";

export const nl: Texts = {
  language: "nl",
  short: ({ rules, operator }: NoticeFacts) =>
    `${operator.name} wil je graag terugvinden in de foto's van "${rules.name}", hiervoor: ` +
    `${rules.purpose}. Daarvoor wordt van één foto van jou een gezichtssjabloon gemaakt en ` +
    "vergeleken met de gezichten in deze foto's. Dat gebeurt alleen als je ja zegt. Nee zeggen " +
    `mag, en een ja kun je altijd intrekken: ${operator.url ?? rules.contact}.`,
  items: {
    controller: {
      title: "Wie verantwoordelijk is",
      text: ({ rules, operator }) =>
        `${operator.name}, ${operator.address} (${operator.country}), ${operator.email}. ` +
        `Vragen over deze foto's: ${rules.contact}. ` +
        (operator.representative === undefined
          ? "Er is geen vertegenwoordiger in de Europese Unie."
          : `Vertegenwoordiger in de Europese Unie: ${operator.representative}.`),
    },
    officer: {
      title: "Functionaris voor gegevensbescherming",
      text: ({ operator }) =>
        operator.dataProtectionOfficer ?? `Die is er niet. Schrijf naar ${operator.email}.`,
    },
    purpose: {
      title: "Waarvoor je gegevens worden gebruikt, en op welke grond",
      text: ({ rules }) =>
        `Hiervoor en voor niets anders: ${rules.purpose}. De grondslag is je uitdrukkelijke ` +
        "toestemming (AVG artikel 6 lid 1 onder a en artikel 9 lid 2 onder a). Je gegevens: je " +
        "naam en e-mailadres, één foto van je gezicht, het gezichtssjabloon daarvan, en de foto's " +
        "waarin je wordt gevonden. De foto van je gezicht blijft alleen bewaard als je dat aankruist.",
    },
    interests: {
      title: "Gerechtvaardigd belang",
      text: () => "Daar wordt geen beroep op gedaan: alles hier rust op je toestemming.",
    },
    recipients: {
      title: "Wie je gegevens krijgt",
      text: ({ operator }) =>
        `De medewerkers van ${operator.name}. ${
          operator.recipients.length === 0
            ? "Verder niemand."
            : `Daarnaast: ${operator.recipients.join("; ")}.`
        }`,
    },
    transfers: {
      title: "Andere landen",
      text: ({ operator }) =>
        operator.transfers ?? `Geen: je gegevens staan in ${operator.country} en blijven daar.`,
    },
    storage: {
      title: "Hoe lang",
      text: ({ rules }) =>
        `Je toestemming eindigt vanzelf ${days(rules.retentionDays)} nadat je haar gaf, of als je ` +
        "haar intrekt. Het gezichtssjabloon wordt dan gewist. Het bewijs van je toestemming en de " +
        `sleutel worden ${days(rules.graceDays)} later gewist. Je kunt alles ook meteen laten wissen.`,
    },
    rights: {
      title: "Je rechten",
      text: ({ rules, operator }) =>
        "Je mag zien wat er over je wordt bewaard, het laten verbeteren of wissen, het gebruik " +
        "laten pauzeren, bezwaar maken, en een kopie meenemen. Daarvoor is je gezicht nooit " +
        `nodig. Schrijf naar ${operator.url ?? rules.contact}.`,
    },
    withdrawal: {
      title: "Je toestemming intrekken",
      text: ({ rules, operator }) =>
        `Altijd en zonder reden: ${operator.url ?? rules.contact}. Vanaf dat moment vindt geen ` +
        "zoekopdracht je meer. Wat daarvoor is gedaan, blijft rechtmatig.",
    },
    complaint: {
      title: "Klagen",
      text: ({ operator }) =>
        `Bij ${authorityOf(operator)}, of bij de autoriteit van waar je woont of werkt.`,
    },
    choice: {
      title: "Het hoeft niet",
      text: ({ rules }) =>
        `Geen wet en geen contract vraagt om je gezicht. Als je nee zegt: ${
          rules.alternative ||
          "voor jou verandert er niets, alleen word je niet op gezicht gevonden"
        }. ${age(rules.ageFloor)}`,
    },
    decisions: {
      title: "Besluiten door machines",
      text: () =>
        "Geen. De software stelt alleen foto's voor waarop je zou kunnen staan; een mens kijkt " +
        "ernaar. Je gezicht wordt vergeleken met een drempel; er wordt niets over je voorspeld.",
    },
  },
  poster: {
    title: (collection) => `Mag je worden gevonden in de foto's van ${collection}?`,
    asks: (operator, purpose) =>
      `${operator ?? "De organisatie"} wil je graag aan je gezicht vinden. Waarvoor: ${purpose}`,
    scan: "Scan dit met je telefoon, of typ het adres hieronder over.",
    until: (day) => `Dit blad is voor één persoon, en werkt één keer, tot ${day}.`,
    choice:
      "Je leest eerst wat er gebeurt. Ja en nee zijn even makkelijk, en na een ja kun je altijd stoppen.",
    questions: (contact) => `Vragen: ${contact}`,
  },
  receipt: {
    title: "Bewijs van je toestemming",
    intro:
      "Hierin staat waar je ja tegen hebt gezegd. Bewaar het: hiermee kun je laten zien wat je is " +
      "beloofd, en je toestemming intrekken.",
    more: "Wie ervoor instaat, en wat je is verteld",
    labels: {
      number: "Nummer",
      made: "Gemaakt op",
      given: "Toestemming gegeven op",
      renewed: "Toestemming vernieuwd op",
      by: "Door",
      how: "Hoe",
      until: "Eindigt op",
      collection: "Foto's",
      controller: "Verantwoordelijk",
      address: "Adres",
      email: "E-mail",
      representative: "Vertegenwoordiger in de EU",
      officer: "Functionaris voor gegevensbescherming",
      authority: "Waar je kunt klagen",
      jurisdiction: "Land",
      recipients: "Wie de gegevens krijgt",
      transfers: "Buiten de EU",
      purpose: "Waarvoor",
      basis: "Grondslag",
      data: "Gegevens",
      operations: "Wat ermee gebeurt",
      grace: "Bewijs gewist na het einde",
      withdraw: "Intrekken bij",
      rights: "Je rechten",
      notice: "De uitleg die je kreeg",
      noticeHash: "SHA-256 van die uitleg",
      you: "Jij, als code voor alleen deze foto's",
      pack: "Gezichtsmodel",
      keyMode: "Sleutel van het sjabloon",
      hash: "SHA-256 van dit bewijs",
    },
    uses: { find: "Je terugvinden", keep_photo: "De foto van je gezicht bewaren" },
    keepPhotoPurpose: "om het gezichtssjabloon opnieuw te maken als het gezichtsmodel verandert",
    basis: "je uitdrukkelijke toestemming (AVG 6 lid 1 onder a en 9 lid 2 onder a)",
    by: { subject: "jijzelf", guardian: "je ouder of voogd, tot je oud genoeg bent" },
    how: { paper: "op papier", web: "op een webpagina" },
    data: { "pd:FacialPrint": "gezichtssjabloon", "pd:Picture": "foto" },
    operations: {
      "dpv:Collect": "verzameld",
      "dpv:Derive": "omgezet in een sjabloon",
      "dpv:Match": "vergeleken",
      "dpv:Store": "versleuteld bewaard",
      "dpv:Erase": "gewist",
    },
    rights:
      "intrekken (7 lid 3), inzien (15), verbeteren (16), wissen (17), pauzeren (18), meenemen " +
      "(20), bezwaar maken (21), klagen (77)",
    keyMode: "bij de organisatie",
    days,
    noticeName: (version, language) => `versie ${version}, in het ${language}`,
    check: {
      title: "Controleer het",
      text:
        'De regels hieronder zijn het bewijs zelf, ondertekend. "assent verify" controleert ze ' +
        "met de openbare sleutels van de organisatie, zonder de organisatie iets te vragen.",
    },
  },
};

function days(count: number): string {
  return count === 1 ? "1 dag" : `${count} dagen`;
}

function age(floor: number): string {
  return floor === 0 ? "" : `Onder de ${floor} jaar zegt een ouder of voogd met je ja of nee.`;
}

function authorityOf({ authority }: NoticeFacts["operator"]): string {
  return authority.address === undefined
    ? authority.name
    : `${authority.name} (${authority.address})`;
}
