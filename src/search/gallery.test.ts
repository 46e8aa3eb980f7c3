import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { AssertionError } from "../base/errors.ts";
import { type GrantId, newId, type SubjectId, type TemplateId } from "../base/ids.ts";
import { cosine, drawFrom, drawNear, drawUnit } from "../../test/vectors.ts";
import { type Candidate, Gallery, type GalleryRow } from "./gallery.ts";
import { ScanCrew } from "./gallery/crew.ts";
import { CANDIDATES_MAX, PROBES_MAX } from "./gallery/layout.ts";
import { TemplateMemory } from "./gallery/template-memory.ts";

/** Sums of float64 products, in whatever order, agree to this; scores closer than it are a tie. */
const ROUNDING = 1e-12;

interface Kept extends GalleryRow {
  visible: boolean;
}

/** Every visible row's score, the best of each subject, best first: what a search must return. */
function compareAll(rows: readonly Kept[], probe: Float32Array, scoreMin = -Infinity) {
  const best = new Map<SubjectId, number>();
  for (const { subject, vector, visible } of rows) {
    const score = cosine(vector, probe);
    if (visible && score >= scoreMin && score > (best.get(subject) ?? -Infinity)) {
      best.set(subject, score);
    }
  }
  return [...best].sort(([, a], [, b]) => b - a);
}

function assertExact(
  found: readonly Candidate[],
  rows: readonly Kept[],
  probe: Float32Array,
  { limit, scoreMin }: { readonly limit: number; readonly scoreMin?: number },
): void {
  const expected = compareAll(rows, probe, scoreMin);
  assert.equal(found.length, Math.min(limit, expected.length));
  assert.equal(new Set(found.map(({ subject }) => subject)).size, found.length);
  const scores = new Map(expected);
  for (const [place, one] of found.entries()) {
    assert.ok(Math.abs(one.score - (expected[place]?.[1] ?? 0)) < ROUNDING, "the place's score");
    assert.ok(Math.abs(one.score - (scores.get(one.subject) ?? 0)) < ROUNDING, "their best score");
    const row = rows.find(({ template }) => template === one.template);
    assert.ok(row?.visible && row.subject === one.subject && row.grant === one.grant);
    assert.ok(Math.abs(cosine(row.vector, probe) - one.score) < ROUNDING, "that template's score");
  }
}

function rowOf(vector: Float32Array, subject = newId("sub"), grant = newId("gra")): Kept {
  return { template: newId("tem"), subject, grant, vector, visible: true };
}

function galleryOf(rows: readonly Kept[], options: ConstructorParameters<typeof Gallery>[1] = {}) {
  const gallery = new Gallery(rows[0]!.vector.length, options);
  for (const row of rows) gallery.add(row);
  return gallery;
}

type Crowd = (count: number, size: number, draw: () => number) => readonly Float32Array[];

/** From the easiest set to ones in which codes alone can't tell the rows apart. */
const CROWDS: Readonly<Record<string, Crowd>> = {
  even: (count, size, draw) => Array.from({ length: count }, () => drawUnit(draw, size)),
  clustered: (count, size, draw) => {
    const centres = Array.from({ length: 20 }, () => drawUnit(draw, size));
    return Array.from({ length: count }, (_, row) => drawNear(draw, centres[row % 20]!, 0.4));
  },
  alike: (count, size, draw) => {
    const centre = drawUnit(draw, size);
    return Array.from({ length: count }, () => drawNear(draw, centre, 0.01));
  },
  spiky: (count, size, draw) =>
    Array.from({ length: count }, () => {
      const spike = new Float32Array(size);
      spike[Math.floor(draw() * size)] = draw() < 0.5 ? 1 : -1;
      return drawNear(draw, spike, draw());
    }),
  repeated: (count, size, draw) => {
    const few = Array.from({ length: 50 }, () => drawUnit(draw, size));
    return Array.from({ length: count }, (_, row) => few[row % 50]!);
  },
};

