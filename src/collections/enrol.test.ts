import assert from "node:assert/strict";
import { join } from "node:path";
import { onEachDatabase } from "../../test/databases.ts";
import { brokenPhoto, type FakeFace, fakePhoto, fakePicture } from "../../test/fake-engine.ts";
import {
  enrolmentOf,
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "../../test/instance.ts";
import { pause, resume } from "../rights/consent-changes.ts";
import { changePack } from "../search/change-pack.ts";
import { findCollection } from "./collections.ts";
import { enrol } from "./enrol.ts";

/** How many rows an enrolment leaves in each table it writes. */
async function traces({ app }: Instance): Promise<Readonly<Record<string, number>>> {
  const tables = ["subjects", "grants", "templates", "enrolment_photos", "entries"] as const;
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const rows = await app.db.read
      .selectFrom(table)
      .select("created_at" as never)
      .execute()
      .catch(async () =>
        app.db.read
          .selectFrom(table)
          .select("id" as never)
          .execute(),
      );
    counts[table] = rows.length;
  }
  return counts;
}

onEachDatabase("writes subject, grant, keys and template together", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const before = await traces(instance);
  const result = await enrol(app, app.recorder, collection, enrolmentOf(app, "anna"));
  assert.equal(result.kind, "enrolled");
  assert.deepEqual(await traces(instance), {
    subjects: 1,
    grants: 1,
    templates: 1,
    enrolment_photos: 0,
    entries: (before["entries"] ?? 0) + 2,
  });
  assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [
    result.kind === "enrolled" ? result.subject : "",
  ]);
});

for (const [name, faces, problems] of [
  ["no face", [], ["no_face"]],
  ["several faces", ["anna", "bert"], ["several_faces"]],
  [
    "a poor face",
    [{ person: "anna", problems: ["too_small", "turned_away"] }],
    ["too_small", "turned_away"],
  ],
] as readonly (readonly [string, readonly (string | FakeFace)[], readonly string[]])[]) {
  onEachDatabase(
    `R6 a photo with ${name} is refused, embeds nobody and leaves nothing`,
    async (database) => {
      await using instance = await openInstance(database);
      const { app, engine } = instance;
      const collection = await makeCollection(app);
      const before = await traces(instance);
      const photo = { bytes: fakePhoto(faces) };
      const result = await enrol(
        app,
        app.recorder,
        collection,
        enrolmentOf(app, "anna", { photo }),
      );
      assert.deepEqual(result, { kind: "refused", problems });
      assert.deepEqual(await traces(instance), before);
      assert.deepEqual(engine.embedded, []);
    },
  );
}

onEachDatabase(
  "what is wrong with the papers, the person or the file is refused, and leaves nothing",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const before = await traces(instance);
    const good = enrolmentOf(app, "anna");
    for (const [change, code] of [
      [{ evidence: { ...good.evidence, form: "" } }, "form_missing"],
      [{ evidence: { ...good.evidence, witness: "" } }, "witness_missing"],
      [{ evidence: { ...good.evidence, signedOn: "yesterday" } }, "signed_on_invalid"],
      [{ evidence: { ...good.evidence, signedOn: "2001-01-01" } }, "consent_too_old"],
      [{ name: "" }, "subject_name_invalid"],
      [{ contact: "nobody" }, "subject_contact_invalid"],
      [{ photo: { bytes: brokenPhoto("truncated") } }, "truncated"],
      [{ photo: { file: join(instance.folder, "none.jpg") } }, "missing"],
    ] as const) {
      const attempt = enrol(app, app.recorder, collection, { ...good, ...change });
      await assert.rejects(attempt, { code }, code);
    }
    assert.deepEqual(await traces(instance), before);
  },
);

onEachDatabase(
  "the same photo again changes nothing, another one adds a template",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const first = enrolmentOf(app, "anna");
    await enrol(app, app.recorder, collection, first);
    const before = await traces(instance);
    const again = await enrol(app, app.recorder, collection, first);
    assert.equal(again.kind, "already");
    assert.deepEqual(await traces(instance), before);
    await enrol(app, app.recorder, collection, enrolmentOf(app, "anna"));
    const after = await traces(instance);
    assert.deepEqual([after["grants"], after["templates"]], [1, 2]);
  },
);

onEachDatabase("a failure after the grant was written leaves nothing of it", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const before = await traces(instance);
  // The record fails at the last thing an enrolment writes.
  const clock = { now: () => app.clock.now() };
  let events = 0;
  const recorder = {
    clock,
    vault: app.vault,
    get account() {
      events += 1;
      if (events === 2) throw new Error("no record");
      return "staff";
    },
  };
  await assert.rejects(enrol(app, recorder, collection, enrolmentOf(app, "anna")), /no record/u);
  assert.deepEqual(await traces(instance), before);
  assert.deepEqual(await app.db.read.selectFrom("grant_keys").selectAll().execute(), []);
});

