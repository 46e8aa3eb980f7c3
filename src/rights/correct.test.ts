import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { enrolPerson, makeCollection, openInstance, searchFor } from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { receiptsOf } from "../consent/receipts.ts";
import { findSubject, readSubject } from "../subjects/subjects.ts";
import { pause } from "./consent-changes.ts";
import { correct } from "./correct.ts";
import { erase } from "./erase.ts";

onEachDatabase("R12 a person's name and contact are corrected", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const gala = await makeCollection(app);
  const anna = await enrolPerson(app, gala, "anna");
  await enrolPerson(app, gala, "bert");
  const receipts = await receiptsOf(app.db, app.vault, anna);
  // The right hangs on no consent.
  await pause(app.db, app.recorder, anna, "all");
  await correct(app.db, app.recorder, anna, { name: "  Anna B. " });
  await correct(app.db, app.recorder, anna, { contact: "anna.b@people.example" });
  assert.deepEqual(await readSubject(app.db, app.vault, anna), {
    id: anna,
    name: "Anna B.",
    contact: "anna.b@people.example",
  });
  assert.equal(await findSubject(app.db, app.vault, "anna b."), anna);
  assert.equal(await findSubject(app.db, app.vault, "anna.b@people.example"), anna);
  const gone = { code: "subject_unknown" };
  await assert.rejects(findSubject(app.db, app.vault, "Name of anna"), gone);
  await assert.rejects(findSubject(app.db, app.vault, "anna@people.example"), gone);
  assert.deepEqual(await receiptsOf(app.db, app.vault, anna), receipts, "what was signed stays");
  const events = await eventsOf(app, "record.corrected");
  assert.deepEqual(
    events.map(({ subject, event }) => [subject, event["fields"]]),
    [
      [anna, ["name"]],
      [anna, ["contact"]],
    ],
  );
  assert.ok(!JSON.stringify(events).includes("Anna"), "the ledger does not say to what");
});

onEachDatabase(
  "R12 a correction that can't be is refused, and changes nothing",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const gala = await makeCollection(app);
    const anna = await enrolPerson(app, gala, "anna");
    const before = await readSubject(app.db, app.vault, anna);
    await enrolPerson(app, gala, "bert");
    const bert = { name: "NAME of bert", contact: "Bert@people.example" };
    const refused = [
      [{}, "nothing_to_correct"],
      [{ name: " " }, "subject_name_invalid"],
      [{ contact: "nowhere" }, "subject_contact_invalid"],
      [bert, "subject_known"],
    ] as const;
    for (const [to, code] of refused) {
      await assert.rejects(correct(app.db, app.recorder, anna, to), { code });
    }
    assert.deepEqual(await readSubject(app.db, app.vault, anna), before);
    assert.deepEqual(await eventsOf(app, "record.corrected"), []);
    await erase(app, app.recorder, anna);
    const again = correct(app.db, app.recorder, anna, { name: "Anna" });
    await assert.rejects(again, { code: "subject_erased" });
  },
);

onEachDatabase(
  "R12 after a correction the same person is found, and enrols again",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const gala = await makeCollection(app);
    const anna = await enrolPerson(app, gala, "anna");
    await correct(app.db, app.recorder, anna, { name: "Anna B." });
    assert.equal(await enrolPerson(app, gala, "anna", { name: "Anna B." }), anna);
    const { faces } = await searchFor(app, gala, ["anna"]);
    assert.equal(faces[0]?.kind === "match" && faces[0].subject, anna);
  },
);
