import { libraryScreens } from "./library.ts";
import { peopleScreens } from "./people.ts";
import type { Screen } from "./screen.ts";
import { searchScreens } from "./search.ts";

/** Every screen, in the order of the navigation. An area adds to a list of its own. */
export const SCREENS: readonly Screen[] = [...libraryScreens, ...peopleScreens, ...searchScreens];
