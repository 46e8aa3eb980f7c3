import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "../client/assent.ts";
import { cookieSession } from "../client/badge.ts";
import { each } from "../client/each.ts";
import { followJob } from "../client/follow.ts";
import { openService } from "../src/http/service.ts";
import { openLog } from "../src/http/log.ts";
import { settingsFor } from "../src/http/settings.ts";
import { runAssent } from "./command.ts";
import { onSqlite } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection } from "./instance.ts";
import { startService } from "./served.ts";
import { openTestService, signInAs } from "./service.ts";

/** A service needs a few seconds to start, and more on a machine that is busy. */
const PATIENCE = { totalMs: 120_000, longestMs: 500 };

test("what is asked while the service lies killed is done when it is back, and done once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  try {
    const data = join(folder, "data");
    const made = await runAssent(data, ["init", "--pack", "bundled"]);
    assert.equal(made.exit, 0, made.err);
    let service = await startService(data);
    const address = service.origin;
    try {
      const assent = connect({ address, as: cookieSession(), patience: PATIENCE });
      const token = service.link?.split("#")[1] ?? "";
      await assent.claimInstance({ token, name: "Olga", email: "olga@club.example" });
      const answered: string[] = [];
      for (const round of [1, 2]) {
        await service.kill();
        const asked = ["a", "b", "c"].map(async (name) =>
          assent.createCollection({
            name: `${name}${round}`,
            purpose: "give the guests their pictures",
            notice: "We look for your face in the photos of the gala.",
            contact: "office@club.example",
            retentionDays: 365,
            ageFloor: 16,
          }),
        );
        service = await startService(data, new URL(address).port);
        for (const { id } of await Promise.all(asked)) answered.push(id);
      }
      const kept: string[] = [];
      for await (const { id } of each(assent.listCollections, { limit: 2 })) kept.push(id);
      assert.equal(kept.length, 6);
      assert.deepEqual(new Set(kept), new Set(answered));
    } finally {
      await service[Symbol.asyncDispose]();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

onSqlite("a job is watched through a restart of the service", async (database) => {
  let gate = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  let holding = false;
  const hooks = { before: async () => (holding ? gate.promise : undefined) };
  await using tested = await openTestService(database, { instance: { hooks } });
  const { app } = tested.instance;
  const { origin } = tested.service;
  const collection = await makeCollection(app);
  await importPhotos(tested.instance, collection, { "a.jpg": fakePhoto(["anna"]) });
  await enrolPerson(app, collection, "anna");
  holding = true;
  const { cookie = null } = await signInAs(tested, "owner");
  const as = cookieSession(cookie);
  const assent = connect({ address: origin, as, patience: { ...PATIENCE, firstMs: 20 } });
  const watched = (async () => {
    const states: string[] = [];
    const [job] = (await assent.listJobs()).items;
    assert.ok(job);
    for await (const { state } of followJob(assent, job.id)) {
      states.push(state);
      if (state !== "queued") begin();
    }
    return states;
  })();
  // If it can't be watched at all, that is told, and nobody waits for its beginning.
  await Promise.race([begun, watched]);
  // A service that is stopped waits for the job it has begun, if it has: that must not wait for us.
  const stopped = tested.service[Symbol.asyncDispose]();
  gate.resolve();
  gate = Promise.withResolvers<void>();
  await stopped;
  const asked = assent.listJobs();
  const settings = { ...settingsFor(1), port: Number(new URL(origin).port) };
  await using again = await openService(app, settings, { log: openLog("silent"), mail: null });
  // Whatever fails from here on, this one can end too.
  using _ = { [Symbol.dispose]: () => gate.resolve() };
  assert.equal(again.origin, origin);
  assert.equal((await asked).items.length, 1);
  gate.resolve();
  assert.equal((await watched).at(-1), "done");
});
