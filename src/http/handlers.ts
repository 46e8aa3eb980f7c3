import type { ROUTES } from "../contract/routes.ts";
import type { Handlers } from "./handler.ts";
import { accountHandlers } from "./handlers/accounts.ts";
import { collectionHandlers } from "./handlers/collections.ts";
import { faceHandlers } from "./handlers/faces.ts";
import { inviteHandlers } from "./handlers/invites.ts";
import { jobHandlers } from "./handlers/jobs.ts";
import { ownPhotoHandlers } from "./handlers/own-photos.ts";
import { ownRecordHandlers } from "./handlers/own-record.ts";
import { ownVideoHandlers } from "./handlers/own-videos.ts";
import { requestHandlers } from "./handlers/requests.ts";
import { enrolmentListHandlers } from "./handlers/enrolment-lists.ts";
import { peopleHandlers } from "./handlers/people.ts";
import { personConsentHandlers } from "./handlers/person-consents.ts";
import { keptProbeHandlers } from "./handlers/kept-probes.ts";
import { searchHandlers } from "./handlers/search.ts";
import { ledgerHandlers } from "./handlers/ledger.ts";
import { operatorHandlers } from "./handlers/operator.ts";
import { oversightHandlers } from "./handlers/oversight.ts";
import { timelineHandlers } from "./handlers/timelines.ts";
import { transparencyHandlers } from "./handlers/transparency.ts";
import { videoSearchHandlers } from "./handlers/video-searches.ts";
import { webhookHandlers } from "./handlers/webhooks.ts";
import { signInHandlers } from "./handlers/sign-in.ts";
import { sightingHandlers } from "./handlers/sightings.ts";
import { deliveryHandlers } from "./handlers/deliveries.ts";
import { mediaHandlers } from "./handlers/media.ts";
import { uploadHandlers } from "./handlers/uploads.ts";

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
  ...enrolmentListHandlers,
  ...personConsentHandlers,
  ...jobHandlers,
  ...searchHandlers,
  ...keptProbeHandlers,
  ...videoSearchHandlers,
  ...sightingHandlers,
  ...faceHandlers,
  ...inviteHandlers,
  ...ownRecordHandlers,
  ...ownPhotoHandlers,
  ...requestHandlers,
  ...oversightHandlers,
  ...mediaHandlers,
  ...uploadHandlers,
  ...timelineHandlers,
  ...ownVideoHandlers,
  ...deliveryHandlers,
};
