import type { Screen } from "./screen.ts";

/** Search, sightings, ledger, model packs, transparency, alerts. */
export const searchScreens: readonly Screen[] = [];
