import type { deliveries as en } from "./deliveries.en.ts";

export const deliveries: typeof en = {
  title: "Leveringen",
  what: "De foto's en video's van mensen, op volle grootte, met alle anderen bedekt. Met video's duurt het even. Een levering staat hier een dag klaar.",
  ask: "Een levering vragen",
  nobody: "Nog niemand om aan te leveren",
  nobodyMore: "Nodig eerst mensen uit: alleen waarop te zien is wie ja zei wordt ingepakt.",
  filter: "Een naam zoeken",
  whose: "Wiens foto's en video's",
  chooseFirst: "Kies eerst iemand.",
  askYes: (people: number) =>
    people <= 1 ? "Foto's en video's inpakken" : `Foto's en video's van ${people} mensen inpakken`,
  there: "Leveringen van vandaag",
  none: "Er staat geen levering klaar",
  noneMore: "Wat is gevraagd, kun je hier een dag lang downloaden.",
  photos: (count: number) => (count === 1 ? "1 foto of video." : `${count} foto's en video's.`),
  until: (moment: string) => `Weg na ${moment}.`,
  fetch: "De ZIP downloaden",
  fetchVideo: "De video downloaden",
  ofVideo: {
    whole: "Een kopie van een hele video.",
    intervals: "Een kopie van hun momenten in een video.",
  },
  making: "Wordt ingepakt",
  andMore: (count: number) => `en nog ${count}`,
};
