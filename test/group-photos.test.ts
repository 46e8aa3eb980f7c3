import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type App, configFor, openApp } from "../src/app.ts";
import { type Collection, createCollection } from "../src/collections/collections.ts";
import { enrol } from "../src/collections/enrol.ts";
import { importFolder } from "../src/collections/import.ts";
import { deliver } from "../src/rights/deliver.ts";
import { searchByPhoto } from "../src/search/search.ts";
import { makeMasterKey } from "../src/storage/master-key.ts";
import { findSubject, readSubject } from "../src/subjects/subjects.ts";
import { shared } from "./shared.ts";
import { sightingsOf } from "./sightings.ts";

const GROUPS = ["group12", "group30", "group56_small"] as const;

interface Group {
  readonly people: readonly {
    readonly id: string;
    /** x, y, width, height in pixels. */
    readonly cell: readonly [number, number, number, number];
  }[];
}

function groupOf(name: (typeof GROUPS)[number]): Group {
  return JSON.parse(readFileSync(shared(`data/group/${name}.json`) ?? "", "utf8")) as Group;
}

const everybody = (): readonly string[] => [
  ...new Set(GROUPS.flatMap((name) => groupOf(name).people.map(({ id }) => id))),
];

/** Runs `body` on an instance with the recommended pack, or skips with the reason. */
function onGroups(name: string, body: (app: App, collection: Collection) => Promise<void>): void {
  test(name, async (t: TestContext) => {
    const models = shared("models");
    if (!models || !shared("data/group")) return t.skip("../shared is absent: no group photos");
    const folder = mkdtempSync(join(tmpdir(), "assent-test-"));
    await makeMasterKey(join(folder, "master.key"));
    const app = await openApp({ ...configFor(folder), models });
    try {
      const collection = await createCollection(app.db, app.recorder, {
        name: "studio",
        purpose: "A test of the pack",
        notice: "Signed for studies in the lab and on the web",
        contact: "lab@example.org",
        retentionDays: 365,
        ageFloor: 18,
        sceneBasis: "Everyone signed",
        pack: "recommended",
      });
      await body(app, collection);
    } finally {
      await app[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    }
    return undefined;
  });
}

async function enrolPeople(app: App, collection: Collection, people: readonly string[]) {
  for (const id of people) {
    const result = await enrol(app, app.recorder, collection, {
      name: id,
      contact: `${id}@example.org`,
      photo: { file: shared(`data/london/neutral_front/${id}_03.jpg`) ?? "" },
      evidence: {
        kind: "paper",
        form: id,
        signedOn: new Date().toISOString().slice(0, 10),
        witness: "Lab",
      },
      keepPhoto: false,
    });
    assert.equal(result.kind, "enrolled", id);
  }
}

async function importGroups(app: App, collection: Collection): Promise<void> {
  const folder = shared("data/group") ?? "";
  const summary = await importFolder(app.importDeps, app.recorder, collection, folder);
  assert.equal(summary.added, GROUPS.length);
}

/** Who was seen in whose cell, of any verdict, as "person in cell of person". */
async function seenIn(app: App, collection: Collection, name: (typeof GROUPS)[number]) {
  const seen: { readonly person: string; readonly cell: string; readonly verdict: string }[] = [];
  const people = await app.db.read.selectFrom("subjects").select("id").execute();
  const { people: cells } = groupOf(name);
  for (const { id } of people) {
    const person = await nameOf(app, id);
    for (const one of await sightingsOf(app.db, collection.id, id)) {
      if (!one.sources.some((source) => source.endsWith(`${name}.jpg`))) continue;
      const { width, height } = await app.db.read
        .selectFrom("media")
        .select(["width", "height"])
        .where("id", "=", one.media)
        .executeTakeFirstOrThrow();
      const { box } = one.place;
      const x = (box.x + box.width / 2) * width;
      const y = (box.y + box.height / 2) * height;
      const cell = cells.find(
        ({ cell: [left, top, across, down] }) =>
          x >= left && x < left + across && y >= top && y < top + down,
      );
      seen.push({ person, cell: cell?.id ?? "nobody", verdict: one.verdict });
    }
  }
  return seen;
}

async function nameOf(app: App, id: Parameters<typeof sightingsOf>[2]): Promise<string> {
  return (await readSubject(app.db, app.vault, id)).name;
}

onGroups("everyone enrolled is found in group photos of 12, 30 and 56", async (app, collection) => {
  await enrolPeople(app, collection, everybody());
  await importGroups(app, collection);
  for (const name of GROUPS) {
    const right = (await seenIn(app, collection, name)).filter(
      ({ person, cell, verdict }) => person === cell && verdict === "match",
    );
    assert.deepEqual(
      right.map(({ person }) => person).toSorted(),
      groupOf(name)
        .people.map(({ id }) => id)
        .toSorted(),
      name,
    );
  }
});

onGroups("with half of the people enrolled the others get no sighting", async (app, collection) => {
  const half = everybody().filter((_, index) => index % 2 === 0);
  await importGroups(app, collection);
  await enrolPeople(app, collection, half);
  assert.deepEqual(await app.runner.drain(), { ended: 1, failed: 0 });
  for (const name of GROUPS) {
    const seen = await seenIn(app, collection, name);
    assert.deepEqual(
      seen.filter(({ person, cell }) => person !== cell),
      [],
    );
    const enrolled = groupOf(name).people.filter(({ id }) => half.includes(id));
    assert.equal(seen.length, enrolled.length, name);
  }
});

onGroups("in a delivered group photo only its receiver can be matched", async (app, collection) => {
  const people = groupOf("group12").people.map(({ id }) => id);
  await enrolPeople(app, collection, people);
  await importGroups(app, collection);
  const [receiver = ""] = people;
  const subject = await findSubject(app.db, app.vault, receiver);
  const to = join(app.config.folder, "delivered");
  const summary = await deliver(app, app.recorder, {
    collection: collection.name,
    subjects: [subject],
    to,
  });
  assert.ok(summary.photos >= 1);
  assert.ok(summary.facesBlurred >= 11);
  for (const file of readdirSync(to)) {
    const { faces } = await searchByPhoto(app, app.recorder, {
      collection: collection.name,
      photo: { file: join(to, file) },
      purpose: "Is anybody else still recognisable?",
      pointed: null,
    });
    const told = faces.filter((face) => face.kind === "match" || face.kind === "uncertain");
    assert.deepEqual(
      told.map((face) => ("subject" in face ? face.subject : null)),
      [subject],
    );
  }
});
