import type { Route } from "./contract.ts";
import { accountRoutes } from "./accounts.ts";
import { collectionRoutes } from "./collections.ts";
import { jobRoutes } from "./jobs.ts";
import { peopleRoutes } from "./people.ts";
import { searchRoutes } from "./search.ts";
import { ledgerRoutes } from "./ledger.ts";
import { operatorRoutes } from "./operator.ts";
import { oversightRoutes } from "./oversight.ts";
import { transparencyRoutes } from "./transparency.ts";
import { webhookRoutes } from "./webhooks.ts";
import { signInRoutes } from "./sign-in.ts";
import { sightingRoutes } from "./sightings.ts";

/** Everything that can be asked, by name. Examples run in this order: a topic's after what it needs. */
export const ROUTES = {
  ...signInRoutes,
  ...collectionRoutes,
  ...accountRoutes,
  ...operatorRoutes,
  ...webhookRoutes,
  ...ledgerRoutes,
  ...transparencyRoutes,
  ...peopleRoutes,
  ...jobRoutes,
  ...searchRoutes,
  ...sightingRoutes,
  ...oversightRoutes,
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;

/** Names and routes, in order. */
export const ROUTE_LIST: readonly (readonly [name: RouteName, route: Route])[] = Object.entries(
  ROUTES,
) as [RouteName, Route][];
