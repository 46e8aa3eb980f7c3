export const en = {
  licence: "Licence",
  training: "What is known of its training data",
  source: "Where it comes from",
  thresholds: "When it speaks of a match",
  thresholdsMore: (match: string, uncertain: string, margin: string) =>
    `From a score of ${match} up, and ${margin} ahead of the next person; from ${uncertain} up it is uncertain.`,
  template: "Size of a template",
  numbers: (count: number) => `${count} numbers`,
  error: "Measured error",
  errorMore:
    "A score says how alike two faces are to the model. How often it is wrong was measured with these photos; with yours it is another number.",
  of: (people: string, mated: string | null, nonMated: string | null) =>
    `${people} people${mated === null ? "" : `; ${mated} pairs of the same person`}${
      nonMated === null ? "" : `; ${nonMated} pairs of different people`
    }.`,
  table: "As numbers",
  threshold: "Threshold",
  fmr: "Different people taken for one",
  fnmr: "The same person missed",
  none: (pairs: string) => `none of ${pairs}`,
  count: (count: string, pairs: string) => `${count} of ${pairs}`,
  groups: "By group",
  groupsMore:
    "As the people of this set described themselves. Pairs are of people of the same group, who are more alike to a model than people of two groups. The groups are small: none of 72 pairs still allows one wrong in 24. A small difference between two of them may be chance, a large one is not; and where none was wrong that does not show that they are treated alike.",
  group: "Group",
  people: "People",
  alike: "Most alike pair of two people",
  least: "Least alike pair of one person",
  at: (threshold: string) => `wrong matches at ${threshold}`,
  missed: (threshold: string) => `missed at ${threshold}`,
  by: { gender: "Gender", ethnicity: "Ethnicity" } as Readonly<Record<string, string>>,
  names: {
    female: "women",
    male: "men",
    black: "black",
    white: "white",
    east_asian: "East Asian",
    west_asian: "West Asian",
  } as Readonly<Record<string, string>>,
  plot: {
    threshold: "score",
    none: "none",
    match: "match from here",
    score: "this score",
    scoreIs: "this score",
    fmr: "pairs of different people that reach it",
    fnmr: "pairs of one person that do not",
    label: (data: string) =>
      `Errors by threshold, measured with: ${data}. The table has the numbers.`,
  },
};
