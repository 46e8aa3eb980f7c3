import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWitnessDoor } from "../src/cli/witness-door.ts";
import {
  addWitness,
  askWitness,
  listWitnesses,
  witnessState,
  removeWitness,
} from "../src/ledger/witness.ts";
import { addCheckpoint, watchLog, witnessKeyOf } from "../src/ledger/witnessing.ts";
import { addSigningKey } from "../src/ledger/signing.ts";
import { fixedClock } from "../src/base/clock.ts";
import { verifyCheckpoint } from "../src/verify/checkpoint.ts";
import { formatVerifierKey, parseNote } from "../src/verify/note.ts";
import { onEachDatabase, type TestDatabase } from "./databases.ts";
import { anyEvents, openLedger, type OpenLedger, record } from "./open-ledger.ts";

const START = 1_800_000_000_000;

/** A ledger and a witness of it, each with a database of its own; and the door of the witness. */
async function openPair(database: TestDatabase) {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "assent-witness-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const clock = fixedClock(START);
  const own = stack.use(await openLedger(database, clock));
  const other = stack.use(await openLedger({ address: join(folder, "assent.sqlite") }, clock));
  const door = stack.use(
    await openWitnessDoor({ ...other, clock }, { host: "127.0.0.1", port: 0 }),
  );
  const closing = stack.move();
  return {
    own,
    other,
    clock,
    url: `http://127.0.0.1:${door.port}`,
    [Symbol.asyncDispose]: async () => closing.disposeAsync(),
  };
}

const witnessKey = async ({ db, vault }: OpenLedger) =>
  formatVerifierKey(await witnessKeyOf(db, vault));

/** Has the one be witnessed by the other. */
async function introduce(own: OpenLedger, other: OpenLedger, url: string): Promise<void> {
  const key = await own.ledger.verifierKey();
  await other.db.write(async (tx) => watchLog(tx, other.recorder.clock, key));
  const witness = { url, key: await witnessKey(other) };
  await own.db.write(async (tx) => addWitness(tx, own.recorder, witness));
}

async function ask({ db, ledger }: OpenLedger): Promise<void> {
  for (const witness of await listWitnesses(db)) await askWitness(db, ledger, witness);
}

onEachDatabase("two instances witness each other over the network", async (database) => {
  await using pair = await openPair(database);
  const { own, other, clock, url } = pair;
  await using back = await openWitnessDoor({ ...own, clock }, { host: "127.0.0.1", port: 0 });
  await introduce(own, other, url);
  await introduce(other, own, `http://127.0.0.1:${back.port}`);
  for (const [one, witness] of [
    [own, other],
    [other, own],
  ] as const) {
    assert.equal((await witnessState(one.db)).state, "UNWITNESSED");
    for (const count of [1, 3, 300]) {
      await record(one, ...anyEvents(count));
      await ask(one);
      const state = await witnessState(one.db);
      assert.deepEqual([state.state, state.waiting], ["WITNESSED", false]);
      const note = await one.ledger.checkpoint();
      const keys = [await one.ledger.verifierKey(), await witnessKey(witness)];
      const { signatures, size } = await verifyCheckpoint(note, keys);
      assert.deepEqual(
        signatures.map(({ time }) => time),
        [null, START / 1000],
      );
      assert.equal(state.witnesses[0]?.cosignedSize, size);
    }
  }
});

onEachDatabase(
  "a newer checkpoint is UNWITNESSED until the witness has seen it",
  async (database) => {
    await using pair = await openPair(database);
    const { own, other, clock, url } = pair;
    await introduce(own, other, url);
    await ask(own);
    assert.equal((await witnessState(own.db)).state, "WITNESSED");
    await record(own, ...anyEvents(1));
    assert.equal((await witnessState(own.db)).waiting, true);
    await own.ledger.sequence();
    const state = await witnessState(own.db);
    assert.deepEqual([state.state, state.witnesses[0]?.at], ["UNWITNESSED", null]);
    await ask(own);
    clock.move(60_000);
    await ask(own);
    const again = await witnessState(own.db);
    assert.deepEqual([again.state, again.witnesses[0]?.at], ["WITNESSED", START / 1000 + 60]);
    const lines = parseNote(await own.ledger.checkpoint()).signatures.length;
    assert.equal(lines, 2, "asked again, the new cosignature takes the place of the old");
  },
);

