import { type DestinationStream, pino } from "pino";

/** What the service says of itself: what was asked by route, how it went, how long it took. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * A log of one JSON object a line. It is only ever given fields that are made for it: no address,
 * query, header, body or error goes in as it is. `to` is standard output unless a test listens.
 */
export function openLog(level: string, to?: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return to ? pino(options, to) : pino(options);
}
