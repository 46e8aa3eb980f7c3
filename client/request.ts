import { paramNames, type Route } from "../src/contract/contract.ts";
import { type CallOptions } from "./calls.ts";
import type { WireRequest } from "./wire.ts";

type Values = Readonly<Record<string, unknown>>;

/** The request by which a route is asked. */
export function requestOf(route: Route, input: Values, options: CallOptions): WireRequest {
  const { method } = route;
  const write = method === "GET" ? {} : { "idempotency-key": options.key ?? newKey() };
  const type = route.body && !route.files ? { "content-type": "application/json" } : {};
  const match = options.ifMatch ? { "if-match": options.ifMatch } : {};
  const body = bodyOf(route, input);
  return {
    method,
    path: pathOf(route, input),
    headers: { ...write, ...type, ...match },
    ...(body ? { body } : {}),
    signal: options.signal,
  };
}

function pathOf(route: Route, input: Values): string {
  const path = route.path.replaceAll(/:([a-z_]+)/gu, (_, name: string) =>
    encodeURIComponent(String(input[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of given(Object.keys(route.query?.shape ?? {}), input)) {
    query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/** Made anew for each attempt: a body that was sent is used up. */
function bodyOf(route: Route, input: Values): (() => BodyInit) | null {
  const files = route.files ?? [];
  const elsewhere = new Set<string>([
    ...paramNames(route.path),
    ...Object.keys(route.query?.shape ?? {}),
    ...files,
  ]);
  const names = Object.keys(input).filter((name) => !elsewhere.has(name));
  const fields = given(names, input);
  if (route.files) return () => formOf(fields, given(files, input));
  if (!route.body) return null;
  const json = JSON.stringify(Object.fromEntries(fields));
  return () => json;
}

function formOf(fields: Entries, files: Entries): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, String(value));
  for (const [name, sent] of files) {
    for (const file of Array.isArray(sent) ? (sent as unknown[]) : [sent]) {
      const blob = file instanceof Blob ? file : new Blob([file as Uint8Array<ArrayBuffer>]);
      form.append(name, blob, "name" in blob ? String(blob.name) : name);
    }
  }
  return form;
}

type Entries = readonly (readonly [name: string, value: unknown])[];

/** Those of the names that something is given for. */
function given(names: readonly string[], input: Values): Entries {
  return names
    .map((name) => [name, input[name]] as const)
    .filter(([, value]) => value !== undefined);
}

/** A text that nobody else makes: 128 random bits. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
