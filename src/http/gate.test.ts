import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HttpError } from "./errors.ts";
import { Gate, type Place } from "./gate.ts";

const NEVER = new AbortController().signal;

test("refuses at once what finds no place, and says when to come back", () => {
  const gate = new Gate({ slots: 1, queue: 1, waitMsMax: 1000 });
  using first = gate.enter();
  using second = gate.enter();
  assert.ok(first && second);
  assert.throws(
    () => gate.enter(),
    (error) => error instanceof HttpError && error.headers["retry-after"] === "1",
  );
});

test("whoever waits too long, or leaves, gives the place up without a slot", async () => {
  const gate = new Gate({ slots: 1, queue: 2, waitMsMax: 20 });
  {
    using working = gate.enter();
    await working.turn(NEVER);
    using late = gate.enter();
    await assert.rejects(late.turn(NEVER), HttpError);
    using left = gate.enter();
    const leaving = new AbortController();
    const turn = left.turn(leaving.signal);
    leaving.abort();
    await assert.rejects(turn, HttpError);
  }
  assert.equal(gate.inside, 0);
  using next = gate.enter();
  await next.turn(NEVER);
});

test("never works on more than its slots, in the order of coming, and ends empty", async () => {
  const moves = fc.array(fc.constantFrom("come", "go"), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.nat(4),
      moves,
      async (slots, queue, all) => {
        const gate = new Gate({ slots, queue, waitMsMax: 60_000 });
        const working: Place[] = [];
        const begun: number[] = [];
        const turns: Promise<unknown>[] = [];
        let count = 0;
        for (const move of all) {
          if (move === "go") working.shift()?.[Symbol.dispose]();
          else if (gate.inside === slots + queue) assert.throws(() => gate.enter(), HttpError);
          else {
            const place = gate.enter();
            const number = (count += 1);
            turns.push(place.turn(NEVER).then(() => [working.push(place), begun.push(number)]));
          }
          await new Promise(setImmediate);
          assert.ok(working.length <= slots);
          // Nobody waits while a slot is free.
          assert.equal(working.length, Math.min(slots, gate.inside));
        }
        while (working.length > 0) {
          working.shift()?.[Symbol.dispose]();
          await new Promise(setImmediate);
        }
        await Promise.all(turns);
        assert.equal(gate.inside, 0);
        assert.deepEqual(
          begun,
          begun.toSorted((a, b) => a - b),
        );
      },
    ),
    { numRuns: 60 },
  );
});
