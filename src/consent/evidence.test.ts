import assert from "node:assert/strict";
import { test } from "node:test";
import { fixedClock } from "../base/clock.ts";
import { givenAt, instantOfDay, type PaperEvidence, parseEvidence } from "./evidence.ts";

const clock = fixedClock(Date.UTC(2026, 2, 10, 15, 30));
const good: PaperEvidence = {
  kind: "paper",
  form: " binder 3, page 7 ",
  signedOn: " 2026-03-10 ",
  witness: " Staff ",
};

test("trims what was typed", () => {
  assert.deepEqual(parseEvidence(good, clock), {
    kind: "paper",
    form: "binder 3, page 7",
    signedOn: "2026-03-10",
    witness: "Staff",
  });
});

for (const [change, code] of [
  [{ form: "  " }, "form_missing"],
  [{ form: "x".repeat(201) }, "form_missing"],
  [{ witness: "" }, "witness_missing"],
  [{ witness: "x".repeat(201) }, "witness_missing"],
  [{ signedOn: "" }, "signed_on_invalid"],
  [{ signedOn: "10.03.2026" }, "signed_on_invalid"],
  [{ signedOn: "2026-3-1" }, "signed_on_invalid"],
  [{ signedOn: "2026-02-30" }, "signed_on_invalid"],
  [{ signedOn: "2026-13-01" }, "signed_on_invalid"],
  [{ signedOn: "2026-03-10T00:00" }, "signed_on_invalid"],
  [{ signedOn: "2026-03-12" }, "signed_on_future"],
] as const) {
  test(`R2 refuses ${JSON.stringify(change).slice(0, 40)} as ${code}`, () => {
    assert.throws(() => parseEvidence({ ...good, ...change }, clock), { code });
  });
}

test("takes tomorrow's date: it may be tomorrow where the form was signed", () => {
  const parsed = parseEvidence({ ...good, signedOn: "2026-03-11" }, clock);
  assert.equal(givenAt(parsed), Date.UTC(2026, 2, 11));
});

test("a day is its midnight in UTC", () => {
  assert.equal(instantOfDay("2024-02-29"), Date.UTC(2024, 1, 29));
  assert.throws(() => instantOfDay("2023-02-29"), { code: "signed_on_invalid" });
});
