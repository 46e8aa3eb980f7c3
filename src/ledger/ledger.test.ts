import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { withEachDatabase } from "../../test/databases.ts";
import { eventsOf } from "../../test/ledger.ts";
import { fixedClock } from "../base/clock.ts";
import { newId, type SubjectId } from "../base/ids.ts";
import type { Db } from "../storage/db.ts";
import { Vault } from "../storage/vault.ts";
import { fromBase64Url } from "../verify/base64.ts";
import { commit } from "../verify/commitment.ts";
import { readSubjectEntries } from "./entries.ts";
import { append, appendPadded, eraseEntries, openBody } from "./ledger.ts";

const clock = fixedClock(1_800_000_000_000);

/** What it takes to append, on a test's database. */
async function open(db: Db) {
  const vault = await Vault.open(db, randomBytes(32), clock);
  const recorder = { clock, account: "staff", vault };
  return { db, vault, recorder };
}

async function addSubject(db: Db, vault: Vault): Promise<SubjectId> {
  const id = newId("sub");
  await db.write(async (tx) => {
    const row = { id, sealed_name: Buffer.from("name"), created_at: clock.now() };
    await tx.write.insertInto("subjects").values(row).execute();
    await vault.createAuditKeys(tx, id);
  });
  return id;
}

withEachDatabase("appends in the change's own transaction: both or neither", async (db) => {
  const { vault, recorder } = await open(db);
  const collection = newId("col");
  const failed = db.write(async (tx) => {
    await append(tx, recorder, { kind: "collection.created", collection });
    throw new Error("the change fails");
  });
  await assert.rejects(failed, /the change fails/u);
  assert.deepEqual(await eventsOf({ db, vault }), []);
  await db.write(async (tx) => {
    await append(tx, recorder);
    await append(tx, recorder, { kind: "collection.created", collection });
  });
  assert.equal((await eventsOf({ db, vault })).length, 1);
});

withEachDatabase("an entry says who, when, where and of whom, under a salted leaf", async (db) => {
  const { vault, recorder } = await open(db);
  const anna = await addSubject(db, vault);
  const collection = newId("col");
  const confirmed = { kind: "sighting.confirmed", collection, subject: anna } as const;
  await db.write(async (tx) => append(tx, recorder, confirmed, confirmed));
  const [first, second] = await eventsOf({ db, vault });
  const { id, ...event } = first?.event ?? {};
  assert.equal(id, first?.id);
  assert.deepEqual(event, { ...confirmed, at: clock.now(), account: "staff", number: 1 });
  assert.deepEqual(second?.event["number"], 2);
  const rows = await db.read.selectFrom("entries").selectAll().orderBy("seq").execute();
  const salts = new Set<string>();
  for (const row of rows) {
    assert.equal(row.leaf_index, null, "its place comes later");
    const { id, subject_id, operator_body } = row;
    assert.ok(operator_body);
    const opening = await openBody(db, vault, { id, subject_id, operator_body });
    salts.add(opening.salt);
    const leaf = commit(fromBase64Url(opening.salt)!, opening.event);
    assert.deepEqual(Buffer.from(row.leaf), Buffer.from(leaf));
  }
  assert.equal(salts.size, 2, "each entry has a salt of its own");
  for (const text of [anna, collection, "staff", "sighting"]) {
    const bodies = rows.map(({ leaf, subject_body, operator_body }) =>
      Buffer.concat([leaf, subject_body!, operator_body!]),
    );
    assert.ok(
      bodies.every((body) => !body.includes(text)),
      `${text} is not readable`,
    );
  }
});

withEachDatabase("entries stand in the order of their appending", async (db) => {
  const { vault, recorder } = await open(db);
  const collections = Array.from({ length: 450 }, () => newId("col"));
  const events = collections.map((collection) => {
    return { kind: "collection.created", collection } as const;
  });
  await db.write(async (tx) => append(tx, recorder, ...events.slice(0, 430)));
  for (const event of events.slice(430)) {
    await db.write(async (tx) => append(tx, recorder, event));
  }
  const rows = await eventsOf({ db, vault });
  assert.deepEqual(
    rows.map(({ collection }) => collection),
    collections,
  );
  assert.equal(new Set(rows.map(({ id }) => id)).size, 450);
});

withEachDatabase("a search's leaves show neither whose they are nor how many", async (db) => {
  const { vault, recorder } = await open(db);
  const people = await Promise.all([addSubject(db, vault), addSubject(db, vault)]);
  const told = {
    collection: newId("col"),
    search: newId("sea"),
    purpose: "a test",
    startedAt: 1,
    probe: "",
  };
  const orders = new Set<string>();
  for (let round = 1; round <= 12; round += 1) {
    await db.write(async (tx) =>
      appendPadded(
        tx,
        recorder,
        8,
        { kind: "search.recorded", ...told, faces: 2, returned: 2 },
        ...people.map(
          (subject) => ({ kind: "search.returned", ...told, subject, verdict: "match" }) as const,
        ),
      ),
    );
    const rows = await db.read.selectFrom("entries").selectAll().orderBy("seq").execute();
    assert.equal(rows.length, 8 * round);
    const latest = rows.slice(-8);
    orders.add(latest.map(({ operator_body }) => (operator_body ? "x" : "-")).join(""));
    assert.equal(latest.filter(({ operator_body }) => operator_body).length, 3);
    assert.ok(latest.every(({ leaf }) => leaf.length === 32));
  }
  assert.ok(orders.size > 1, "they are shuffled");
  assert.equal((await eventsOf({ db, vault }, "search.returned")).length, 24);
});

withEachDatabase("a subject's entries are numbered without a gap, whoever appends", async (db) => {
  const { vault, recorder } = await open(db);
  const people = await Promise.all([addSubject(db, vault), addSubject(db, vault)]);
  const collection = newId("col");
  const seen = (subject: SubjectId) =>
    ({ kind: "sighting.confirmed", collection, subject }) as const;
  const [anna, bert] = people;
  // In opposite orders: nobody waits for whom somebody else waits for.
  await Promise.all(
    Array.from({ length: 16 }, async (_, round) => {
      const failing = round % 4 === 3;
      const events = round % 2 === 0 ? [seen(anna), seen(bert)] : [seen(bert), seen(anna)];
      const work = db.write(async (tx) => {
        await append(tx, recorder, ...events);
        if (failing) throw new Error("the change fails");
      });
      await (failing ? assert.rejects(work, /the change fails/u) : work);
    }),
  );
  const rows = await db.read.selectFrom("entries").select(["subject_id", "subject_seq"]).execute();
  for (const subject of people) {
    const numbers = rows.filter((row) => row.subject_id === subject).map((row) => row.subject_seq!);
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      Array.from({ length: 12 }, (_, n) => n + 1),
    );
  }
});

withEachDatabase("nothing is appended about somebody who is erased", async (db) => {
  const { vault, recorder } = await open(db);
  const anna = await addSubject(db, vault);
  const event = { kind: "record.read", collection: null, subject: anna } as const;
  await db.write(async (tx) => append(tx, recorder, event));
  await db.write(async (tx) => eraseEntries(tx, vault, anna));
  await assert.rejects(
    db.write(async (tx) => append(tx, recorder, event)),
    { code: "key_destroyed" },
  );
  assert.deepEqual(await readSubjectEntries(db, vault, anna, "operator"), []);
  const rows = await db.read.selectFrom("entries").selectAll().execute();
  assert.deepEqual(
    rows.map((row) => [row.subject_id, row.subject_seq, row.subject_body, row.operator_body]),
    [[null, null, null, null]],
  );
});
