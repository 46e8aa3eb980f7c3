import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { openInstance } from "../../test/instance.ts";
import { readOperator, requireOperator, writeOperator } from "./operator.ts";

const operator = {
  name: "The Club",
  address: "1 Street, Town",
  email: "office@club.example",
  country: "NL",
  authority: { name: "The Authority" },
};

onEachDatabase("R9 the operator is set, changed and read", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const set = async (changes: object) =>
    app.db.write(async (tx) => writeOperator(tx, app.recorder, { ...operator, ...changes }));
  assert.equal(await readOperator(app.db), null);
  await assert.rejects(requireOperator(app.db), { code: "operator_unknown" });
  await set({});
  assert.deepEqual(await readOperator(app.db), { ...operator, recipients: [] });
  await set({ name: " A Club ", recipients: ["the printer"] });
  const changed = await requireOperator(app.db);
  assert.deepEqual([changed.name, changed.recipients], ["A Club", ["the printer"]]);
  for (const wrong of [
    { name: "" },
    { email: "office" },
    { country: "Netherlands" },
    { country: "nl" },
    { authority: { name: "" } },
    { url: "javascript:alert(1)" },
    { other: "field" },
  ]) {
    await assert.rejects(set(wrong), { code: "operator_invalid" }, JSON.stringify(wrong));
  }
  assert.deepEqual(await readOperator(app.db), changed);
});
