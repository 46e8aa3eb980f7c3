import { configFor, openApp } from "../src/app.ts";
import { fakeEngine } from "./fake-engine.ts";

// Makes the deliveries of an instance in a folder that are asked for, until it is killed.

const [folder = ""] = process.argv.slice(2);
await using app = await openApp(
  { ...configFor(folder), workers: 1, account: "staff" },
  { openEngine: async () => fakeEngine() },
);
process.stdout.write("open\n");
await app.runner.drain();