onEachDatabase(
  "a forged cosignature in the stored note does not make it witnessed",
  async (database) => {
    await using pair = await openPair(database);
    const { own, other, url } = pair;
    await introduce(own, other, url);
    await ask(own);
    await record(own, ...anyEvents(1));
    const note = await own.ledger.checkpoint();
    const rows = await own.db.read
      .selectFrom("checkpoints")
      .select("note")
      .orderBy("size")
      .execute();
    const line = rows
      .map((row) => row.note.split("\n").at(-2))
      .find((text) => text?.includes("/witness "));
    assert.ok(line);
    await own.db.write(async (tx) =>
      tx.write
        .updateTable("checkpoints")
        .set({ note: `${note}${line}\n` })
        .where("note", "=", note)
        .execute(),
    );
    assert.equal((await witnessState(own.db)).state, "UNWITNESSED");
  },
);

onEachDatabase(
  "a witness refuses a fork, a truncation, and what is not signed",
  async (database) => {
    await using pair = await openPair(database);
    const { own, other, clock } = pair;
    const key = await own.ledger.verifierKey();
    const deps = { ...other, clock };
    const send = async (old: number, hashes: readonly string[], note: string) =>
      addCheckpoint(deps, [`old ${old}`, ...hashes, "", note].join("\n"));
    await record(own, ...anyEvents(5));
    const five = await own.ledger.checkpoint();
    assert.equal((await send(0, [], five)).status, 404, "nobody has asked to watch it");
    await other.db.write(async (tx) => watchLog(tx, clock, key));
    const { hashes } = await own.ledger.consistency(2, 5);
    assert.equal((await send(0, hashes, five)).status, 422, "a proof where none belongs");
    assert.equal((await send(6, [], five)).status, 400);
    assert.equal((await send(0, [], five)).status, 200);
    const conflict = await send(0, [], five);
    assert.deepEqual(conflict, { status: 409, type: "text/x.tlog.size", body: "5\n" });
    assert.equal((await send(5, [], five)).status, 200, "the same once more");
    const origin = await own.ledger.origin();
    const unsigned = five.replace(/^— .*\n/mu, "— someone.example/log AAAAAAA=\n");
    assert.equal((await send(5, [], unsigned)).status, 403);
    const signature = five.split("\n").at(-2) ?? "";
    assert.equal((await send(5, [], five.replace("\n5\n", "\n6\n"))).status, 403, signature);
    await record(own, ...anyEvents(4));
    const nine = await own.ledger.checkpoint();
    const proof = await own.ledger.consistency(5, 9);
    assert.equal((await send(5, proof.hashes.slice(1), nine)).status, 422);
    assert.equal((await send(5, [], nine)).status, 422);
    assert.equal((await send(5, proof.hashes, nine)).status, 200);
    assert.equal((await send(5, proof.hashes, nine)).status, 409);
    assert.equal((await send(9, [], five)).status, 400, "never a smaller tree after a larger");
    for (const body of ["", "old 1", "old 01\n\n", "old -1\n\n", `old 9\nxx\n\n${nine}`, nine]) {
      assert.equal((await addCheckpoint(deps, body)).status, 400, body);
    }
    const tooMany = Array.from({ length: 64 }, () => proof.hashes[0]!);
    assert.equal((await send(9, tooMany, nine)).status, 400);
    assert.equal((await addCheckpoint(deps, "x".repeat(200_000))).status, 400);
    // A second tree under the same name and key, as a copy that went another way would have.
    await using fork = await openFork(own);
    await record(fork, ...anyEvents(9));
    const forked = await fork.ledger.checkpoint();
    assert.equal(await fork.ledger.origin(), origin);
    assert.equal((await send(9, [], forked)).status, 422);
    await record(fork, ...anyEvents(3));
    const grown = await fork.ledger.checkpoint();
    const { hashes: path } = await fork.ledger.consistency(9, 12);
    assert.equal((await send(9, path, grown)).status, 422);
  },
);

