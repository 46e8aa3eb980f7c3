import { type Access, type Method, STAFF } from "./contract.ts";
import type { ProblemCode } from "./problems.ts";

/**
 * What is asked and answered in the words of somebody else's standard. The door asks who comes, as
 * for every other route; the rest is the standard's.
 */
export interface PlainRoute {
  readonly method: Method | "HEAD";
  readonly path: `/api/v1/${string}`;
  /** One sentence. */
  readonly summary: string;
  readonly standard: string;
  readonly access: Access;
  /** What it must be told beside the body: each header, and what is in it. */
  readonly headers: Readonly<Record<string, string>>;
  /** The media type of the body; null: there is none. */
  readonly takes: string | null;
  readonly gives: string | null;
  readonly status: 200 | 201 | 204;
  readonly errors: readonly ProblemCode[];
}

const TUS = "tus 1.0, tus.io";
const UPLOADS = "/api/v1/collections/:collection/uploads";
const UPLOAD = `${UPLOADS}/:upload` as const;
const SENDERS = { who: STAFF, scope: "import" } as const satisfies Access;
const VERSION = { "Tus-Resumable": "1.0.0" };

/** Every such route, by name. */
export const PLAIN_ROUTES = {
  beginUpload: {
    method: "POST",
    path: UPLOADS,
    summary: "Begin to send a file in parts; Location in the answer is where they go.",
    standard: TUS,
    access: SENDERS,
    headers: {
      ...VERSION,
      "Upload-Length": "Bytes of the whole file.",
      "Upload-Metadata": "filename and, after a space, the file's name in Base 64.",
    },
    takes: null,
    gives: null,
    status: 201,
    errors: ["collection_closed", "overloaded"],
  },
  headUpload: {
    method: "HEAD",
    path: UPLOAD,
    summary: "How far a file has come: Upload-Offset in the answer.",
    standard: TUS,
    access: SENDERS,
    headers: VERSION,
    takes: null,
    gives: null,
    status: 200,
    errors: ["upload_unknown"],
  },
  patchUpload: {
    method: "PATCH",
    path: UPLOAD,
    summary: "Send the next part; with the last one its import is queued.",
    standard: TUS,
    access: SENDERS,
    headers: { ...VERSION, "Upload-Offset": "Bytes that were sent before." },
    takes: "application/offset+octet-stream",
    gives: null,
    status: 204,
    errors: ["upload_unknown"],
  },
  deleteUpload: {
    method: "DELETE",
    path: UPLOAD,
    summary: "Give a file up that has not come whole.",
    standard: TUS,
    access: SENDERS,
    headers: VERSION,
    takes: null,
    gives: null,
    status: 204,
    errors: ["upload_unknown"],
  },
  getTile: {
    method: "GET",
    path: "/api/v1/ledger/tile/:level/:tile",
    summary:
      "Hashes of the record's tree, or its leaves, up to 256 side by side. They never change.",
    standard: "C2SP tlog-tiles, with /api/v1/ledger as the prefix; the tile holds slashes",
    access: { who: ["nobody"], scope: null },
    headers: {},
    takes: null,
    gives: "application/octet-stream",
    status: 200,
    errors: ["size_unknown"],
  },
} as const satisfies Readonly<Record<string, PlainRoute>>;

export type PlainRouteName = keyof typeof PLAIN_ROUTES;

/** Names and routes, in order. */
export const PLAIN_ROUTE_LIST: readonly (readonly [name: PlainRouteName, route: PlainRoute])[] =
  Object.entries(PLAIN_ROUTES) as [PlainRouteName, PlainRoute][];
