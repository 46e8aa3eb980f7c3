import { mkdir, statfs } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { FileStore } from "@tus/file-store";
import { ERRORS, type ServerOptions, Server, Upload as TusUpload } from "@tus/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { accountNameOf } from "../accounts/principal.ts";
import type { App } from "../app.ts";
import { type CollectionId, newId, type UploadId } from "../base/ids.ts";
import { checkOpen, findCollection } from "../collections/collections.ts";
import { CollectionsError } from "../collections/errors.ts";
import {
  bytesMax,
  countOpen,
  dropUpload,
  fileName,
  findUpload,
  openUpload,
  receiveIfWhole,
  receiveUpload,
  UPLOAD_MS_MAX,
  UPLOADS_OPEN_MAX,
  type Upload,
} from "../collections/uploads.ts";
import { PLAIN_ROUTES } from "../contract/plain-routes.ts";
import { admitRequest, type Door, principalOf } from "./door.ts";
import { comeBackLater } from "./errors.ts";
import { loggedFailure } from "./failures.ts";
import type { Log } from "./log.ts";

/** Left free on the disk: the database and the photos themselves need room. */
const DISK_FREE_BYTES_MIN = 512 * 1024 * 1024;
/** A few seconds of imports make room. */
const FULL_RETRY_SECONDS = 30;
const TUS_VERSION = "1.0.0";
/** What the door asks of a request: the rest of the protocol is the tus server's. */
const { getTile: _, ...PLAIN_UPLOADS } = PLAIN_ROUTES;

/** Who a request for an upload comes from, and of which collection it is. */
interface Sender {
  readonly collection: CollectionId;
  readonly account: string;
}

/**
 * Uploads that can be resumed: tus 1.0 (tus.io) with the extensions creation,
 * creation-with-upload, termination and expiration. Bytes go from the network to the disk, as fast
 * as the disk takes them; how far a file is, its length on the disk says, so a process that is
 * killed loses nothing. A whole file is fsynced and its import queued before it is acknowledged.
 */
export async function uploadRoutes(server: FastifyInstance, door: Door, log: Log): Promise<void> {
  const { app } = door;
  await mkdir(app.uploads, { recursive: true, mode: 0o700 });
  const senders = new WeakMap<IncomingMessage, Sender>();
  const tus = openTus(app, senders, log);
  const pass = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const collection = (request.params as { readonly collection: CollectionId }).collection;
    senders.set(request.raw, { collection, account: accountNameOf(principalOf(request)) });
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.raw.setHeader("cache-control", "no-store");
    await tus.handle(request.raw, reply.raw);
  };
  await server.register(async (scope) => {
    // Not read here: the parser of a body would hold it in memory.
    scope.addContentTypeParser("application/offset+octet-stream", (_, payload, done) =>
      done(null, payload),
    );
    const { beginUpload, ...others } = PLAIN_UPLOADS;
    scope.route({
      method: "POST",
      url: beginUpload.path,
      config: { name: "beginUpload" },
      onRequest: async (request, reply) => admitRequest(door, beginUpload, request, reply),
      handler: async (request, reply) => {
        await checkRoom(app, request);
        await pass(request, reply);
      },
    });
    for (const [name, route] of Object.entries(others)) {
      const { method } = route;
      scope.route({
        method,
        url: route.path,
        config: { name },
        onRequest: async (request, reply) => admitRequest(door, route, request, reply),
        handler: async (request, reply) => {
          const upload = await ownUpload(app, request);
          if (method === "HEAD" && (await isWhole(app, upload))) await sayWhole(reply, upload);
          else await pass(request, reply);
        },
      });
    }
  });
}

/** Throws CollectionsError collection_unknown, collection_closed; HttpError overloaded. */
async function checkRoom(app: App, request: FastifyRequest): Promise<void> {
  const { collection } = request.params as { readonly collection: CollectionId };
  checkOpen(await findCollection(app.db, collection));
  if ((await countOpen(app.db, collection)) < UPLOADS_OPEN_MAX) return;
  throw comeBackLater("overloaded", FULL_RETRY_SECONDS);
}

/** Only whoever began an upload goes on with it. Throws CollectionsError upload_unknown. */
async function ownUpload(app: App, request: FastifyRequest): Promise<Upload> {
  const params = request.params as { readonly collection: CollectionId; readonly upload: UploadId };
  const upload = await findUpload(app.db, params.collection, params.upload);
  if (upload.account === accountNameOf(principalOf(request))) return upload;
  throw new CollectionsError("upload_unknown", "There is no upload of this id.");
}

