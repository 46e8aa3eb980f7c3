import type { FastifyInstance } from "fastify";
import type { MailTransport } from "../accounts/mail.ts";
import type { App } from "../app.ts";
import { loggedFailure } from "./failures.ts";
import { STOP_MS_MAX } from "./limits.ts";
import type { Log } from "./log.ts";
import { runInBackground } from "./loops.ts";
import { buildServer } from "./server.ts";
import type { ServiceSettings } from "./settings.ts";

/** A service that listens. */
export interface Service extends AsyncDisposable {
  /** What starts with `http` and names it; without a slash at the end. */
  readonly origin: string;
}

/**
 * Serves an instance: listens, and works in the background. Disposed of, it takes no more requests,
 * lets those under way end, gives jobs back to the queue, and returns when nothing runs any more.
 * The instance stays open: it is closed by whoever opened it.
 */
export async function openService(
  app: App,
  settings: ServiceSettings,
  { log, mail }: { readonly log: Log; readonly mail: MailTransport | null },
): Promise<Service> {
  const stopping = new AbortController();
  let origin = settings.origin ?? "";
  const deps = { app, settings, log, stopping: stopping.signal, origin: () => origin };
  const server = await buildServer(deps);
  await server.listen({ host: settings.host, port: settings.port });
  if (origin === "") origin = originOf(server, settings.host);
  const background = runInBackground({ app, log, origin, mail }, stopping.signal);
  return {
    origin,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await closeInTime(server, log);
      await background;
    },
  };
}

/** Requests that do not end in time are cut off: nothing they had committed is lost by it. */
async function closeInTime(server: FastifyInstance, log: Log): Promise<void> {
  const late = setTimeout(() => {
    log.warn({}, "requests were cut off");
    server.server.closeAllConnections();
  }, STOP_MS_MAX);
  try {
    await server.close();
  } catch (error) {
    log.error(loggedFailure(error), "closing failed");
  } finally {
    clearTimeout(late);
  }
}

function originOf(server: FastifyInstance, host: string): string {
  const address = server.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const shown = /^(127\.|::1$|localhost$)/u.test(host) ? "localhost" : host;
  const bare = shown.includes(":") ? `[${shown}]` : shown;
  return `http://${bare}:${port}`;
}
