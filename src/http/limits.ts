/** A JSON body: the longest text of the contract (a notice) several times over. */
export const JSON_BYTES_MAX = 256 * 1024;
/** Nothing in the contract nests deeper than a few levels. */
export const JSON_DEPTH_MAX = 16;
/** A part of a form that is text. */
export const FIELD_BYTES_MAX = 64 * 1024;
export const FIELDS_MAX = 40;
/** Connections open at once: a few kilobytes each; one more is closed at once. */
export const CONNECTIONS_MAX = 4096;
/** Headers are a packet or two: whoever takes longer holds a connection for nothing. */
export const HEADERS_MS_MAX = 15_000;
/** How often connections that took too long are looked for. */
export const CONNECTIONS_CHECK_MS = 2000;
/** Headers and body must be here by then; a slow phone sends a large photo in less. */
export const REQUEST_MS_MAX = 120_000;
/** An idle connection is kept for the next request this long. */
export const KEEP_ALIVE_MS = 10_000;
/**
 * Requests an address may make in a minute. Whoever scrolls through a grid of photos asks for fifty
 * small pictures a second, and several people may sit behind one address.
 */
export const ADDRESS_REQUESTS_MAX = 6000;
/** Requests an account or key may make in a minute: the same, for one person. */
export const ACCOUNT_REQUESTS_MAX = 4000;
/** Requests that may be made of one collection in a minute, by everybody together. */
export const COLLECTION_REQUESTS_MAX = 12_000;
export const RATE_WINDOW_MS = 60_000;
/** Addresses remembered: a few megabytes; the one asked least recently is forgotten first. */
export const RATE_KEYS_MAX = 20_000;
/** Photos waiting for their turn, for each under way: held in memory meanwhile. */
export const QUEUE_PER_SLOT = 3;
/** Whoever waits longer than this is told to come back. */
export const QUEUE_MS_MAX = 10_000;
/** Told to whoever is sent away: a photo takes well under a second. */
export const RETRY_SECONDS = 1;
/** Streams of events open at once: each holds a connection and asks the database every second. */
export const STREAMS_MAX = 100;
/** Requests under way are given this long when the service stops. */
export const STOP_MS_MAX = 20_000;