for (const size of [128, 256]) {
  for (const [name, crowd] of Object.entries(CROWDS)) {
    test(`a search of ${name} rows is exact, ${size} dimensions`, () => {
      const draw = drawFrom(size);
      // More than a block, and not a whole number of groups.
      const rows = crowd(4500, size, draw).map((vector) => rowOf(vector));
      using gallery = galleryOf(rows);
      for (const limit of [1, 10, CANDIDATES_MAX]) {
        const beside = drawNear(draw, rows[Math.floor(draw() * rows.length)]!.vector, 0.3);
        for (const probe of [rows[4321]!.vector, beside, drawUnit(draw, size)]) {
          assertExact(gallery.search(probe, { limit }), rows, probe, { limit });
        }
      }
    });
  }
}

test("any order of add, hide, show, remove and search returns what a plain list would", () => {
  // Grants 0 and 1 are of subject 0, and so on; vectors come from few seeds, so that they tie.
  const operation = fc.record({
    kind: fc.constantFrom("add", "add", "add", "add", "hide", "show", "remove", "search", "many"),
    grant: fc.integer({ min: 0, max: 23 }),
    seed: fc.integer({ min: 0, max: 60 }),
    limit: fc.constantFrom(1, 2, 3, 5, 100),
    scoreMin: fc.constantFrom(undefined, -0.2, 0, 0.3, 0.9),
  });
  const size = fc.constantFrom(16, 128, 256);
  fc.assert(
    fc.property(size, fc.array(operation, { maxLength: 150, size: "max" }), (size, operations) => {
      const memory = new TemplateMemory(size);
      const gallery = new Gallery(size, { memory });
      let rows: Kept[] = [];
      for (const { kind, grant: number, seed, limit, scoreMin } of operations) {
        const grant = `gra_${number}` as GrantId;
        const subject = `sub_${number >> 1}` as SubjectId;
        const own = rows.filter((row) => row.grant === grant);
        const vector = drawUnit(drawFrom(seed), size);
        if (kind === "add") {
          const visible = own.every((row) => row.visible);
          rows.push({ ...rowOf(vector, subject, grant), visible });
          gallery.add(rows[rows.length - 1]!);
        } else if (kind === "remove") {
          rows = rows.filter((row) => row.grant !== grant);
          assert.equal(gallery.remove(grant), own.length);
        } else if (kind === "search") {
          const asked = scoreMin === undefined ? { limit } : { limit, scoreMin };
          assertExact(gallery.search(vector, asked), rows, vector, asked);
        } else if (kind === "many") {
          const probes = [vector, drawUnit(drawFrom(seed + 1), size)];
          const found = gallery.searchMany(probes, { limit });
          for (const [index, probe] of probes.entries()) {
            assertExact(found[index] ?? [], rows, probe, { limit });
          }
        } else {
          for (const row of own) row.visible = kind === "show";
          const changed = kind === "show" ? gallery.show(grant) : gallery.hide(grant);
          assert.equal(changed, own.length);
        }
        assert.equal(gallery.size, rows.length);
        assert.equal(
          gallery.has(subject),
          rows.some((row) => row.subject === subject),
        );
      }
      for (const { grant } of rows) gallery.remove(grant);
      assert.ok(
        memory.bytes().every((byte) => byte === 0),
        "an emptied gallery is all zeros",
      );
    }),
    { numRuns: 60 },
  );
});

test("a hidden grant is never returned, however well it fits, and is back when shown", () => {
  const draw = drawFrom(1);
  const rows = Array.from({ length: 300 }, () => rowOf(drawUnit(draw, 128)));
  using gallery = galleryOf(rows);
  for (const { vector, subject, grant } of rows) {
    assert.equal(gallery.search(vector, { limit: 1 })[0]?.subject, subject);
    gallery.hide(grant);
    const found = gallery.search(vector, { limit: CANDIDATES_MAX });
    assert.ok(found.every((one) => one.subject !== subject));
    assert.equal(found.length, CANDIDATES_MAX);
    gallery.show(grant);
    assert.equal(gallery.search(vector, { limit: 1 })[0]?.subject, subject);
  }
  for (const { grant } of rows) gallery.hide(grant);
  assert.deepEqual(gallery.search(rows[0]!.vector, { limit: 5 }), []);
});

