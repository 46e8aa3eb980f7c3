import { createServer, type IncomingHttpHeaders } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

/** A message as it arrived. */
export interface Arrival {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What the request was asked for: path and query. */
  readonly path: string;
}

/** Somebody else's server that is sent messages: it keeps them all. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly arrivals: readonly Arrival[];
  /** How often anybody connected, whether or not they said anything. */
  connections(): number;
  /** Checks an arrival's signature as receivers do, and returns what it says. */
  verify(secret: string, arrival: Arrival | undefined): unknown;
}

/** Answers each arrival with the status that `answer` gives for its place; null never answers. */
export async function startReceiver(
  answer: (index: number, arrival: Arrival) => number | null | Promise<number | null> = () => 204,
  headers: Readonly<Record<string, string>> = {},
): Promise<Receiver> {
  const arrivals: Arrival[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const arrival = { headers: request.headers, body, path: request.url ?? "" };
      arrivals.push(arrival);
      void (async () => {
        const status = await answer(arrivals.length - 1, arrival);
        if (status !== null) response.writeHead(status, headers).end("thanks");
      })();
    });
  });
  server.on("connection", () => (connections += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    arrivals,
    connections: () => connections,
    verify: (secret, arrival) => {
      if (!arrival) throw new Error("Nothing arrived.");
      return new Webhook(secret).verify(arrival.body, arrival.headers as Record<string, string>);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
