/**
 * A service that is killed: serves the instance of its only argument (JSON) on a given port, with
 * the engine that knows the truth, and says when it listens.
 */
import { Writable } from "node:stream";
import { type Config, openApp } from "../src/app.ts";
import { openLog } from "../src/http/log.ts";
import { openService } from "../src/http/service.ts";
import { settingsFor } from "../src/http/settings.ts";
import { fakeEngine } from "./fake-engine.ts";

export interface ServerTask {
  readonly config: Config;
  readonly port: number;
}

const task = JSON.parse(process.argv[2] ?? "") as ServerTask;
const many = 1_000_000;
const settings = {
  ...settingsFor(1),
  port: task.port,
  rates: { address: many, account: many, collection: many },
};
const app = await openApp(task.config, { openEngine: async () => fakeEngine() });
// What it logs as failed goes to whoever runs the test.
const to = new Writable({
  write: (chunk: Buffer, _, done) => {
    if (chunk.includes('"level":50')) process.stderr.write(chunk);
    done();
  },
});
await openService(app, settings, { log: openLog("info", to), mail: null });
process.stdout.write("listening\n");
