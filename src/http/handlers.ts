import type { ROUTES } from "../contract/routes.ts";
import type { Handlers } from "./handler.ts";
import { accountHandlers } from "./handlers/accounts.ts";
import { collectionHandlers } from "./handlers/collections.ts";
import { jobHandlers } from "./handlers/jobs.ts";
import { peopleHandlers } from "./handlers/people.ts";
import { searchHandlers } from "./handlers/search.ts";
import { signInHandlers } from "./handlers/sign-in.ts";
import { sightingHandlers } from "./handlers/sightings.ts";

/** What does each route. One missing, or one too many, does not compile. */
export const HANDLERS: Handlers<typeof ROUTES> = {
  ...signInHandlers,
  ...collectionHandlers,
  ...accountHandlers,
  ...peopleHandlers,
  ...jobHandlers,
  ...searchHandlers,
  ...sightingHandlers,
};
