import type { Route } from "./contract.ts";
import { accountRoutes } from "./accounts.ts";
import { collectionRoutes } from "./collections.ts";
import { deliveryRoutes } from "./deliveries.ts";
import { enrolmentListRoutes } from "./enrolment-lists.ts";
import { faceRoutes } from "./faces.ts";
import { inviteRoutes } from "./invites.ts";
import { jobRoutes } from "./jobs.ts";
import { ownPhotoRoutes } from "./own-photos.ts";
import { ownRecordRoutes } from "./own-record.ts";
import { ownVideoRoutes } from "./own-videos.ts";
import { requestRoutes } from "./requests.ts";
import { mediaRoutes } from "./media.ts";
import { peopleRoutes } from "./people.ts";
import { personConsentRoutes } from "./person-consents.ts";
import { keptProbeRoutes } from "./kept-probes.ts";
import { searchRoutes } from "./search.ts";
import { ledgerRoutes } from "./ledger.ts";
import { operatorRoutes } from "./operator.ts";
import { oversightRoutes } from "./oversight.ts";
import { timelineRoutes } from "./timelines.ts";
import { transparencyRoutes } from "./transparency.ts";
import { videoSearchRoutes } from "./video-searches.ts";
import { webhookRoutes } from "./webhooks.ts";
import { signInRoutes } from "./sign-in.ts";
import { sightingRoutes } from "./sightings.ts";
import { uploadRoutes } from "./uploads.ts";

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
  ...enrolmentListRoutes,
  ...personConsentRoutes,
  ...jobRoutes,
  ...searchRoutes,
  ...keptProbeRoutes,
  ...videoSearchRoutes,
  ...sightingRoutes,
  ...faceRoutes,
  ...inviteRoutes,
  ...ownRecordRoutes,
  ...ownPhotoRoutes,
  ...requestRoutes,
  ...oversightRoutes,
  ...mediaRoutes,
  ...uploadRoutes,
  ...timelineRoutes,
  ...ownVideoRoutes,
  ...deliveryRoutes,
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;

/** Names and routes, in order. */
export const ROUTE_LIST: readonly (readonly [name: RouteName, route: Route])[] = Object.entries(
  ROUTES,
) as [RouteName, Route][];
