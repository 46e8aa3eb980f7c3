import type { AnswerOf, InputOf } from "../../client/calls.ts";
import type { inviteRoutes } from "../../src/contract/invites.ts";
import type { ownVideoRoutes } from "../../src/contract/own-videos.ts";
import type { ownPhotoRoutes } from "../../src/contract/own-photos.ts";
import type { ownRecordRoutes } from "../../src/contract/own-record.ts";
import type { peopleRoutes } from "../../src/contract/people.ts";
import type { sightingRoutes } from "../../src/contract/sightings.ts";
import type { signInRoutes } from "../../src/contract/sign-in.ts";
import type { transparencyRoutes } from "../../src/contract/transparency.ts";
import { askAt, linkAt } from "../shared/ask.ts";

type Routes = typeof signInRoutes &
  typeof inviteRoutes &
  typeof ownPhotoRoutes &
  typeof ownVideoRoutes &
  typeof ownRecordRoutes &
  typeof peopleRoutes &
  typeof sightingRoutes &
  typeof transparencyRoutes;

type AddressTable = {
  readonly [Name in keyof Routes]?: readonly [Routes[Name]["method"], Routes[Name]["path"]];
};

const PERSON = "/api/v1/collections/:collection/people/:subject";
const OWN = "/api/v1/people/:subject";

/**
 * [Note: a small client] The first page of a person must be small, so it does not carry the
 * contract's schemas: each address is held against its route by the compiler, and so is what is sent
 * and what comes back. The operator's side uses `client/`.
 */
const ADDRESSES = {
  claimInstance: ["POST", "/api/v1/sign-in/first-owner"],
  askForLink: ["POST", "/api/v1/sign-in/links"],
  signInWithLink: ["POST", "/api/v1/sign-in/link"],
  startPasskeySignIn: ["POST", "/api/v1/sign-in/passkey/options"],
  signInWithPasskey: ["POST", "/api/v1/sign-in/passkey"],
  whoAmI: ["GET", "/api/v1/session"],
  signOut: ["DELETE", "/api/v1/session"],
  listPasskeys: ["GET", "/api/v1/session/passkeys"],
  startPasskey: ["POST", "/api/v1/session/passkeys/options"],
  addPasskey: ["POST", "/api/v1/session/passkeys"],
  removePasskey: ["DELETE", "/api/v1/session/passkeys/:passkey"],
  openInvite: ["POST", "/api/v1/invites/open"],
  declineInvite: ["POST", "/api/v1/invites/no"],
  acceptInvite: ["POST", "/api/v1/invites/yes"],
  enrolPhoto: ["POST", `${PERSON}/photo`],
  listOwnPhotos: ["GET", `${PERSON}/photos`],
  getOwnThumbnail: ["GET", `${PERSON}/photos/:sighting/thumbnail`],
  downloadOwnPhoto: ["GET", `${PERSON}/photos/:sighting/file`],
  downloadOwnPhotos: ["GET", `${PERSON}/photos/archive`],
  askForOwnVideo: ["POST", `${PERSON}/photos/:sighting/video`],
  askForOwnDelivery: ["POST", `${PERSON}/deliveries`],
  listOwnDeliveries: ["GET", `${PERSON}/deliveries`],
  fetchOwnDelivery: ["GET", `${PERSON}/deliveries/:delivery/archive`],
  playOwnVideo: ["GET", `${PERSON}/deliveries/:delivery/video`],
  getOwnTimelineCsv: ["GET", `${PERSON}/photos/:sighting/timeline/csv`],
  getOwnTimelineVtt: ["GET", `${PERSON}/photos/:sighting/timeline/vtt`],
  holdBack: ["POST", `${PERSON}/photos/:sighting/objection`],
  pausePerson: ["POST", `${PERSON}/pause`],
  resumePerson: ["POST", `${PERSON}/resume`],
  withdrawPerson: ["POST", `${PERSON}/withdraw`],
  erasePerson: ["DELETE", OWN],
  confirmSighting: ["POST", "/api/v1/collections/:collection/sightings/:sighting/confirm"],
  rejectSighting: ["POST", "/api/v1/collections/:collection/sightings/:sighting/reject"],
  undoSighting: ["POST", "/api/v1/collections/:collection/sightings/:sighting/undo"],
  exportRecord: ["GET", `${OWN}/export`],
  listGrants: ["GET", `${OWN}/grants`],
  listReceipts: ["GET", `${OWN}/receipts`],
  readReceiptPage: ["GET", `${OWN}/receipts/:consent/page`],
  mailReceipt: ["POST", `${OWN}/receipts/:consent/mail`],
  startReceiptSignature: ["POST", `${OWN}/receipts/:consent/signature/options`],
  signReceipt: ["POST", `${OWN}/receipts/:consent/signature`],
  readReceiptPdf: ["GET", `${OWN}/receipts/:consent/pdf`],
  listOwnSearches: ["GET", `${OWN}/searches`],
  proveOwnSearch: ["GET", `${OWN}/searches/:search/proof`],
  proveOwnEntry: ["GET", `${OWN}/entries/:number/proof`],
  watchOwnProgress: ["GET", `${OWN}/progress`],
  askContactChange: ["POST", `${OWN}/contact`],
  getTransparency: ["GET", "/api/v1/transparency"],
  readNotice: ["GET", "/api/v1/transparency/notices/:notice"],
  confirmContactChange: ["POST", "/api/v1/contact-changes/confirm"],
} as const satisfies AddressTable;

type Name = keyof typeof ADDRESSES;

/** What a route answers. */
export type Answer<Of extends Name> = Awaited<AnswerOf<Routes[Of]>>;

/** Asks a route. Throws Refused. */
export async function ask<Of extends Name>(
  name: Of,
  input: InputOf<Routes[Of]>,
): Promise<Answer<Of>> {
  // The answer went through the route's response schema on the server.
  return (await askAt(ADDRESSES[name], { ...input })) as Answer<Of>;
}

/** The address of a route that answers with a file. */
export function linkOf<Of extends Name>(name: Of, input: InputOf<Routes[Of]>): string {
  return linkAt(ADDRESSES[name], { ...input });
}
