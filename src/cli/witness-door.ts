import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { UsageError } from "./errors.ts";
import { addCheckpoint, REQUEST_LENGTH_MAX } from "../ledger/witnessing.ts";

/** Far more than a request of some kilobytes needs. */
const REQUEST_MS_MAX = 20_000;
const HEADERS_BYTES_MAX = 8192;
/** Logs ask rarely and one at a time. */
const CONNECTIONS_MAX = 64;

/** A witness that answers over HTTP until it is disposed of. */
export interface WitnessDoor extends AsyncDisposable {
  readonly port: number;
}

/**
 * Opens the door for `add-checkpoint` requests (C2SP tlog-witness). Every answer is one of the
 * protocol's; what a request says is in no log. Port 0 takes a free one.
 */
export async function openWitnessDoor(
  deps: Parameters<typeof addCheckpoint>[0],
  { host, port }: { readonly host: string; readonly port: number },
): Promise<WitnessDoor> {
  const server = createServer(
    { maxHeaderSize: HEADERS_BYTES_MAX, requestTimeout: REQUEST_MS_MAX },
    (request, response) => {
      void answer(deps, request, response).catch(() => send(response, 500, "It failed.\n"));
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(port, host);
  await once(server, "listening").catch(() => {
    throw new UsageError(
      `Port ${port} of ${host} can't be listened on: it is taken or not allowed.`,
    );
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function answer(
  deps: Parameters<typeof addCheckpoint>[0],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url !== "/add-checkpoint") return send(response, 404, "There is nothing here.\n");
  if (request.method !== "POST") return send(response, 405, "This takes a POST.\n");
  const body = await readBody(request);
  if (body === null) return send(response, 413, "The request is too long.\n");
  const { status, type, body: text } = await addCheckpoint(deps, body);
  return send(response, status, text, type);
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > REQUEST_LENGTH_MAX) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  type = "text/plain; charset=utf-8",
): void {
  if (!response.headersSent) response.writeHead(status, { "content-type": type });
  response.end(text);
}
