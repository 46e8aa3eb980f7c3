import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { onEachDatabase } from "../../test/databases.ts";
import { anyEvents, openLedger, record } from "../../test/open-ledger.ts";
import { keepSequencing } from "./keep-sequencing.ts";

onEachDatabase("a process that runs on signs what is appended meanwhile", async (database) => {
  await using open = await openLedger(database);
  const stop = new AbortController();
  const turns = new EventTarget();
  const sequence = async () => {
    const count = await open.ledger.sequence();
    if (count > 0) turns.dispatchEvent(new Event("sequenced"));
    return count;
  };
  const running = keepSequencing({ sequence }, { signal: stop.signal, everyMs: 1 });
  for (let round = 0; round < 3; round += 1) {
    const sequenced = once(turns, "sequenced");
    await record(open, ...anyEvents(2));
    await sequenced;
  }
  stop.abort();
  await running;
  const rows = await open.db.read.selectFrom("checkpoints").select("size").execute();
  assert.equal(Math.max(...rows.map(({ size }) => size)), 6);
});

test("a failure is told, and the next turn tries again", async () => {
  const stop = new AbortController();
  const told: unknown[] = [];
  let turns = 0;
  const sequence = async () => {
    turns += 1;
    if (turns === 3) stop.abort();
    if (turns === 1) throw new Error("busy");
    return 0;
  };
  await keepSequencing(
    { sequence },
    { signal: stop.signal, everyMs: 1, onError: (error) => told.push(error) },
  );
  assert.equal(turns, 3);
  assert.deepEqual(
    told.map((error) => String(error)),
    ["Error: busy"],
  );
});
