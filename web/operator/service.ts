import { connect } from "../../client/assent.ts";
import { browserSession } from "../../client/badge.ts";
import type { AnswerOf, InputOf } from "../../client/calls.ts";
import { ROUTES } from "../../src/contract/routes.ts";
import { linkAt } from "../shared/ask.ts";

/** A reader waits a few seconds before they are told that something fails. */
const READER_MS = 5000;

/** The service, as whoever is signed in here. Its methods throw what `Failure` has words for. */
export const assent = connect({
  address: location.origin,
  as: browserSession(),
  patience: { totalMs: READER_MS },
});

type Name = keyof typeof ROUTES;

/** What a route answers. */
export type Answer<Of extends Name> = Awaited<AnswerOf<(typeof ROUTES)[Of]>>;

/** One item of a route that answers with a list. */
export type Item<Of extends Name> =
  Answer<Of> extends { readonly items: readonly (infer One)[] } ? One : never;

/** The address of a route that answers with a file, for the browser to fetch by itself. */
export function linkTo<Of extends Name>(name: Of, input: InputOf<(typeof ROUTES)[Of]>): string {
  const { method, path } = ROUTES[name];
  return linkAt([method, path], { ...input });
}
