import type { FastifyInstance, FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";
import { comeBackLater } from "./errors.ts";
import { RATE_KEYS_MAX, RATE_WINDOW_MS } from "./limits.ts";
import rateLimit from "@fastify/rate-limit";

/** Requests a minute, by what they are counted. */
export interface RateBounds {
  readonly address: number;
  readonly account: number;
  readonly collection: number;
}

/** Counts requests; throws HttpError too_many_requests. */
export interface Rates {
  /** By where a request comes from; before anything is done for it. */
  countAddress(request: FastifyRequest): Promise<void>;
  /** By who sends it and what it is about. */
  countUse(
    request: FastifyRequest,
    account: string | null,
    collection: string | null,
  ): Promise<void>;
}

/** Counts in this process' memory: several processes each allow as much. */
export async function openRates(server: FastifyInstance, bounds: RateBounds): Promise<Rates> {
  await server.register(rateLimit, { global: false, cache: RATE_KEYS_MAX });
  const keys = new WeakMap<FastifyRequest, Readonly<Record<keyof RateBounds, string>>>();
  const counter = (by: keyof RateBounds) => {
    const check = server.createRateLimit({
      max: bounds[by],
      timeWindow: RATE_WINDOW_MS,
      keyGenerator: (request) => `${by} ${keys.get(request)?.[by] ?? ""}`,
    });
    return async (request: FastifyRequest): Promise<void> => {
      const limit = await check(request);
      if (limit.isAllowed || !limit.isExceeded) return;
      throw comeBackLater("too_many_requests", limit.ttlInSeconds);
    };
  };
  const count = {
    address: counter("address"),
    account: counter("account"),
    collection: counter("collection"),
  };
  return {
    countAddress: async (request) => {
      keys.set(request, { address: networkOf(request.ip), account: "", collection: "" });
      await count.address(request);
    },
    countUse: async (request, account, collection) => {
      keys.set(request, {
        address: networkOf(request.ip),
        account: account ?? "",
        collection: collection ?? "",
      });
      if (account !== null) await count.account(request);
      if (collection !== null) await count.collection(request);
    },
  };
}

/** Whoever has one IPv6 address has the 2^64 of its network, and counts once for all of them. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString();
}
