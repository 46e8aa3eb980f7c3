import { libraryScreens } from "./library.ts";
import { peopleScreens } from "./people.ts";
import type { Screen } from "./screen.ts";
import { searchScreens } from "./search.ts";

/**
 * Every screen, in the order of the navigation: in a collection what is done every day comes first.
 * An area adds to a list of its own.
 */
export const SCREENS: readonly Screen[] = [
  ...within("collection", libraryScreens, searchScreens, peopleScreens),
  ...within("instance", libraryScreens, peopleScreens, searchScreens),
];

function within(
  where: Screen["within"],
  ...areas: readonly (readonly Screen[])[]
): readonly Screen[] {
  return areas.flat().filter((one) => one.within === where);
}
