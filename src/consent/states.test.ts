import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { GrantState } from "../storage/schema.ts";
import { type GrantAction, isLive, step } from "./states.ts";

const states = ["granted", "paused", "withdrawn", "expired", "erased"] as const;
const actions = ["renew", "pause", "resume", "withdraw", "expire", "erase"] as const;

test("R7 every step of a grant's life is listed, and no other is allowed", () => {
  const allowed: Record<GrantState, Partial<Record<GrantAction, GrantState>>> = {
    granted: {
      renew: "granted",
      pause: "paused",
      withdraw: "withdrawn",
      expire: "expired",
      erase: "erased",
    },
    paused: {
      renew: "paused",
      resume: "granted",
      withdraw: "withdrawn",
      expire: "expired",
      erase: "erased",
    },
    withdrawn: { erase: "erased" },
    expired: { erase: "erased" },
    erased: {},
  };
  for (const state of states) {
    for (const action of actions) {
      assert.equal(step(state, action), allowed[state][action] ?? null, `${state} ${action}`);
    }
  }
});

test("R7 what has ended never lives again, whatever happens to it", () => {
  const some = fc.array(fc.constantFrom(...actions), { maxLength: 12 });
  fc.assert(
    fc.property(some, fc.nat(), fc.nat(), (history, expiresAt, now) => {
      let state: GrantState = "granted";
      let ended = false;
      for (const action of history) {
        state = step(state, action) ?? state;
        ended ||= state !== "granted" && state !== "paused";
        if (ended) assert.equal(isLive({ state, expiresAt }, now), false);
      }
      assert.equal(isLive({ state, expiresAt }, now), state === "granted" && now < expiresAt);
    }),
  );
});

test("R37 a grant is live up to its end and not at it", () => {
  assert.equal(isLive({ state: "granted", expiresAt: 1000 }, 999), true);
  assert.equal(isLive({ state: "granted", expiresAt: 1000 }, 1000), false);
  assert.equal(isLive({ state: "paused", expiresAt: 1000 }, 0), false);
});
