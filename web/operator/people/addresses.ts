/** What was typed as a list of addresses: those that are one, and what is none. */
export interface Addresses {
  readonly found: readonly string[];
  readonly wrong: readonly string[];
}

const ADDRESS = /^[^\s@,;<>"]{1,256}@[^\s@,;<>"]{1,256}$/u;
/** `Anna <anna@club.example>`, as address books copy it. */
const NAMED = /<([^<>]*)>/u;

/** Reads a list of addresses with lines, commas or semicolons between; one that comes twice counts once. */
export function readAddresses(text: string): Addresses {
  const parts = text
    .split(/[\n,;]/u)
    .map((part) => (NAMED.exec(part)?.[1] ?? part).trim())
    .filter((part) => part !== "");
  const once = [...new Map(parts.map((part) => [part.toLowerCase(), part])).values()];
  return {
    found: once.filter((part) => ADDRESS.test(part)),
    wrong: once.filter((part) => !ADDRESS.test(part)),
  };
}
