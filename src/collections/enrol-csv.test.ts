import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePhoto } from "../../test/fake-engine.ts";
import { type Instance, makeCollection, openInstance, today } from "../../test/instance.ts";
import { fixedClock } from "../base/clock.ts";
import { findSubject } from "../subjects/subjects.ts";
import { withdraw } from "../rights/consent-changes.ts";
import { enrolCsv, type RowResult } from "./enrol-csv.ts";

const HEADING = "subject,contact,photo,form,signed_on,witness,keep_photo";

async function writeList(
  { app, folder }: Instance,
  people: readonly string[],
  rows: readonly string[] = people.map(
    (one) => `${one},${one}@people.example,${one}.jpg,form ${one},${today(app)},Staff,no`,
  ),
): Promise<string> {
  for (const one of people) await writeFile(join(folder, `${one}.jpg`), fakePhoto([one]));
  const file = join(folder, "list.csv");
  await writeFile(file, [HEADING, ...rows].join("\n"));
  return file;
}

async function run({ app }: Instance, file: string, collection: Parameters<typeof enrolCsv>[2]) {
  return enrolCsv({ ...app, parallel: 2 }, app.recorder, collection, file);
}

const outcomes = (results: readonly RowResult[]) => results.map(({ outcome }) => outcome);

onEachDatabase("each row has its own result, and a bad one stops nobody", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app);
  const day = today(app);
  const file = await writeList(
    instance,
    ["anna", "bert"],
    [
      `anna,anna@people.example,anna.jpg,form 1,${day},Staff,no`,
      `,nobody@people.example,anna.jpg,form 2,${day},Staff,no`,
      `cleo,cleo@people.example,none.jpg,form 3,${day},Staff,no`,
      `dora,dora@people.example,bert.jpg,form 4,${day},Staff,perhaps`,
      `emil,emil@people.example,bert.jpg,,${day},Staff,no`,
      `bert,bert@people.example,bert.jpg,form 6,${day},Staff,`,
    ],
  );
  const results = await run(instance, file, collection);
  assert.deepEqual(
    results.map(({ line, outcome, reasons }) => [line, outcome, reasons[0]?.code]),
    [
      [2, "enrolled", undefined],
      [3, "refused", "subject_name_invalid"],
      [4, "refused", "missing"],
      [5, "refused", "row_invalid"],
      [6, "refused", "form_missing"],
      [7, "enrolled", undefined],
    ],
  );
  const subjects = await app.db.read.selectFrom("subjects").selectAll().execute();
  assert.equal(subjects.length, 2);
});

onEachDatabase(
  "run again, it enrols only whom it had not, and nobody who withdrew",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    await run(instance, await writeList(instance, ["anna", "bert"]), collection);
    const anna = await findSubject(app.db, app.vault, "anna");
    await withdraw(app.db, app.recorder, anna, "all");
    const file = await writeList(instance, ["anna", "bert", "cleo"]);
    const results = await run(instance, file, collection);
    assert.deepEqual(outcomes(results), ["refused", "already", "enrolled"]);
    assert.equal(results[0]?.reasons[0]?.code, "consent_withdrawn");
  },
);

onEachDatabase("reads what a spreadsheet writes, and refuses what is no list", async (database) => {
  await using instance = await openInstance(database);
  const { app, folder } = instance;
  const collection = await makeCollection(app);
  await writeFile(join(folder, "anna.jpg"), fakePhoto(["anna"]));
  const list = join(folder, "list.csv");
  const row = ["Anna", "anna@people.example", "anna.jpg", "form", today(app), "Staff", "no"];
  const heading = HEADING.toUpperCase().split(",").join(";");
  await writeFile(list, `\u{feff}${heading}\r\n${row.join(";")}\r\n\r\n`);
  assert.deepEqual(outcomes(await run(instance, list, collection)), ["enrolled"]);

  for (const text of [
    "",
    HEADING,
    "subject,contact\nanna,b@c",
    '"unclosed\nquote',
    "\u0000\u0001",
  ]) {
    await writeFile(list, text);
    await assert.rejects(run(instance, list, collection), { code: "csv_invalid" }, text);
  }
  await assert.rejects(run(instance, folder, collection), { code: "csv_invalid" });
  await assert.rejects(run(instance, join(folder, "none"), collection), { code: "csv_invalid" });
});

onEachDatabase("R5 a list may hold dates of birth and guardians", async (database) => {
  await using instance = await openInstance(database, { clock: fixedClock(Date.UTC(2026, 0, 10)) });
  const { app, folder } = instance;
  const collection = await makeCollection(app);
  for (const one of ["anna", "bert", "cleo"]) {
    await writeFile(join(folder, `${one}.jpg`), fakePhoto([one]));
  }
  const file = join(folder, "list.csv");
  const row = (one: string, rest: string) =>
    `${one},${one}@people.example,${one}.jpg,form ${one},2026-01-10,Staff,${rest}`;
  const lines = [
    "subject,contact,photo,form,signed_on,witness,born,guardian,relation,language",
    row("anna", "2010-02-01,Vera,mother,en"),
    row("bert", "2010-02-01,,,"),
    row("cleo", ",,,"),
  ];
  await writeFile(file, lines.join("\n"));
  const results = await run(instance, file, collection);
  assert.deepEqual(outcomes(results), ["enrolled", "refused", "enrolled"]);
  assert.equal(results[1]?.reasons[0]?.code, "guardian_needed");
  const grants = await app.db.read.selectFrom("grants").select("expires_at").execute();
  const ends = grants.map(({ expires_at }) => new Date(expires_at).toISOString().slice(0, 10));
  assert.deepEqual(ends.sort(), ["2026-02-01", "2027-01-10"]);
});