onEachDatabase(
  "R6 keeps the enrolment photo only if that was ticked, shrunk and sealed",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const photo = { bytes: await fakePicture(["p7"]) };
    await enrolPerson(app, collection, "p7", { photo, keepPhoto: true });
    await enrolPerson(app, collection, "p9", { photo: { bytes: await fakePicture(["p9"]) } });
    const kept = await app.db.read.selectFrom("enrolment_photos").selectAll().execute();
    assert.equal(kept.length, 1);
    const row = kept[0];
    assert.ok(row);
    assert.ok(!Buffer.from(row.sealed_photo).includes("JFIF"));
    const owner = { kind: "grant", id: row.grant_id } as const;
    const context = ["photo", row.photo_index];
    const opened = await app.vault.unseal(app.db, owner, row.sealed_photo, context);
    assert.equal(opened.toString("hex", 0, 2), "ffd8");
    const uses = await app.db.read.selectFrom("grants").select("uses").execute();
    assert.deepEqual(uses.map((one) => one.uses).sort(), ['["find","keep_photo"]', '["find"]']);
  },
);

onEachDatabase(
  "R6 a form that does not tick that use does not cover a photo handed in later",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const kept = async () =>
      (await app.db.read.selectFrom("enrolment_photos").select("photo_index").execute()).length;
    const first = enrolmentOf(app, "p7");
    await enrol(app, app.recorder, collection, first);
    const photo = { bytes: await fakePicture(["p7"]) };
    const { evidence } = first;
    await enrolPerson(app, collection, "p7", { photo, keepPhoto: true, evidence });
    assert.equal(await kept(), 0, "the very same form says the same");
    await enrolPerson(app, collection, "p7", { photo, keepPhoto: true });
    assert.equal(await kept(), 1, "a new form says that it may be kept");
    await enrolPerson(app, collection, "p7", { photo });
    assert.equal(await kept(), 0, "a newer form does not");
  },
);

onEachDatabase(
  "R12 a paused person is not enrolled on, and is after the pause",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna");
    await pause(app.db, app.recorder, anna, "all");
    await assert.rejects(enrolPerson(app, collection, "anna"), { code: "no_live_grant" });
    await resume(app.db, app.recorder, anna, "all");
    assert.equal(await enrolPerson(app, collection, "anna"), anna);
  },
);

onEachDatabase("bytes that were handed in stay the caller's", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const bytes = fakePhoto(["anna"]);
  const before = Buffer.from(bytes);
  await enrolPerson(app, collection, "anna", { photo: { bytes } });
  await searchFor(app, collection, [], { photo: { bytes } });
  assert.deepEqual(bytes, before);
});

onEachDatabase(
  "a collection that changes its pack meanwhile gets the new pack's template",
  async (database) => {
    let change = async (): Promise<unknown> => undefined;
    await using instance = await openInstance(database, {
      hooks: {
        before: async (step) => {
          if (step !== "embed") return;
          const now = change;
          change = async () => undefined;
          await now();
        },
      },
    });
    const { app } = instance;
    const collection = await makeCollection(app);
    change = async () => changePack(app, app.recorder, collection.id, "bundled");
    const anna = await enrolPerson(app, collection, "anna");
    const packs = await app.db.read.selectFrom("templates").select("pack").execute();
    assert.deepEqual(
      packs.map(({ pack }) => pack),
      ["bundled"],
    );
    const now = await findCollection(app.db, collection.id);
    assert.deepEqual(returned(await searchFor(app, now, ["anna"])), [anna]);
  },
);

onEachDatabase(
  "a photo being imported when somebody is enrolled is not forgotten",
  async (database) => {
    let meanwhile = async (): Promise<unknown> => undefined;
    await using instance = await openInstance(database, {
      hooks: {
        before: async (step) => {
          if (step !== "analyse") return;
          const now = meanwhile;
          meanwhile = async () => undefined;
          await now();
        },
      },
    });
    const { app } = instance;
    const collection = await makeCollection(app);
    // A face with a problem is embedded in a scan all the same, if only anybody asks for it.
    const faces = [{ person: "anna", problems: ["too_blurred"] }] as const;
    meanwhile = async () => enrolPerson(app, collection, "anna");
    await importPhotos(instance, collection, { "a.jpg": fakePhoto(faces) });
    await app.runner.drain();
    const sightings = await app.db.read.selectFrom("sightings").selectAll().execute();
    assert.equal(sightings.length, 1);
  },
);
