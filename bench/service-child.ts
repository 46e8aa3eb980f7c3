import { monitorEventLoopDelay } from "node:perf_hooks";
import { configFor, openApp } from "../src/app.ts";
import type { PackName } from "../src/faces/packs.ts";
import { openLog } from "../src/http/log.ts";
import { openService } from "../src/http/service.ts";
import { settingsFor } from "../src/http/settings.ts";
import { fakeEngine } from "../test/fake-engine.ts";

/**
 * The service as it is, but for the engine: photos are names of faces, whose vectors take no time.
 * What is left is everything beside decoding, detection and embedding.
 */
/** How often it is looked whether the thread that answers is free. */
const DELAY_MS = 5;
const [folder = "", pack = ""] = process.argv.slice(2);
const many = 1_000_000;
await using app = await openApp(
  { ...configFor(folder), workers: 2 },
  { openEngine: async () => fakeEngine(pack as PackName) },
);
const settings = {
  ...settingsFor(2),
  port: 0,
  rates: { address: many, account: many, collection: many },
};
await using service = await openService(app, settings, { log: openLog("silent"), mail: null });
const delay = monitorEventLoopDelay({ resolution: DELAY_MS });
delay.enable();
process.on("SIGUSR2", () => {
  const [p99, max] = [delay.percentile(99), delay.max].map((ns) =>
    (ns / 1e6 - DELAY_MS).toFixed(1),
  );
  console.error(`thread not free for ms, p99 / max since last asked: ${p99} / ${max}`);
  delay.reset();
});
console.log(`Listening: ${service.origin}`);
await new Promise((resolve) => process.once("SIGTERM", resolve));