/** An empty ledger with the name and key of another. */
async function openFork(own: OpenLedger): Promise<OpenLedger> {
  const folder = mkdtempSync(join(tmpdir(), "assent-fork-"));
  const fork = await openLedger({ address: join(folder, "assent.sqlite") });
  const instance = await own.db.read
    .selectFrom("settings")
    .selectAll()
    .where("name", "=", "instance")
    .executeTakeFirstOrThrow();
  const owner = { kind: "instance", id: "signing" } as const;
  const query = own.db.read.selectFrom("signing_keys").selectAll().where("purpose", "=", "ledger");
  const key = await query.executeTakeFirstOrThrow();
  const context = ["signing key", key.id];
  const plain = await own.vault.unseal(own.db, owner, key.sealed_private_key, context);
  const sealed_private_key = await fork.vault.seal(fork.db, owner, plain, context);
  await fork.db.write(async (tx) => {
    await tx.write
      .updateTable("settings")
      .set({ value: instance.value })
      .where("name", "=", "instance")
      .execute();
    await tx.write.deleteFrom("signing_keys").where("purpose", "=", "ledger").execute();
    await tx.write
      .insertInto("signing_keys")
      .values({ ...key, sealed_private_key })
      .execute();
  });
  return {
    ...fork,
    [Symbol.asyncDispose]: async () => {
      await fork[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

onEachDatabase("of requests that race, a witness cosigns one history", async (database) => {
  await using pair = await openPair(database);
  const { own, clock } = pair;
  const key = await own.ledger.verifierKey();
  // The witness is the one on the database under test: there, transactions may run at once.
  await own.db.write(async (tx) => watchLog(tx, clock, key));
  await record(own, ...anyEvents(4));
  const note = await own.ledger.checkpoint();
  await using fork = await openFork(own);
  await record(fork, ...anyEvents(4));
  const forked = await fork.ledger.checkpoint();
  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, round) =>
      addCheckpoint({ ...own, clock }, `old 0\n\n${round % 2 === 0 ? note : forked}`),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 1);
  assert.equal(statuses.filter((status) => status === 409).length, 7);
});

onEachDatabase("a ledger that lost entries learns it from its witness", async (database) => {
  await using pair = await openPair(database);
  const { own, other, url } = pair;
  await introduce(own, other, url);
  await record(own, ...anyEvents(20));
  await ask(own);
  await using fork = await openFork(own);
  await record(fork, ...anyEvents(3));
  const [witness] = await listWitnesses(own.db);
  await assert.rejects(askWitness(fork.db, fork.ledger, { ...witness!, cosignedSize: 0 }), {
    code: "witness_ahead",
  });
  await record(fork, ...anyEvents(30));
  await assert.rejects(askWitness(fork.db, fork.ledger, { ...witness!, cosignedSize: 0 }), {
    code: "witness_refused",
  });
});

onEachDatabase(
  "a witness that does not know what it cosigned is told from the start",
  async (database) => {
    await using pair = await openPair(database);
    const { own, other, url } = pair;
    await introduce(own, other, url);
    await ask(own);
    await own.db.write(async (tx) =>
      tx.write.updateTable("witnesses").set({ cosigned_size: 0 }).execute(),
    );
    await record(own, ...anyEvents(10));
    await ask(own);
    assert.equal((await witnessState(own.db)).state, "WITNESSED");
  },
);

onEachDatabase(
  "a ledger's new key is taken by its witness, which goes on from there",
  async (database) => {
    await using pair = await openPair(database);
    const { own, other, clock, url } = pair;
    await introduce(own, other, url);
    await ask(own);
    await own.db.write(async (tx) => addSigningKey(tx, own.vault, clock, "ledger"));
    await record(own, ...anyEvents(2));
    await assert.rejects(ask(own), { code: "witness_refused" });
    const key = await own.ledger.verifierKey();
    await other.db.write(async (tx) => watchLog(tx, clock, key));
    await ask(own);
    assert.equal((await witnessState(own.db)).state, "WITNESSED");
  },
);

onEachDatabase(
  "an answer that is no cosignature is refused, and so is a silent witness",
  async (database) => {
    await using pair = await openPair(database);
    const { own, other, url } = pair;
    await introduce(own, other, url);
    const [witness] = await listWitnesses(own.db);
    const note = await own.ledger.checkpoint();
    const line = note.split("\n").at(-2) ?? "";
    for (const [status, body] of [
      [200, ""],
      [200, `${line}\n`],
      [200, `— ${witness!.key.name} ${Buffer.alloc(76, 1).toString("base64")}\n`],
      [200, "x".repeat(100_000)],
      [409, "many\n"],
      [409, "0\n"],
      [500, ""],
      [302, ""],
    ] as const) {
      const server = createServer((_, response) => {
        response.writeHead(status, { location: url }).end(body);
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const asked = askWitness(own.db, own.ledger, {
        ...witness!,
        url: `http://127.0.0.1:${port}`,
      });
      const code = status === 302 ? "witness_unreachable" : "witness_refused";
      await assert.rejects(asked, { code }, `${status} ${body.slice(0, 20)}`);
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
      const gone = askWitness(own.db, own.ledger, { ...witness!, url: `http://127.0.0.1:${port}` });
      await assert.rejects(gone, { code: "witness_unreachable" });
    }
    assert.equal((await witnessState(own.db)).state, "UNWITNESSED");
  },
);

onEachDatabase(
  "the door answers one request only, and reads none without a bound",
  async (database) => {
    await using pair = await openPair(database);
    assert.equal((await fetch(`${pair.url}/`)).status, 404);
    assert.equal((await fetch(`${pair.url}/add-checkpoint`)).status, 405);
    const long = { method: "POST", body: "x".repeat(3_000_000) };
    const status = await fetch(`${pair.url}/add-checkpoint`, long).then(
      (answer) => answer.status,
      () => "cut off",
    );
    assert.ok(status === 413 || status === "cut off");
  },
);

onEachDatabase(
  "a witness is added once, with an address and a key of its kind",
  async (database) => {
    await using pair = await openPair(database);
    const { own, other, url } = pair;
    await introduce(own, other, url);
    const add = async (witness: { url: string; key: string }) =>
      own.db.write(async (tx) => addWitness(tx, own.recorder, witness));
    const key = await witnessKey(other);
    await assert.rejects(add({ url, key }), { code: "witness_known" });
    await assert.rejects(add({ url: "ftp://x.example", key }), { code: "format_invalid" });
    await assert.rejects(add({ url: "https://x.example", key: await own.ledger.verifierKey() }), {
      code: "format_invalid",
    });
    const watched = other.db.write(async (tx) => watchLog(tx, other.recorder.clock, key));
    await assert.rejects(watched, { code: "format_invalid" });
    const [entry] = await own.ledger.operatorEntries({ limit: 1 });
    assert.equal(entry?.opening?.event["kind"], "witness.added");
    const [witness] = await listWitnesses(own.db);
    assert.ok(witness);
    const remove = async () =>
      own.db.write(async (tx) => removeWitness(tx, own.recorder, witness.id));
    await remove();
    await assert.rejects(remove(), { code: "witness_unknown" });
    const [removal] = await own.ledger.operatorEntries({ limit: 1 });
    assert.equal(removal?.opening?.event["kind"], "witness.removed");
    // Whoever was removed may come back.
    await add({ url, key });
  },
);
