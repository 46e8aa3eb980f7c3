import assert from "node:assert/strict";
import type { App } from "../app.ts";
import { readSetting, writeSetting } from "../storage/settings.ts";
import { onEachDatabase } from "../../test/databases.ts";
import { instanceConfig, openInstance } from "../../test/instance.ts";
import { startScript } from "../../test/script.ts";
import { once } from "./idempotency.ts";

const WRITE = { principal: "somebody", hash: "a hash", forget: false };

/** Does the write with a key here, and tells whether the work was done in this process. */
async function send({ db, vault, clock }: App, key: string) {
  let done = 0;
  const answer = await once({ db, vault, clock }, { ...WRITE, key }, async (own) => {
    done += 1;
    await own.write(async (tx) => writeSetting(tx, "pack", key));
    return { status: 201, body: JSON.stringify(key) };
  });
  return { answer, done };
}

onEachDatabase(
  "a write whose process is killed is done once, at once or never",
  async (database) => {
    const config = await instanceConfig(database);
    await using instance = await openInstance(database, { config });
    const { app } = instance;
    for (const [key, when] of [
      ["before", "own.kind === 'none'"],
      ["after", "true"],
    ] as const) {
      await using script = startScript(
        `
      import { openInstance } from "./test/instance.ts";
      import { once } from "./src/http/idempotency.ts";
      import { writeSetting } from "./src/storage/settings.ts";
      const { app } = await openInstance(database, { config });
      await once(app, { ...write, key }, async (own) => {
        if (${when}) await own.write(async (tx) => writeSetting(tx, "pack", "killed"));
        process.kill(process.pid, "SIGKILL");
      });
    `,
        { database, config, key, write: WRITE },
      );
      await assert.rejects(script.line("never"), /ended without/u);
      assert.equal(script.child.signalCode, "SIGKILL", script.complained());
      if (key === "before") {
        assert.deepEqual(await send(app, key), {
          answer: { status: 201, body: '"before"' },
          done: 1,
        });
        assert.equal((await send(app, key)).done, 0);
      } else {
        await assert.rejects(send(app, key), { code: "idempotency_forgotten" });
        assert.equal(await readSetting(app.db, "pack"), "killed");
      }
    }
  },
);
