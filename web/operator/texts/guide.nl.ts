import type { en } from "./guide.en.ts";

export const nl: typeof en = {
  title: "Eerste stappen",
  what: "Vijf stappen naar een collectie waarin mensen die ja zeiden worden gevonden.",
  progress: (done: number, total: number) => `${done} van ${total} stappen gedaan`,
  done: "gedaan",
  now: "volgende",
  missing: "ontbreekt nog",
  finished: "Je collectie werkt",
  finishedMore:
    "Wie ja zei wordt vanzelf gezocht op nieuwe foto's. Deze gids blijft hier staan als je nog eens wilt kijken.",
  toCollection: "Naar de collectie",
  hide: "Toon dit niet op de eerste pagina",
  goOn: "Ga verder met de eerste stappen",
  which: "Met welke collectie",
  organisation: {
    title: "Zeg wie je bent",
    why: "Kennisgevingen en ontvangstbewijzen noemen de organisatie die ervoor instaat.",
    done: (name: string) => `${name} staat in voor deze installatie.`,
    change: "Wijzigen",
  },
  collection: {
    title: "Maak een collectie",
    why: "Foto's met één doel. Doel, regels en contact staan in wat mensen lezen.",
    done: (name: string) => `“${name}” is er.`,
    go: "Collectie maken",
  },
  notice: {
    title: "Publiceer de kennisgeving",
    why: "Wat mensen lezen voor ze ja zeggen, met alles wat de wet vraagt. Ze wordt geschreven uit wat je zei; je mag er eigen regels boven zetten.",
    first:
      "Er is tot nu toe een korte tekst. Publiceer de hele kennisgeving, zodat niets ontbreekt wat de wet vraagt.",
    done: (languages: string) => `Gepubliceerd in: ${languages}.`,
    preview: "Eerst lezen",
    publish: (language: string) => `Publiceren in het ${language}`,
    names: { en: "Engels", nl: "Nederlands" },
    needs: "Zeg eerst wie je bent.",
  },
  people: {
    title: "Vraag de eerste mensen",
    why: "Met een uitnodiging, die ze zelf beantwoorden, of met een formulier dat ze ondertekenden.",
    done: "Er is iemand gevraagd.",
    invite: "Mensen uitnodigen",
    enrol: "Inschrijven met formulier",
  },
  photos: {
    title: "Breng de eerste foto's binnen",
    why: "Sleep een map. Foto's worden doorgekeken voor wie ja zei; van ieder ander wordt niets bewaard.",
    done: "Er zijn foto's.",
    go: "Foto's importeren",
  },
  needsCollection: "Maak eerst een collectie.",
};
