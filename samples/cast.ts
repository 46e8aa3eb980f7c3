import type { Person } from "./person.ts";
import { personFrom } from "./person-from-seed.ts";

/** A drawn person with the part they play. */
export interface Member {
  readonly id: string;
  /** Says that the person is drawn: nobody should take it for somebody's name. */
  readonly name: string;
  readonly consents: boolean;
  readonly person: Person;
}

const CONSENTING_SEEDS = [1049, 855, 119, 209, 114, 959, 1061, 517] as const;
const STRANGER_SEEDS = [54, 820, 305, 714, 965, 835, 351, 579, 531, 25] as const;

/** Everybody who appears in the demo: first those who consent, then the strangers. */
export function cast(): readonly Member[] {
  return [...CONSENTING_SEEDS, ...STRANGER_SEEDS].map((seed, index) => {
    const number = String(index + 1).padStart(2, "0");
    const consents = index < CONSENTING_SEEDS.length;
    return {
      id: `drawn-${number}`,
      name: `Drawn Person ${number}`,
      consents,
      person: personFrom(seed),
    };
  });
}
