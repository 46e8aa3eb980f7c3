import assert from "node:assert/strict";
import type { App } from "../src/app.ts";
import type { CollectionId, SubjectId } from "../src/base/ids.ts";
import { eventsOf } from "./ledger.ts";

/**
 * What happened to one person in one collection, with the moments at which the call began and
 * returned. Only calls that took effect are kept: the others changed nothing.
 */
export interface Change {
  readonly kind: "grant" | "resume" | "withdraw" | "pause" | "erase";
  readonly began: number;
  readonly returned: number;
  /** For a grant: the earliest and latest end it may have, by the clock as it began and returned. */
  readonly ends: readonly [number, number];
}

/** A search, with its moments, the clock at both, and whom it was asked for and returned. */
export interface Search {
  readonly collection: CollectionId;
  readonly began: number;
  readonly returned: number;
  readonly clock: readonly [number, number];
  readonly asked: readonly string[];
  readonly found: readonly (SubjectId | null)[];
}

/**
 * Everything that was done, and what may follow from it.
 *
 * An end that has returned counts against every answer that comes after it. A server may send the
 * word that a search is on record a moment late, after it let the withdrawal through: then
 * (`answersMayBeLate`) an end counts only against searches begun after it, and `checkRecord`, which
 * sees the order in which both were committed, holds the rest.
 */
export class History {
  readonly #answersMayBeLate: boolean;
  readonly searches: Search[] = [];
  readonly #changes = new Map<string, Change[]>();
  readonly #people = new Map<SubjectId, string>();
  readonly #erased = new Map<SubjectId, number>();
  #moment = 0;

  constructor(options: { readonly answersMayBeLate: boolean }) {
    this.#answersMayBeLate = options.answersMayBeLate;
  }

  /** The next moment: every call begins and returns at one of its own. */
  tick(): number {
    this.#moment += 1;
    return this.#moment;
  }

  note(collection: CollectionId, person: string, change: Change): void {
    this.changesOf(collection, person).push(change);
  }

  know(subject: SubjectId, person: string): void {
    this.#people.set(subject, person);
  }

  erase(subject: SubjectId, returned: number): void {
    this.#erased.set(subject, returned);
  }

  changesOf(collection: CollectionId, person: string): Change[] {
    const key = JSON.stringify([collection, person]);
    const known = this.#changes.get(key) ?? [];
    this.#changes.set(key, known);
    return known;
  }

  /** Holds every search against what the oracle allows and demands. */
  check(): void {
    for (const search of this.searches) {
      for (const [index, person] of search.asked.entries()) {
        const found = search.found[index] ?? null;
        const said = JSON.stringify({
          person,
          search,
          changes: this.changesOf(search.collection, person),
        });
        if (found !== null) {
          assert.equal(this.#people.get(found), person, `somebody else was returned: ${said}`);
          const erased = this.#erased.get(found) ?? Infinity;
          assert.ok(erased > this.#endsCountTo(search), `erased before the answer: ${said}`);
          assert.ok(this.#mayBeFound(search, person), `must not be returned: ${said}`);
        } else {
          assert.ok(!this.#mustBeFound(search, person), `must be returned: ${said}`);
        }
      }
    }
  }

  #endsCountTo(search: Search): number {
    return this.#answersMayBeLate ? search.began : search.returned;
  }

  /** Some grant is not undone, for certain, by an end that counts against this answer. */
  #mayBeFound(search: Search, person: string): boolean {
    const changes = this.changesOf(search.collection, person).filter(
      ({ began }) => began < search.returned,
    );
    const until = this.#endsCountTo(search);
    const grants = changes.filter(({ kind }) => kind === "grant");
    const latest = Math.max(...grants.map(({ ends }) => ends[1]));
    return (
      latest > search.clock[0] &&
      grants.some((grant) =>
        changes.every((change) => {
          if (change.began < grant.returned || change.returned >= until) return true;
          if (change.kind !== "pause") return !isEnd(change);
          return changes.some(({ kind, returned }) => kind === "resume" && returned > change.began);
        }),
      )
    );
  }

  /** Some grant had returned before the search began, and nothing can have undone it. */
  #mustBeFound(search: Search, person: string): boolean {
    const changes = this.changesOf(search.collection, person).filter(
      ({ began }) => began < search.returned,
    );
    const grants = changes.filter(({ kind }) => kind === "grant");
    const earliest = Math.min(...grants.map(({ ends }) => ends[0]));
    return (
      earliest > search.clock[1] &&
      grants.some(
        (grant) =>
          grant.returned < search.began &&
          changes.every((change) => {
            if (change.returned < grant.began) return true;
            if (change.kind !== "pause") return !isEnd(change);
            return changes.some(
              ({ kind, began, returned }) =>
                kind === "resume" && began > change.returned && returned < search.began,
            );
          }),
      )
    );
  }
}

function isEnd({ kind }: Change): boolean {
  return kind === "withdraw" || kind === "erase";
}

/**
 * Replays the record in its own order: whoever a search returned had, at that entry, a grant that
 * was given and neither paused nor ended. What two databases and any timing must agree on. The
 * entries of whoever was erased open no more: of them this says nothing.
 */
export async function checkRecord(app: App): Promise<number> {
  const events = await eventsOf(app);
  const live = new Set<string>();
  let returns = 0;
  for (const [seq, { kind, collection, subject }] of events.entries()) {
    const key = `${subject} ${collection}`;
    if (["grant.given", "grant.renewed", "grant.resumed"].includes(kind)) live.add(key);
    else if (kind.startsWith("grant.")) live.delete(key);
    else if (kind === "search.returned") {
      assert.ok(live.has(key), `entry ${seq} returns somebody who had no live grant`);
      returns += 1;
    }
  }
  return returns;
}
