import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import type { Evidence } from "./evidence.ts";
import { dayOfAge, termOf } from "./term.ts";

const guardian = { name: "Vera", relation: "mother" };
const rules = { retentionDays: 730, ageFloor: 16 };

function term(signedOn: string, of: Partial<Evidence>, now = Date.parse(`${signedOn}T12:00:00Z`)) {
  const paper = { kind: "paper", form: "form 1", signedOn, witness: "Staff" } as const;
  return termOf(fixedClock(now), rules, { ...paper, born: of.born, guardian: of.guardian });
}

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);

for (const [born, age, turns] of [
  ["2010-05-17", 16, "2026-05-17"],
  ["2010-12-31", 16, "2026-12-31"],
  ["2010-01-01", 16, "2026-01-01"],
  ["2008-02-29", 16, "2024-02-29"],
  ["2008-02-29", 17, "2025-03-01"],
  ["2012-02-29", 13, "2025-03-01"],
  ["2000-02-29", 100, "2100-03-01"],
  ["2010-02-28", 16, "2026-02-28"],
  ["2010-05-17", 0, "2010-05-17"],
] as const) {
  test(`R5 who is born on ${born} turns ${age} on ${turns}`, () => {
    assert.equal(dayOfAge(born, age), day(turns));
  });
}

test("R5 the day before the floor needs a guardian, the day of the floor does not", () => {
  const born = "2010-05-17";
  assert.throws(() => term("2026-05-16", { born }), { code: "guardian_needed" });
  assert.deepEqual(term("2026-05-16", { born, guardian }, day("2026-05-16")), {
    grantedAt: day("2026-05-16"),
    expiresAt: day("2026-05-17"),
    byGuardian: true,
  });
  const own = term("2026-05-17", { born });
  assert.equal(own.byGuardian, false);
  assert.equal(own.expiresAt, day("2026-05-17") + 730 * DAY_MS);
  assert.throws(() => term("2026-05-17", { born, guardian }), { code: "guardian_not_needed" });
});

test("R5 born on 29 February: the floor is 1 March of a year without one", () => {
  const of = { born: "2012-02-29", guardian };
  const teens = { retentionDays: 730, ageFloor: 13 };
  const at = (signedOn: string, evidence: Partial<Evidence>) =>
    termOf(fixedClock(day(signedOn)), teens, {
      kind: "paper",
      form: "form 1",
      signedOn,
      witness: "Staff",
      born: evidence.born,
      guardian: evidence.guardian,
    });
  assert.equal(at("2025-02-28", of).expiresAt, day("2025-03-01"));
  assert.throws(() => at("2025-02-28", { born: of.born }), { code: "guardian_needed" });
  assert.equal(at("2025-03-01", { born: of.born }).byGuardian, false);
});

test("R5 a guardian's grant ends with the retention where that is sooner", () => {
  const { expiresAt } = term("2026-05-16", { born: "2015-01-01", guardian });
  assert.equal(expiresAt, day("2026-05-16") + 730 * DAY_MS);
});

test("R5 a guardian's form is worth nothing from the floor on, however fresh", () => {
  const of = { born: "2010-05-17", guardian };
  const end = day("2026-05-17");
  assert.equal(term("2026-05-16", of, end - 1).expiresAt, end);
  assert.throws(() => term("2026-05-16", of, end), { code: "consent_too_old" });
});

test("R5 a guardian's consent needs the age it ends at", () => {
  assert.throws(() => term("2026-05-16", { guardian }), { code: "born_missing" });
  assert.equal(term("2026-05-16", {}).byGuardian, false);
});

test("R37 no consent holds for over three years, whatever the collection's rule", () => {
  const long = { retentionDays: 5000, ageFloor: 16 };
  const paper = {
    kind: "paper",
    form: "form 1",
    signedOn: "2026-01-01",
    witness: "Staff",
  } as const;
  const { expiresAt } = termOf(fixedClock(day("2026-01-02")), long, paper);
  assert.equal(expiresAt, day("2026-01-01") + 3 * 365 * DAY_MS);
});
