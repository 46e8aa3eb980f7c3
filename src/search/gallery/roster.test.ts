import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { AssertionError } from "../../base/errors.ts";
import type { GrantId, SubjectId, TemplateId } from "../../base/ids.ts";
import { type Membership, Roster } from "./roster.ts";

/** Grants 0 and 1 are of subject 0, 2 and 3 of subject 1, and so on. */
function member(grant: number, template: number): Membership {
  return {
    template: `tem_${template}` as TemplateId,
    subject: `sub_${Math.floor(grant / 2)}` as SubjectId,
    grant: `gra_${grant}` as GrantId,
  };
}

test("a roster agrees with a plain list through any order of changes", () => {
  const operation = fc.record({
    kind: fc.constantFrom("add", "add", "add", "remove"),
    grant: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
      const roster = new Roster();
      const model = new Map<number, Membership>();
      let highest = 0;
      for (const [number, { kind, grant }] of operations.entries()) {
        const { grant: grantId, subject } = member(grant, 0);
        if (kind === "add") {
          const row = roster.add(member(grant, number));
          assert.ok(!model.has(row), "the row was free");
          model.set(row, member(grant, number));
        } else {
          const rows = [...model].filter(([, one]) => one.grant === grantId).map(([row]) => row);
          assert.deepEqual(new Set(roster.remove(grantId)), new Set(rows));
          for (const row of rows) model.delete(row);
        }
        highest = Math.max(highest, model.size);
        assert.equal(roster.size, model.size);
        assert.equal(roster.reach, highest);
        assert.equal(
          roster.has(subject),
          [...model.values()].some((one) => one.subject === subject),
        );
        checkOwners(roster, model);
      }
    }),
    { numRuns: 60 },
  );
});

function checkOwners(roster: Roster, model: ReadonlyMap<number, Membership>): void {
  const subjectOfOwner = new Map<number, SubjectId>();
  const ownerOfSubject = new Map<SubjectId, number>();
  for (const [row, one] of model) {
    assert.deepEqual(roster.memberOf(row), one);
    const owner = roster.ownerOf(row);
    assert.equal(subjectOfOwner.get(owner) ?? one.subject, one.subject);
    assert.equal(ownerOfSubject.get(one.subject) ?? owner, owner);
    subjectOfOwner.set(owner, one.subject);
    ownerOfSubject.set(one.subject, owner);
    assert.ok(roster.rowsOfGrant(one.grant).includes(row));
    assert.ok(roster.rowsOfSubject(one.subject).includes(row));
  }
}

test("a template added twice and a grant of two subjects are bugs", () => {
  const roster = new Roster();
  roster.add(member(0, 1));
  assert.throws(() => roster.add(member(0, 1)), AssertionError);
  const { subject } = member(2, 0);
  assert.throws(() => roster.add({ ...member(0, 2), subject }), AssertionError);
  assert.equal(roster.size, 1);
});

test("unknown grants and free rows are told apart from others", () => {
  const roster = new Roster();
  const row = roster.add(member(0, 1));
  assert.deepEqual(roster.remove("gra_9" as GrantId), []);
  assert.deepEqual(roster.rowsOfGrant("gra_9" as GrantId), []);
  assert.deepEqual(roster.rowsOfSubject("sub_9" as SubjectId), []);
  roster.remove(member(0, 1).grant);
  assert.throws(() => roster.memberOf(row), AssertionError);
  assert.throws(() => roster.memberOf(99_999), AssertionError);
});
