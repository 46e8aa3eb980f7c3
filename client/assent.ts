import type { Route } from "../src/contract/contract.ts";
import { ROUTE_LIST } from "../src/contract/routes.ts";
import { readDownload, readJson } from "./answers.ts";
import { type Badge, nobody } from "./badge.ts";
import type { CallOptions, Calls } from "./calls.ts";
import { readEvents } from "./events.ts";
import { PATIENCE, type Patience } from "./patience.ts";
import { requestOf } from "./request.ts";
import { openWire, type Wire } from "./wire.ts";

/** A service, as a program or page talks to it: a method a route. */
export type Assent = Calls & {
  /** What the methods send through; uploads do as well. */
  readonly wire: Wire;
};

/** Longer than the service takes to read a large photo over a slow line. */
const ATTEMPT_MS = 150_000;

/**
 * Talks to a service, from Node, Deno, Bun or a browser. Nothing is sent yet. Throws TypeError where
 * the address is none.
 */
export function connect(settings: {
  /** `https://photos.example`; what stands behind the host is left out. */
  readonly address: string;
  /** As whom; nobody where nothing is said. */
  readonly as?: Badge;
  readonly patience?: Partial<Patience>;
  readonly attemptMs?: number;
}): Assent {
  const wire = openWire({
    origin: new URL(settings.address).origin,
    badge: settings.as ?? nobody(),
    patience: { ...PATIENCE, ...settings.patience },
    attemptMs: settings.attemptMs ?? ATTEMPT_MS,
  });
  const calls = ROUTE_LIST.map(([name, route]) => [name, callOf(wire, route)]);
  // The types of the methods are those of their routes: see Calls.
  return { ...(Object.fromEntries(calls) as Calls), wire };
}

function callOf(wire: Wire, route: Route) {
  return (input: object = {}, options: CallOptions = {}): unknown => {
    const request = requestOf(route, { ...input }, options);
    if (route.produces === undefined) return wire.send(request, readJson);
    if (route.produces !== "text/event-stream") return wire.send(request, readDownload);
    return (async function* events() {
      yield* readEvents(await wire.send(request, async (answer) => answer));
    })();
  };
}
