import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { WebhooksError } from "./errors.ts";

/** A longer one serves nobody, and is kept with every endpoint. */
const URL_LENGTH_MAX = 2048;

/** What an endpoint inside the operator's own network may lie in; a machine's metadata never. */
const INSIDE: ReadonlySet<string> = new Set([
  "private",
  "loopback",
  "uniqueLocal",
  "carrierGradeNat",
]);

/**
 * Where clouds tell a machine about itself, its credentials too, when it is not the link-local range
 * that is refused anyway: Alibaba, Azure, AWS, Google.
 */
const METADATA: ReadonlySet<string> = new Set(
  ["100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254"].map((address) =>
    ipaddr.process(address).toNormalizedString(),
  ),
);

/** Of IPv6 only 2000::/3 is given out to the internet (RFC 4291, section 2.4). */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");

/** Finds the addresses of a host; the system's resolver, unless a test brings its own. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string }[]>;

const resolveBySystem: Resolve = async (host) => lookup(host, { all: true });

/**
 * Reads an endpoint's address. Only https, unless the endpoint may lie inside the operator's own
 * network. Throws WebhooksError webhook_url_refused.
 */
export function parseEndpoint(text: string, allowPrivate: boolean): URL {
  const url = text.length <= URL_LENGTH_MAX ? URL.parse(text) : null;
  if (!url || !(url.protocol === "https:" || (url.protocol === "http:" && allowPrivate))) {
    throw new WebhooksError(
      "webhook_url_refused",
      "Give an address that begins with https:// (http:// only with --allow-private).",
    );
  }
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    throw new WebhooksError("webhook_url_refused", "Leave user, password and #part out of it.");
  }
  const literal = literalOf(url);
  if (literal !== null && !mayConnect(literal, allowPrivate)) throw refusedAddress();
  return url;
}

/** True for an address that a message may be sent to. */
export function mayConnect(address: string, allowPrivate: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in IPv6's clothes is judged as what it is.
  const parsed = ipaddr.process(address);
  if (METADATA.has(parsed.toNormalizedString())) return false;
  const range = parsed.range();
  if (allowPrivate && INSIDE.has(range)) return true;
  if (range !== "unicast") return false;
  return parsed.kind() === "ipv4" || (parsed as ipaddr.IPv6).match(GLOBAL_IPV6);
}

/**
 * Resolves a host for a connection: the addresses checked are the very ones connected to, so a name
 * that answers differently the second time gains nothing. One bad address among good ones refuses
 * them all. Literal addresses don't come this way: `literalOf` finds them.
 */
export function guardedLookup(
  allowPrivate: boolean,
  resolve: Resolve = resolveBySystem,
): LookupFunction {
  return (host, options, answer) => {
    resolve(host).then(
      (found) => {
        const [first] = found;
        const good = found.every(({ address }) => mayConnect(address, allowPrivate));
        if (!first || !good) return answer(refusedAddress(), []);
        const all = found.map(({ address }) => ({ address, family: isIP(address) }));
        // Asked for all of them, it tries one family after the other.
        if (options.all) return answer(null, all);
        return answer(null, first.address, isIP(first.address));
      },
      (error: Error) => answer(error, []),
    );
  };
}

/** The address in a URL that names no host, or null. */
export function literalOf({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/u, "$1");
  return ipaddr.isValid(bare) ? bare : null;
}

function refusedAddress(): WebhooksError {
  return new WebhooksError(
    "webhook_url_refused",
    "The host lies in a private or reserved network. --allow-private permits private ones.",
  );
}