test("a removed grant is gone from the next search, and its bytes from memory", () => {
  const draw = drawFrom(2);
  const memory = new TemplateMemory(128);
  const rows = Array.from({ length: 100 }, () => rowOf(drawUnit(draw, 128)));
  using gallery = galleryOf(rows, { memory });
  const { vector, grant, subject } = rows[33]!;
  const held = (): boolean => {
    const bytes = Buffer.from(memory.bytes().buffer);
    const needle = Buffer.from(vector.buffer);
    for (let at = 0; at < needle.length; at += 8) {
      if (bytes.includes(needle.subarray(at, at + 8))) return true;
    }
    return false;
  };
  assert.ok(held());
  gallery.search(vector, { limit: 3 });
  assert.equal(gallery.remove(grant), 1);
  assert.ok(!held());
  const found = gallery.search(vector, { limit: CANDIDATES_MAX });
  assert.ok(found.every((one) => one.subject !== subject));
  assert.ok(!held(), "the probe, which was the same vector, was wiped too");
  assert.equal(gallery.remove(grant), 0);
});

test("many templates of one subject take one place, by the best of them", () => {
  const draw = drawFrom(3);
  const subject = newId("sub");
  const grant = newId("gra");
  const centre = drawUnit(draw, 256);
  const own = Array.from({ length: 500 }, () => rowOf(drawNear(draw, centre, 0.2), subject, grant));
  const others = Array.from({ length: 50 }, () => rowOf(drawNear(draw, centre, 0.5)));
  const rows = [...own.slice(0, 250), ...others, ...own.slice(250)];
  using gallery = galleryOf(rows);
  const found = gallery.search(centre, { limit: 10 });
  assert.equal(found[0]?.subject, subject);
  assertExact(found, rows, centre, { limit: 10 });
});

test("rows that come and go reuse their places", () => {
  const draw = drawFrom(4);
  const memory = new TemplateMemory(16);
  using gallery = new Gallery(16, { memory });
  const rows: Kept[] = [];
  for (let round = 0; round < 20_000; round += 1) {
    const row = rowOf(drawUnit(draw, 16));
    rows.push(row);
    gallery.add(row);
    if (rows.length > 64) gallery.remove(rows.shift()!.grant);
  }
  assert.equal(memory.bytes().length, memory.layout.blocks + memory.layout.blockBytes);
  const probe = drawUnit(draw, 16);
  assertExact(gallery.search(probe, { limit: 20 }), rows, probe, { limit: 20 });
});

test("a gallery grows from nothing through several blocks and stays exact", () => {
  const draw = drawFrom(5);
  const rows: Kept[] = [];
  using gallery = new Gallery(16);
  const probe = drawUnit(draw, 16);
  assert.deepEqual(gallery.search(probe, { limit: 3 }), []);
  for (const count of [1, 2, 15, 16, 17, 31, 33, 4095, 4096, 4097, 8193, 13_000]) {
    while (rows.length < count) {
      rows.push(rowOf(drawUnit(draw, 16)));
      gallery.add(rows[rows.length - 1]!);
    }
    assertExact(gallery.search(probe, { limit: 9 }), rows, probe, { limit: 9 });
    const last = rows[rows.length - 1]!;
    assert.equal(gallery.search(last.vector, { limit: 1 })[0]?.template, last.template);
  }
});

test("a group photo's probes, more than one pass takes, are each answered as if alone", async () => {
  await using crew = new ScanCrew(2);
  const draw = drawFrom(6);
  // Each subject's three templates lie in different blocks, so different threads find them.
  const people = Array.from({ length: 3000 }, () => rowOf(drawUnit(draw, 16)));
  const rows = Array.from({ length: 9000 }, (_, index) => {
    const { subject, grant, vector } = people[index % people.length]!;
    return rowOf(drawNear(draw, vector, 0.3), subject, grant);
  });
  using gallery = galleryOf(rows, { helpers: () => crew });
  using single = galleryOf(rows);
  const probes = Array.from({ length: 2 * PROBES_MAX + 3 }, (_, index) =>
    drawNear(draw, rows[index]!.vector, 0.4),
  );
  assert.deepEqual(gallery.searchMany([], { limit: 4 }), []);
  const many = gallery.searchMany(probes, { limit: 4 });
  assert.deepEqual(many, single.searchMany(probes, { limit: 4 }));
  for (const [index, probe] of probes.entries()) {
    assert.deepEqual(many[index], single.search(probe, { limit: 4 }));
    assertExact(many[index] ?? [], rows, probe, { limit: 4 });
  }
});

