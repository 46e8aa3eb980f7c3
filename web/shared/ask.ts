import type { Problem, ProblemCode } from "../../src/contract/problems.ts";

/** Where a route is and how it is asked. */
export type Address = readonly [method: string, path: string];

export type Values = Readonly<Record<string, unknown>>;

/** The service refused, could not, or was not reached. */
export class Refused extends Error {
  readonly code: ProblemCode | "unreachable" | "unknown";
  /** The service's own English words. */
  readonly advice: string;

  constructor(code: Refused["code"], advice: string) {
    super(code);
    this.name = "Refused";
    this.code = code;
    this.advice = advice;
  }
}

/** Asks, once: what failed in passing is the person's to repeat, who sees it fail. Throws Refused. */
export async function askAt([method, path]: Address, input: Values): Promise<unknown> {
  const { url, rest } = fill(path, input);
  const isForm = Object.values(rest).some((value) => value instanceof Blob);
  const isJson = method !== "GET" && !isForm && Object.keys(rest).length > 0;
  const answer = await send(method === "GET" ? withQuery(url, rest) : url, {
    method,
    headers: {
      "x-assent-request": "1",
      ...(isJson ? { "content-type": "application/json" } : {}),
    },
    ...(isJson ? { body: JSON.stringify(rest) } : {}),
    ...(isForm ? { body: formOf(rest) } : {}),
  });
  return answer.json();
}

/** The address of a file that a browser fetches by itself: a picture, an archive. */
export function linkAt([, path]: Address, input: Values): string {
  const { url, rest } = fill(path, input);
  return withQuery(url, rest);
}

function fill(path: string, input: Values): { readonly url: string; readonly rest: Values } {
  const rest: Record<string, unknown> = { ...input };
  const url = path.replaceAll(/:([a-z_]+)/gu, (_, name: string) => {
    delete rest[name];
    return encodeURIComponent(String(input[name]));
  });
  return { url, rest };
}

function withQuery(url: string, rest: Values): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) query.set(name, textOf(value));
  }
  return query.size === 0 ? url : `${url}?${query.toString()}`;
}

function formOf(rest: Values): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(rest)) {
    if (value instanceof Blob) form.append(name, value, "photo.jpg");
    else if (value !== undefined) form.append(name, textOf(value));
  }
  return form;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function send(url: string, request: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, { ...request, credentials: "same-origin", redirect: "error" });
  } catch {
    throw new Refused("unreachable", "The service can't be reached.");
  }
  if (answer.ok) return answer;
  const told = (await answer.json().catch(() => ({}))) as Partial<Problem>;
  // An unknown code falls through to its own words.
  const code = (told.code ?? "unknown") as Refused["code"];
  throw new Refused(code, told.detail ?? told.title ?? "");
}
