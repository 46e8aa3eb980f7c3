import assert from "node:assert/strict";
import { sql } from "kysely";
import { onEachDatabase } from "../../test/databases.ts";
import { dumpOf } from "../../test/dump.ts";
import { fakePicture } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
  searchFor,
} from "../../test/instance.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import type { SubjectId } from "../base/ids.ts";
import { COLUMN_RULES } from "../../test/column-rules.ts";
import { addWebhook } from "../webhooks/webhooks.ts";
import { withdraw } from "./consent-changes.ts";
import { disclose, type Disclosure } from "./disclose.ts";
import { erase } from "./erase.ts";
import { object } from "./objections.ts";

async function prepare(instance: Instance) {
  const { app } = instance;
  const gala = await makeCollection(app);
  const photo = { bytes: await fakePicture(["p5"]) };
  const anna = await enrolPerson(app, gala, "p5", { keepPhoto: true, photo });
  const bert = await enrolPerson(app, gala, "p9");
  const url = "https://receiver.example/hook";
  await addWebhook(app.db, app.recorder, { collection: gala.id, url, allowPrivate: false });
  await importPhotos(instance, gala, { "both.png": await fakePicture(["p5", "p9"]) });
  await app.runner.drain();
  await searchFor(app, gala, ["p5", "p9"]);
  const { media_id } = await app.db.read
    .selectFrom("faces")
    .select("media_id")
    .executeTakeFirstOrThrow();
  const target = { kind: "photo", id: media_id } as const;
  await object(app.db, app.recorder, { target, subject: anna, reason: "too private" });
  return { gala, anna, bert };
}

/** One line a table and column: what the operator can make of the first row's value. */
function shapeOf({ tables }: Disclosure): Readonly<Record<string, string>> {
  const lines = tables.flatMap(({ table, rows }) =>
    Object.entries(rows[0] ?? {}).map(([column, { kind }]) => [`${table}.${column}`, kind]),
  );
  return Object.fromEntries(lines) as Readonly<Record<string, string>>;
}

const SEALED = [
  "subjects.sealed_name",
  "subjects.sealed_contact",
  "consents.sealed_evidence",
  "consents.sealed_receipt",
  "entries.subject_body",
  "entries.operator_body",
  "objections.sealed_reason",
] as const;

onEachDatabase("of somebody live, the operator's keys open everything", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { anna, bert } = await prepare(instance);
  const disclosure = await disclose(app, app.recorder, anna);
  assert.equal(disclosure.standing, "live");
  const shape = shapeOf(disclosure);
  for (const column of SEALED) assert.equal(shape[column], "opens", column);
  assert.equal(shape["templates.sealed_vector"], "opens_hidden");
  assert.equal(shape["enrolment_photos.sealed_photo"], "opens_hidden");
  for (const table of ["subject_keys", "grant_keys", "audit_keys"]) {
    assert.equal(shape[`${table}.wrapped_key`], "key");
  }
  const readable = ["grants.state", "sightings.score", "faces.place", "media_sources.path"];
  for (const column of [...readable, "searches.purpose", "search_returns.verdict"]) {
    assert.equal(shape[column], "readable", column);
  }
  const text = JSON.stringify(disclosure);
  assert.ok(text.includes("Name of p5") && text.includes("too private"));
  assert.ok(!text.includes("Name of p9"), "nothing of who else is in the photo");
  assert.ok(!text.includes(bert));
  assert.doesNotMatch(text, /"closed"/u);
});

onEachDatabase("of somebody who withdrew, no template is left to hand over", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { anna } = await prepare(instance);
  await withdraw(app.db, app.recorder, anna, "all");
  const disclosure = await disclose(app, app.recorder, anna);
  assert.equal(disclosure.standing, "ended");
  const shape = shapeOf(disclosure);
  assert.equal(shape["templates.sealed_vector"], undefined);
  for (const column of SEALED) assert.equal(shape[column], "opens", column);
  assert.equal(shape["grants.ended_at"], "readable");
  assert.ok(disclosure.tables.some(({ table }) => table === "webhook_messages"));
});

onEachDatabase("of somebody erased, only bare facts are left to hand over", async (database) => {
  const clock = fixedClock(1_800_000_000_000);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const { anna, gala } = await prepare(instance);
  clock.move(DAY_MS);
  await erase(app, app.recorder, anna);
  const disclosure = await disclose(app, app.recorder, anna);
  assert.equal(disclosure.standing, "erased");
  const { tables, named } = disclosure;
  const readable = (table: string, ...columns: readonly string[]) =>
    columns.map((column) => [`${table}.${column}`, "readable"]);
  const message = ["id", "webhook_id", "kind", "body", "state", "attempts", "next_at"];
  assert.deepEqual(
    shapeOf(disclosure),
    Object.fromEntries([
      ...readable("subjects", "id", "created_at", "erased_at"),
      ...readable("grants", "id", "collection_id", "subject_id", "notice_id", "state", "uses"),
      ...readable("grants", "granted_at", "expires_at", "ended_at", "gallery_version"),
      ...readable("consents", "id", "grant_id", "notice_id", "evidence_kind", "by_guardian"),
      ...readable("consents", "uses", "given_at", "receipt_hash"),
      ...readable("certificates", "id", "subject_id", "jws", "made_at"),
      ...readable("webhook_messages", ...message, "created_at"),
    ]),
  );
  assert.deepEqual(
    tables.map(({ table, rows }) => [table, rows.length]),
    [
      ["subjects", 1],
      ["grants", 1],
      ["consents", 1],
      ["certificates", 1],
      ["webhook_messages", 1],
    ],
  );
  assert.deepEqual(
    named.map(({ kind }) => kind),
    ["subject.erased"],
  );
  assert.ok(JSON.stringify(tables).includes(gala.id));
  const dump = await dumpOf(app.db, database);
  for (const gone of ["Name of p5", "p5@people.example", "too private"]) {
    assert.ok(!dump.includes(gone) && !JSON.stringify(disclosure).includes(gone), gone);
  }
  await assert.rejects(disclose(app, app.recorder, "sub_AAAAAAAAAAAAAAAA" as SubjectId), {
    code: "subject_unknown",
  });
});

onEachDatabase(
  "no row that names a person is left out, in any state of theirs",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const { anna } = await prepare(instance);
    const check = async () => {
      const disclosure = await disclose(app, app.recorder, anna);
      const ids = idsOf(disclosure);
      for (const table of Object.keys(COLUMN_RULES)) {
        const rows = await app.db.write(async ({ write }) =>
          sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(write),
        );
        const naming = rows.rows.filter((row) =>
          Object.values(row).some((value) => ids.some((id) => String(value).includes(id))),
        );
        const told = disclosure.tables.find((one) => one.table === table)?.rows.length ?? 0;
        assert.ok(told >= naming.length, `${table} has ${naming.length} rows, ${told} were told`);
      }
    };
    await check();
    await withdraw(app.db, app.recorder, anna, "all");
    await check();
    await erase(app, app.recorder, anna);
    await check();
  },
);

/** The person's own id and those of what hangs on it. */
function idsOf({ subject, tables }: Disclosure): readonly string[] {
  const own = new Set([
    "grants",
    "consents",
    "templates",
    "sightings",
    "certificates",
    "objections",
  ]);
  const ids = tables
    .filter(({ table }) => own.has(table))
    .flatMap(({ rows }) => rows.map(({ id }) => (id?.kind === "readable" ? String(id.value) : "")));
  return [subject, ...ids.filter((id) => id !== "")];
}
