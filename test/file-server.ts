import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Served {
  readonly url: string;
  /** Every request so far: its path and the range it asked for. */
  readonly requests: { readonly path: string; readonly range: string | undefined }[];
}

/** A server on 127.0.0.1 that answers as told and ends with the test. */
export async function serve(t: TestContext, handler: Handler): Promise<Served> {
  const requests: Served["requests"] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? "", range: request.headers.range });
    handler(request, response);
  });
  return { url: `http://127.0.0.1:${await listen(t, server)}`, requests };
}

/** Listens on a free port of 127.0.0.1 until the test ends. */
export async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Serves bytes as a proper server does, ranges included. */
export function serving(bytes: Uint8Array): Handler {
  return (request, response) => {
    response.end(bytes.subarray(writeHead(bytes, request, response)));
  };
}

/** Promises all that is left of the bytes, and cuts the connection after `length` of them. */
export function cutting(bytes: Uint8Array, length: number): Handler {
  return (request, response) => {
    const from = writeHead(bytes, request, response);
    response.write(bytes.subarray(from, from + length));
    // Later, or the client, in this same process, never comes to read what was sent.
    setTimeout(() => response.destroy(), 50);
  };
}

function writeHead(bytes: Uint8Array, request: IncomingMessage, response: ServerResponse): number {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, {
    "content-length": bytes.length - from,
    ...(from > 0 && { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
  });
  return from;
}
