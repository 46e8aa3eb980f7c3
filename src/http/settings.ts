import type { GateBounds } from "./gate.ts";
import {
  ACCOUNT_REQUESTS_MAX,
  ADDRESS_REQUESTS_MAX,
  COLLECTION_REQUESTS_MAX,
  QUEUE_MS_MAX,
  QUEUE_PER_SLOT,
} from "./limits.ts";
import type { RateBounds } from "./rates.ts";

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
  readonly rates: RateBounds;
  readonly gate: GateBounds;
  readonly logLevel: string;
}

export const PORT_DEFAULT = 4400;

/** The settings of a service on this machine alone, for an instance with so many workers. */
export function settingsFor(workers: number): ServiceSettings {
  const slots = Math.max(1, workers) + 1;
  return {
    host: "127.0.0.1",
    port: PORT_DEFAULT,
    origin: null,
    proxies: [],
    metricsToken: null,
    rates: {
      address: ADDRESS_REQUESTS_MAX,
      account: ACCOUNT_REQUESTS_MAX,
      collection: COLLECTION_REQUESTS_MAX,
    },
    // One more than there are workers: the next photo is read while they look at theirs.
    gate: { slots, queue: slots * QUEUE_PER_SLOT, waitMsMax: QUEUE_MS_MAX },
    logLevel: "info",
  };
}
