import { library } from "../texts/library.ts";
import { EVERYBODY, type Screen, WORKERS } from "./screen.ts";

/** Collections, their photos, imports and deliveries. */
export const libraryScreens: readonly Screen[] = [
  {
    within: "instance",
    path: "",
    load: async () => (await import("../library/collections.tsx")).Collections,
    who: EVERYBODY,
    name: (language) => library[language].collections.title,
  },
  {
    within: "instance",
    path: "collections/new",
    load: async () => (await import("../library/new-collection.tsx")).NewCollection,
    who: ["owner"],
  },
  {
    within: "collection",
    path: "",
    load: async () => (await import("../library/overview.tsx")).Overview,
    who: EVERYBODY,
    name: (language) => library[language].overview.title,
  },
  {
    within: "collection",
    path: "photos",
    load: async () => (await import("../library/photos.tsx")).Photos,
    who: EVERYBODY,
    name: (language) => library[language].photos.title,
  },
  {
    within: "collection",
    path: "photos/:photo",
    load: async () => (await import("../library/photo-viewer.tsx")).PhotoViewer,
    who: EVERYBODY,
  },
  {
    within: "collection",
    path: "import",
    load: async () => (await import("../library/import.tsx")).Import,
    who: WORKERS,
    name: (language) => library[language].imports.title,
  },
  {
    within: "collection",
    path: "deliveries",
    load: async () => (await import("../library/deliveries.tsx")).Deliveries,
    who: EVERYBODY,
    name: (language) => library[language].deliveries.title,
  },
];
