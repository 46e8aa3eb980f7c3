import { proof } from "../texts/proof.ts";
import { search } from "../texts/search.ts";
import { EVERYBODY, OVERSEERS, type Screen, WORKERS } from "./screen.ts";

/** Search, sightings, ledger, model packs, transparency, alerts. */
export const searchScreens: readonly Screen[] = [
  {
    within: "collection",
    path: "search",
    load: async () => (await import("../search/search.tsx")).Search,
    who: WORKERS,
    name: (language) => search[language].search.title,
  },
  {
    within: "collection",
    path: "reviews",
    load: async () => (await import("../search/reviews.tsx")).Reviews,
    who: EVERYBODY,
    name: (language) => search[language].reviews.title,
  },
  {
    within: "collection",
    path: "searches",
    load: async () => (await import("../search/searches.tsx")).Searches,
    who: EVERYBODY,
    name: (language) => search[language].searches.title,
  },
  {
    within: "instance",
    path: "ledger",
    load: async () => (await import("../proof/ledger.tsx")).LedgerView,
    who: OVERSEERS,
    name: (language) => proof[language].ledger.title,
  },
  {
    within: "instance",
    path: "alerts",
    load: async () => (await import("../proof/alerts.tsx")).Alerts,
    who: OVERSEERS,
    name: (language) => proof[language].alerts.title,
  },
  {
    within: "instance",
    path: "packs",
    load: async () => (await import("../proof/packs.tsx")).Packs,
    who: EVERYBODY,
    name: (language) => proof[language].packs.title,
  },
  {
    within: "instance",
    path: "health",
    load: async () => (await import("../proof/health.tsx")).Health,
    who: OVERSEERS,
    name: (language) => proof[language].health.title,
  },
  {
    within: "instance",
    path: "papers",
    load: async () => (await import("../proof/papers.tsx")).Papers,
    who: OVERSEERS,
    name: (language) => proof[language].papers.title,
  },
];
