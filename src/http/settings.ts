import type { GateBounds } from "./gate.ts";
import {
  ACCOUNT_REQUESTS_MAX,
  ADDRESS_REQUESTS_MAX,
  COLLECTION_REQUESTS_MAX,
  CONNECTIONS_CHECK_MS,
  CONNECTIONS_MAX,
  HEADERS_MS_MAX,
  QUEUE_MS_MAX,
  QUEUE_PER_SLOT,
  REQUEST_MS_MAX,
} from "./limits.ts";
import type { RateBounds } from "./rates.ts";

/** How many connections there may be, and how long a request may take to arrive on one. */
export interface ConnectionBounds {
  readonly max: number;
  readonly headersMsMax: number;
  /** Headers and body. */
  readonly requestMsMax: number;
  /** Those that took too long are looked for this often. */
  readonly checkMs: number;
}

/** What a service must be told beyond its instance. */
export interface ServiceSettings {
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** How people reach it, as `https://photos.example`; null: as it listens. */
  readonly origin: string | null;
  /** Addresses of proxies whose X-Forwarded-For is believed; none unless they are named. */
  readonly proxies: readonly string[];
  /** Whoever asks for /metrics must bear it; null: only this very machine may ask. */
  readonly metricsToken: string | null;
  readonly connections: ConnectionBounds;
  readonly rates: RateBounds;
  readonly gate: GateBounds;
  readonly logLevel: string;
}

export const PORT_DEFAULT = 4400;

/** The settings of a service on this machine alone, for an instance with so many workers. */
export function settingsFor(workers: number): ServiceSettings {
  const slots = 2 * Math.max(1, workers) + 2;
  return {
    host: "127.0.0.1",
    port: PORT_DEFAULT,
    origin: null,
    proxies: [],
    metricsToken: null,
    connections: {
      max: CONNECTIONS_MAX,
      headersMsMax: HEADERS_MS_MAX,
      requestMsMax: REQUEST_MS_MAX,
      checkMs: CONNECTIONS_CHECK_MS,
    },
    rates: {
      address: ADDRESS_REQUESTS_MAX,
      account: ACCOUNT_REQUESTS_MAX,
      collection: COLLECTION_REQUESTS_MAX,
    },
    // While workers look at theirs, as many wait for the disk with what was found, and more are read.
    gate: { slots, queue: slots * QUEUE_PER_SLOT, waitMsMax: QUEUE_MS_MAX },
    logLevel: "info",
  };
}
