import assert from "node:assert/strict";
import { withEachDatabase } from "../../test/databases.ts";
import type { Reader } from "./db.ts";
import { prepared } from "./prepared.ts";
import { type SettingName, writeSetting } from "./settings.ts";

interface Asked {
  readonly name: SettingName;
  readonly not: string | null;
  readonly most: number;
}

withEachDatabase("a question built once is answered by what is given each time", async (db) => {
  await db.write(async (tx) => {
    await writeSetting(tx, "pack", "one");
    await writeSetting(tx, "scrub", "two");
  });
  let built = 0;
  const build = (read: Reader["read"], { name, not, most }: Asked) => {
    built += 1;
    return read
      .selectFrom("settings")
      .select((select) => ["value", select.val("fixed").as("fixed")])
      .where("name", "=", name)
      .where("value", "<>", not)
      .limit(most);
  };
  const ask = prepared(build);
  const cases: readonly Asked[] = [
    { name: "pack", not: "", most: 5 },
    { name: "scrub", not: "", most: 5 },
    { name: "scrub", not: "two", most: 5 },
    { name: "pack", not: "", most: 0 },
    { name: "restore", not: "", most: 5 },
    { name: "pack", not: null, most: 5 },
  ];
  const answers = [];
  for (const given of cases) {
    const anew = await build(db.read, given).execute();
    assert.deepEqual(await ask(db, given), anew);
    // In a transaction, whose statements are its own.
    assert.deepEqual(await db.write(async (tx) => ask(tx, given)), anew);
    answers.push(anew.map(({ value, fixed }) => `${value} ${fixed}`).join(","));
  }
  assert.deepEqual(answers, ["one fixed", "two fixed", "", "", "", ""]);
  assert.equal(built, cases.length + 1);
});

withEachDatabase("what is asked in a transaction is what it has written", async (db) => {
  const ask = prepared((read, { name }: Pick<Asked, "name">) =>
    read.selectFrom("settings").select("value").where("name", "=", name),
  );
  await db.write(async (tx) => {
    await writeSetting(tx, "pack", "inside");
    assert.equal((await ask(tx, { name: "pack" }))[0]?.value, "inside");
  });
  const seen = await db.snapshot(async (reader) => ask(reader, { name: "pack" }));
  assert.equal(seen[0]?.value, "inside");
});

withEachDatabase("a question that depends on a value is a bug", async (db) => {
  const ask = prepared((read, { most }: Pick<Asked, "most">) =>
    read
      .selectFrom("settings")
      .select("value")
      .limit(most > 3 ? 3 : most),
  );
  await assert.rejects(ask(db, { most: 4 }), /can't depend on a value/u);
});
