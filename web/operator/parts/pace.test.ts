import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "./pace.ts";

test("a pace is that of the last while, and nothing is said too early", () => {
  const pace = new Pace();
  pace.note(0, 0);
  pace.note(10, 1000);
  assert.equal(pace.perSecond(), null);
  pace.note(20, 2000);
  assert.equal(pace.perSecond(), 10);
  assert.equal(pace.secondsLeft(120), 10);
  // Much faster from here on: what was long ago does not weigh any more.
  for (let second = 3; second <= 40; second++) pace.note(20 + (second - 2) * 100, second * 1000);
  assert.ok(Math.abs((pace.perSecond() ?? 0) - 100) < 1);
});

test("what is begun anew has a pace of its own", () => {
  const pace = new Pace();
  pace.note(0, 0);
  pace.note(50, 5000);
  pace.note(3, 6000);
  assert.equal(pace.perSecond(), null);
  pace.note(9, 8000);
  assert.equal(pace.perSecond(), 3);
});
