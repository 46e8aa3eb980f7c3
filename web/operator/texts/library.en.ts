export const en = {
  collections: {
    title: "Collections",
    none: "No collection yet",
    noneMore: "A collection holds photos with one purpose. Make one to begin.",
  },
  overview: {
    title: "Overview",
    purpose: "What for",
    contact: "Questions go to",
    basis: "Why everyone pictured may be compared",
    noBasis: "Nobody said: only a face that somebody points at is compared.",
    retention: "Kept for",
    days: (count: number) => `${count} days`,
    age: "Age floor",
    pack: "Model pack",
  },
};
