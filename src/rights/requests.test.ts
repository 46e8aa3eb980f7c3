import assert from "node:assert/strict";
import test from "node:test";
import { oneMonthAfter } from "./requests.ts";

test("the month to answer in ends with the same day of the next month, or its last", () => {
  for (const [asked, due] of [
    ["2026-01-15T09:30:00Z", "2026-02-15T23:59:59.999Z"],
    ["2026-01-31T00:00:00Z", "2026-02-28T23:59:59.999Z"],
    ["2028-01-31T23:59:59Z", "2028-02-29T23:59:59.999Z"],
    ["2026-08-31T12:00:00Z", "2026-09-30T23:59:59.999Z"],
    ["2026-12-31T12:00:00Z", "2027-01-31T23:59:59.999Z"],
    ["2026-11-30T12:00:00Z", "2026-12-30T23:59:59.999Z"],
  ] as const) {
    assert.equal(new Date(oneMonthAfter(Date.parse(asked))).toISOString(), due, asked);
  }
});