test("helpers may come later, go and come back: what is found stays the same", async () => {
  await using crew = new ScanCrew(2);
  const draw = drawFrom(16);
  const rows = Array.from({ length: 9000 }, () => rowOf(drawUnit(draw, 16)));
  const asked: boolean[] = [];
  let free = false;
  const helpers = () => {
    asked.push(free);
    return free ? crew : null;
  };
  using gallery = galleryOf(rows, { helpers });
  using single = galleryOf(rows);
  const probes = Array.from({ length: PROBES_MAX }, (_, index) =>
    drawNear(draw, rows[index]!.vector, 0.4),
  );
  for (const now of [false, true, true, false, true]) {
    free = now;
    assert.deepEqual(
      gallery.searchMany(probes, { limit: 4 }),
      single.searchMany(probes, { limit: 4 }),
    );
    // Added after the crew was told of the memory, which grows.
    for (let added = 0; added < 1000; added += 1) {
      const row = rowOf(drawUnit(draw, 16));
      for (const one of [gallery, single]) one.add(row);
    }
  }
  assert.deepEqual(asked, [false, true, true, false, true]);
  // A small piece of work wakes nobody.
  gallery.search(probes[0]!, { limit: 4 });
  assert.equal(asked.length, 5);
});

test("rows below the least score asked for are not returned", () => {
  const draw = drawFrom(7);
  const rows = Array.from({ length: 2000 }, () => rowOf(drawUnit(draw, 128)));
  using gallery = galleryOf(rows);
  const probe = drawUnit(draw, 128);
  const all = gallery.search(probe, { limit: 50 });
  const scoreMin = all[20]!.score;
  assert.deepEqual(gallery.search(probe, { limit: 50, scoreMin }), all.slice(0, 21));
  assert.deepEqual(gallery.search(probe, { limit: 50, scoreMin: 0.99 }), []);
});

test("a disposed gallery is zeros, and can't be used", () => {
  const draw = drawFrom(8);
  const memory = new TemplateMemory(128);
  const rows = Array.from({ length: 5000 }, () => rowOf(drawUnit(draw, 128)));
  const gallery = galleryOf(rows, { memory });
  gallery.dispose();
  gallery.dispose();
  assert.ok(memory.bytes().every((byte) => byte === 0));
  assert.throws(() => gallery.search(rows[0]!.vector, { limit: 1 }), AssertionError);
  assert.throws(() => gallery.add(rows[0]!), AssertionError);
});

test("vectors, limits and rows that make no sense are bugs, and change nothing", () => {
  const draw = drawFrom(9);
  using gallery = new Gallery(128);
  const row = rowOf(drawUnit(draw, 128));
  gallery.add(row);
  assert.throws(() => gallery.add({ ...row, vector: drawUnit(draw, 256) }), AssertionError);
  assert.throws(() => gallery.add(row), AssertionError);
  assert.throws(() => gallery.add({ ...row, template: newId("tem"), subject: newId("sub") }));
  assert.throws(() => gallery.search(new Float32Array(128), { limit: 1 }), AssertionError);
  assert.throws(() => gallery.search(row.vector, { limit: 0 }), AssertionError);
  assert.throws(() => gallery.search(row.vector, { limit: CANDIDATES_MAX + 1 }), AssertionError);
  assert.throws(() => new Gallery(100), AssertionError);
  assert.equal(gallery.size, 1);
  const { subject, grant, template } = row;
  const [found] = gallery.search(row.vector, { limit: 1 });
  assert.deepEqual({ ...found, score: 1 }, { subject, grant, template, score: 1 });
  assert.equal(gallery.hide("gra_nobody" as GrantId), 0);
  assert.equal(gallery.show("gra_nobody" as GrantId), 0);
  assert.ok(gallery.has(row.subject) && !gallery.has(newId("sub")));
  assert.ok(template satisfies TemplateId);
});
