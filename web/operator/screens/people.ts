import type { Screen } from "./screen.ts";

/** People and invites, what they ask for, accounts, keys, webhooks, jobs, the first run. */
export const peopleScreens: readonly Screen[] = [];
