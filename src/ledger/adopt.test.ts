import assert from "node:assert/strict";
import { onEachDatabase, type TestDatabase } from "../../test/databases.ts";
import { addSubject, openLedger } from "../../test/open-ledger.ts";
import { eventsOf } from "../../test/ledger.ts";
import type { Instant } from "../base/clock.ts";
import { newId, type SubjectId } from "../base/ids.ts";

/** Rows as an earlier version wrote them: plain, each with its own time and account. */
function earlierRows(people: { readonly alive: SubjectId; readonly erased: SubjectId }) {
  const collection_id = newId("col");
  const row = (at: number, kind: string, subject_id: SubjectId | null, details = {}) => ({
    id: newId("eve"),
    at: at as Instant,
    kind,
    account: at % 2 === 0 ? "staff" : "owner",
    collection_id: kind === "subject.erased" ? null : collection_id,
    subject_id,
    body: JSON.stringify(details),
  });
  return [
    row(1000, "collection.created", null),
    row(1001, "grant.given", people.alive, { grant: "gra_x", evidence: "paper", uses: ["find"] }),
    row(1002, "grant.given", people.erased, { grant: "gra_y", evidence: "paper", uses: ["find"] }),
    row(1003, "sighting.confirmed", people.alive),
    row(1004, "subject.erased", people.erased),
    ...Array.from({ length: 450 }, (_, n) => row(2000 + n, "photo.imported", null, { faces: n })),
  ];
}

async function readPlain(database: TestDatabase) {
  await using open = await openLedger(database);
  return await open.db.read.selectFrom("events").selectAll().execute();
}

onEachDatabase(
  "the record of an earlier version becomes entries, in their order",
  async (database) => {
    const { alive, erased, rows } = await (async () => {
      await using open = await openLedger(database);
      const people = { alive: await addSubject(open), erased: newId("sub") };
      const rows = earlierRows(people);
      await open.db.write(async (tx) => {
        const erased_at = 1004 as Instant;
        const gone = { id: people.erased, created_at: 1000 as Instant, erased_at };
        await tx.write.insertInto("subjects").values(gone).execute();
        for (const row of rows) await tx.write.insertInto("events").values(row).execute();
      });
      return { ...people, rows };
    })();
    assert.deepEqual(await readPlain(database), [], "nothing of it is left in plain text");
    await using open = await openLedger(database);
    const entries = await open.db.read.selectFrom("entries").select("id").orderBy("seq").execute();
    assert.deepEqual(
      entries.map(({ id }) => id),
      rows.map(({ id }) => id),
    );
    const events = new Map((await eventsOf(open)).map((event) => [event.id, event]));
    for (const { id, at, account, kind, collection_id, subject_id } of rows) {
      const event = events.get(id);
      if (kind === "grant.given" && subject_id === erased) {
        assert.equal(event, undefined, "what was of somebody erased opens no more");
        continue;
      }
      assert.deepEqual(
        [event?.at, event?.account, event?.kind, event?.collection],
        [at, account, kind, collection_id],
      );
      if (kind === "subject.erased") assert.equal(event?.event["erased"], erased);
    }
    const own = await open.ledger.entriesOf(alive, "subject");
    assert.deepEqual(
      own.map(({ number, opening }) => [number, opening.event["kind"]]),
      [
        [1, "grant.given"],
        [2, "sighting.confirmed"],
      ],
    );
    assert.deepEqual(own[0]?.opening.event["uses"], ["find"]);
    assert.deepEqual(await open.ledger.check(), { entries: rows.length, opened: rows.length - 1 });
  },
);

onEachDatabase("a search of an earlier version knows its entry", async (database) => {
  const [collection_id, search, id] = [newId("col"), newId("sea"), newId("eve")];
  const at = 1000 as Instant;
  {
    await using open = await openLedger(database);
    await open.db.write(async (tx) => {
      const named = { name: "gala", purpose: "a test", contact: "staff@x.example" };
      const rules = { retention_days: 365, age_floor: 16, pack: "recommended" };
      const collection = { id: collection_id, ...named, ...rules, created_at: at };
      await tx.write.insertInto("collections").values(collection).execute();
      const told = { account: "staff", purpose: "a test", probe_commitment: "", faces: 1 };
      const times = { started_at: at, recorded_at: at, entry_id: null };
      const row = { id: search, collection_id, ...told, ...times };
      await tx.write.insertInto("searches").values(row).execute();
      const body = JSON.stringify({ search, faces: 1, returned: 0 });
      const event = { id, at, kind: "search.recorded", account: "staff", subject_id: null, body };
      await tx.write
        .insertInto("events")
        .values({ ...event, collection_id })
        .execute();
    });
  }
  await using open = await openLedger(database);
  const rows = await open.db.read.selectFrom("searches").select("entry_id").execute();
  assert.deepEqual(
    rows.map(({ entry_id }) => entry_id),
    [id],
  );
  const opened = await open.ledger.opened([id, newId("eve")]);
  assert.deepEqual(
    [...opened.values()].map((entry) => [entry.id, entry.opening.event["search"]]),
    [[id, search]],
  );
});

onEachDatabase("two nodes that find an earlier record take it over once", async (database) => {
  {
    await using open = await openLedger(database);
    const people = { alive: await addSubject(open), erased: newId("sub") };
    await open.db.write(async (tx) => {
      for (const row of earlierRows(people)) {
        await tx.write.insertInto("events").values(row).execute();
      }
    });
  }
  await using stack = new AsyncDisposableStack();
  const opened = await Promise.all([openLedger(database), openLedger(database)]);
  for (const one of opened) stack.use(one);
  assert.equal((await opened[0].ledger.check()).entries, 455);
});
