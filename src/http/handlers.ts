import type { ROUTES } from "../contract/routes.ts";
import type { Handlers } from "./handler.ts";
import { accountHandlers } from "./handlers/accounts.ts";
import { collectionHandlers } from "./handlers/collections.ts";
import { jobHandlers } from "./handlers/jobs.ts";
import { peopleHandlers } from "./handlers/people.ts";
import { searchHandlers } from "./handlers/search.ts";
import { ledgerHandlers } from "./handlers/ledger.ts";
import { operatorHandlers } from "./handlers/operator.ts";
import { oversightHandlers } from "./handlers/oversight.ts";
import { transparencyHandlers } from "./handlers/transparency.ts";
import { webhookHandlers } from "./handlers/webhooks.ts";
import { signInHandlers } from "./handlers/sign-in.ts";
import { sightingHandlers } from "./handlers/sightings.ts";

/** What does each route. One missing, or one too many, does not compile. */
export const HANDLERS: Handlers<typeof ROUTES> = {
  ...signInHandlers,
  ...collectionHandlers,
  ...accountHandlers,
  ...operatorHandlers,
  ...webhookHandlers,
  ...ledgerHandlers,
  ...transparencyHandlers,
  ...peopleHandlers,
  ...jobHandlers,
  ...searchHandlers,
  ...sightingHandlers,
  ...oversightHandlers,
};
