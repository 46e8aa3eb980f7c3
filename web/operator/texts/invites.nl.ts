import type { en } from "./invites.en.ts";

export const nl: typeof en = {
  title: "Uitnodigingen",
  what: "Een uitnodiging is voor één persoon en werkt één keer. Die leest eerst de kennisgeving, en zegt zelf ja of nee.",
  make: "Mensen uitnodigen",
  cap: (left: string, daily: string) => `Nog ${left} van ${daily} uitnodigingen voor vandaag.`,
  capNone:
    "De uitnodigingen van vandaag zijn op. Binnen 24 uur komen er vrij, of verhoog het aantal in de instellingen van de collectie.",
  how: "Hoe",
  byMail: "Per mail",
  byHand: "Links om te overhandigen",
  addresses: "E-mailadressen",
  addressesHelp: "Eén per regel, of met komma's ertussen. Elk krijgt een mail met een eigen link.",
  found: (count: number) => (count === 1 ? "1 adres" : `${count} adressen`),
  wrong: (list: string) => `Geen adres: ${list}`,
  tooMany: (most: number) => `Hoogstens ${most} tegelijk. Stuur de andere hierna.`,
  count: "Hoeveel links",
  countHelp: (most: number) => `1 tot ${most}; elk is voor één persoon.`,
  language: "Taal",
  days: "Open voor (dagen)",
  submit: "Uitnodigen",
  mailed: (count: number) =>
    count === 1
      ? "1 uitnodiging is gemaakt; de mail is onderweg."
      : `${count} uitnodigingen zijn gemaakt; de mail is onderweg.`,
  again: "Anderen uitnodigen",
  handedTitle: "Overhandig deze",
  handedWhat:
    "Ze worden één keer getoond: niemand kan ze later opzoeken. Druk ze nu af of bewaar ze, één blad per persoon.",
  pdf: "Opslaan als PDF",
  one: (place: number) => `Uitnodiging ${place}`,
  qrAlt: (place: number) => `QR-code van uitnodiging ${place}`,
  until: (day: string) => `Open tot ${day}`,
  putAway: "Ik heb ze bewaard",
  noNotice:
    "Er is nog geen kennisgeving: mensen zouden niets te lezen hebben. Publiceer er eerst een, bij Overzicht.",
  none: "Nog niemand uitgenodigd",
  noneMore: "Maak uitnodigingen per mail, of als bladen met een QR-code om te overhandigen.",
  states: { open: "open", used: "ja gezegd", expired: "voorbij", ended: "beëindigd" },
  mail: "per mail",
  hand: "overhandigd",
  madeOn: (when: string) => `Gemaakt op ${when}`,
  resend: "Opnieuw sturen",
  resent: "Opnieuw gestuurd, met een nieuwe link.",
  end: "Beëindigen",
  endTitle: "Deze uitnodiging beëindigen?",
  endGone: ["de link: die opent niets meer", "het adres waarnaar de link is gestuurd"],
  endYes: "Beëindig",
};