async function isWhole(app: App, upload: Upload): Promise<boolean> {
  if (upload.state !== "receiving") return true;
  return receiveIfWhole(app, { ...app.recorder, account: upload.account }, upload);
}

/** A file that is whole stays so for whoever asks how far it is, though its bytes are a photo by now. */
function sayWhole(reply: FastifyReply, { bytes }: Upload): FastifyReply {
  return reply
    .headers({ "tus-resumable": TUS_VERSION, "cache-control": "no-store" })
    .headers({ "upload-offset": bytes, "upload-length": bytes })
    .send();
}

function openTus(app: App, senders: WeakMap<IncomingMessage, Sender>, log: Log): Server {
  const senderOf = (request: Parameters<NonNullable<ServerOptions["generateUrl"]>>[0]): Sender => {
    const raw = request.runtime?.node?.req;
    const sender = raw === undefined ? undefined : senders.get(raw as IncomingMessage);
    if (!sender) throw new Error("An upload has a sender.");
    return sender;
  };
  return new Server({
    path: "/api/v1/collections",
    datastore: openStore(app),
    allowedOrigins: () => false,
    relativeLocation: true,
    disableTerminationForFinishedUploads: true,
    namingFunction: () => newId("upl"),
    generateUrl: (request, { id }) =>
      `${PLAIN_UPLOADS.beginUpload.path.replace(":collection", senderOf(request).collection)}/${id}`,
    maxSize: (request) => {
      // A part is bounded by the length that was said first.
      const metadata = request.headers.get("upload-metadata");
      return metadata === null ? 0 : bytesMax(nameIn(metadata));
    },
    onUploadCreate: async (request, upload) => {
      const { size, metadata } = upload;
      if (size === undefined || size === 0) throw refusal(400, "Say Upload-Length.");
      const name = fileName(metadata?.["filename"] ?? "");
      if (size > bytesMax(name)) throw ERRORS.ERR_MAX_SIZE_EXCEEDED;
      const { bavail, bsize } = await statfs(app.uploads);
      if (bavail * bsize < size + DISK_FREE_BYTES_MIN) throw refusal(507, "disk_full");
      return { metadata: { filename: name, ...senderOf(request) } };
    },
    onUploadFinish: async (request, upload) => {
      const recorder = { ...app.recorder, account: senderOf(request).account };
      await receiveUpload(app, recorder, upload.id as UploadId);
      // What is whole does not expire. The tus server would ask the store until when it is kept,
      // where it came with its creation, and its file may be imported and gone by then.
      upload.creation_date = undefined;
      return {};
    },
    onResponseError: (_, error) => {
      if ("status_code" in error) return undefined;
      log.error({ route: "uploads", ...loggedFailure(error) }, "failed");
      return { status_code: 500, body: "internal\n" };
    },
  });
}

function refusal(status_code: number, body: string) {
  return { status_code, body: `${body}\n` };
}

/** The name in Upload-Metadata: pairs of a key and base64, parted by commas. */
function nameIn(metadata: string): string {
  const pairs = metadata.split(",").map((pair) => pair.trim().split(" "));
  const [, name = ""] = pairs.find(([key]) => key === "filename") ?? [];
  return fileName(Buffer.from(name, "base64").toString());
}

/** Bytes as files by id; what else is known of an upload is its row. */
function openStore(app: App): FileStore {
  const { db, clock } = app;
  const rowOf = async (id: string): Promise<Upload | null> => {
    const row = await db.read
      .selectFrom("uploads")
      .select("collection_id")
      .where("id", "=", id as UploadId)
      .executeTakeFirst();
    return row ? findUpload(db, row.collection_id, id as UploadId) : null;
  };
  return new FileStore({
    directory: app.uploads,
    expirationPeriodInMilliseconds: UPLOAD_MS_MAX,
    configstore: {
      get: async (id) => {
        const row = await rowOf(id);
        if (row?.state !== "receiving") return undefined;
        const creation_date = new Date(row.createdAt).toISOString();
        const metadata = { filename: row.name };
        return new TusUpload({ id, size: row.bytes, offset: 0, metadata, creation_date });
      },
      set: async (id, { size, metadata }) => {
        const { filename, collection, account } = metadata ?? {};
        const name = filename ?? "";
        const bytes = size ?? 0;
        const of = { collection: collection as CollectionId, account: account ?? "" };
        await openUpload(db, clock, { id: id as UploadId, name, bytes, ...of });
      },
      delete: async (id) => dropUpload(app, id as UploadId),
    },
  });
}
