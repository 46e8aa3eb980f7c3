import { connect, type Assent } from "../assent.ts";
import { apiKey } from "../badge.ts";

/** The service that the examples talk to, by `ASSENT_ADDRESS` and `ASSENT_KEY`. */
export function connectByEnvironment(): Assent {
  const key = process.env["ASSENT_KEY"];
  if (key === undefined) throw new Error("Set ASSENT_KEY to an API key (assent api-key create).");
  const address = process.env["ASSENT_ADDRESS"] ?? "http://localhost:4400";
  return connect({ address, as: apiKey(key) });
}

/** What stands on the command line; without it, how the example is called. */
export function readArguments<const Names extends readonly string[]>(
  names: Names,
): { readonly [Index in keyof Names]: string } {
  const given = process.argv.slice(2, 2 + names.length);
  if (given.length < names.length) {
    throw new Error(`Give ${names.map((name) => `<${name}>`).join(" ")}.`);
  }
  return given as { readonly [Index in keyof Names]: string };
}
