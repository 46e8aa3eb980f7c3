import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { readServiceSettings } from "../src/cli/serve.ts";
import { takeSettings } from "../src/cli/settings-file.ts";
import { ASSENT, plainEnvironment, runAssent } from "./command.ts";

/** What is secret here, and must be in no line that is printed. */
const SECRETS = ["s3cret-of-mail", "t0ken-of-metrics"];

test("serves, says where and who may begin, keeps its secrets, and ends in order", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(root, { recursive: true, force: true }));
  const data = join(root, "data");
  assert.equal((await runAssent(data, ["init", "--pack", "bundled"])).exit, 0);
  const file = join(root, "settings.json");
  await writeFile(
    file,
    JSON.stringify({
      ASSENT_PORT: 0,
      ASSENT_METRICS_TOKEN: SECRETS[1],
      ASSENT_SMTP_URL: `smtp://user:${SECRETS[0]}@127.0.0.1:1`,
      ASSENT_MAIL_FROM: "office@club.example",
    }),
  );
  const child = spawn(ASSENT, ["serve", "--config", file], {
    env: plainEnvironment({ ASSENT_DATA: data }),
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
  const lines: string[] = [];
  const listening = Promise.withResolvers<string>();
  const link = Promise.withResolvers<string>();
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    const [, origin] = /^Listening: (\S+)$/u.exec(line) ?? [];
    if (origin !== undefined) listening.resolve(origin);
    const [, first] = /^ {2}(\S+\/start#[\w-]{43})$/u.exec(line) ?? [];
    if (first !== undefined) link.resolve(first);
  });
  const origin = await listening.promise;
  assert.match(origin, /^http:\/\/localhost:\d+$/u);
  assert.ok((await link.promise).startsWith(`${origin}/start#`));
  const ready = await fetch(`${origin}/readyz`);
  assert.equal(ready.status, 200);
  const numbers = await fetch(`${origin}/metrics`);
  assert.equal(numbers.status, 401);
  const headers = { authorization: `Bearer ${SECRETS[1]}` };
  assert.equal((await fetch(`${origin}/metrics`, { headers })).status, 200);
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
  const printed = lines.join("\n");
  assert.match(printed, /^Mail: +127\.0\.0\.1:1$/mu);
  for (const secret of SECRETS) assert.ok(!printed.includes(secret));
});

test("settings that can't be are refused with what they take", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(root, { recursive: true, force: true }));
  const refused = async (args: readonly string[], environment: Record<string, string> = {}) => {
    const { exit, err } = await runAssent(join(root, "none"), ["serve", ...args], environment);
    assert.equal(exit, 2);
    return err;
  };
  assert.match(await refused(["--port", "70000"]), /--port takes/u);
  assert.match(await refused(["--config", join(root, "none.json")]), /--config can't be read/u);
  const file = join(root, "wrong.json");
  await writeFile(file, '{"port": 4400}');
  assert.match(await refused(["--config", file]), /JSON object like/u);
  await writeFile(file, '{"ASSENT_ORIGN": "https://photos.club.example"}');
  assert.match(await refused(["--config", file]), /no setting ASSENT_ORIGN/u);
  for (const ASSENT_PROXIES of ["the proxy", "10.0.0.0/99", "127.0.0.1,x"]) {
    assert.match(await refused([], { ASSENT_PROXIES }), /ASSENT_PROXIES takes/u);
  }
  const plain = { ASSENT_ORIGIN: "http://photos.club.example" };
  assert.match(await refused([], plain), /goes without https/u);
});

test("a file may hold every setting that the documentation lists", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(root, { recursive: true, force: true }));
  const text = await readFile(join(import.meta.dirname, "../docs/operations.md"), "utf8");
  const [, table = ""] = /## Settings\n([\s\S]*?)\n## /u.exec(text) ?? [];
  const names = [...table.matchAll(/`(ASSENT_[A-Z_]+)(?:=1)?` \|/gu)].map(([, name = ""]) => name);
  assert.ok(names.length > 15);
  const file = join(root, "settings.json");
  const wanted = Object.fromEntries(names.map((name) => [name, "1"]));
  await writeFile(file, JSON.stringify(wanted));
  const environment: Record<string, string | undefined> = {};
  await takeSettings(file, environment);
  assert.deepEqual(environment, wanted);
});

test("an address that is taken, or not this machine's, is said to be so", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(root, { recursive: true, force: true }));
  const data = join(root, "data");
  assert.equal((await runAssent(data, ["init", "--pack", "bundled"])).exit, 0);
  await using taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const twice = await runAssent(data, ["serve", "--port", String(port)]);
  assert.equal(twice.exit, 1);
  assert.match(twice.err, /^system \(EADDRINUSE\): .*--port/mu);
  const elsewhere = await runAssent(data, ["serve", "--port", "0", "--host", "192.0.2.1"]);
  assert.equal(elsewhere.exit, 1);
  assert.match(elsewhere.err, /^system \(EADDRNOTAVAIL\): .*--host/mu);
});

test("a second service of a folder is refused, and another follows one that was killed", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "assent-test-"));
  t.after(async () => rm(root, { recursive: true, force: true }));
  const data = join(root, "data");
  assert.equal((await runAssent(data, ["init", "--pack", "bundled"])).exit, 0);
  for (let round = 0; round < 2; round += 1) {
    const first = spawn(ASSENT, ["serve", "--port", "0"], {
      env: plainEnvironment({ ASSENT_DATA: data }),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(first, "close");
    t.after(() => first.kill("SIGKILL"));
    for await (const line of createInterface(first.stdout)) {
      if (line.startsWith("Listening: ")) break;
    }
    const second = await runAssent(data, ["serve", "--port", "0"]);
    assert.equal(second.exit, 1);
    assert.match(second.err, /^service_running: .* --data folder of its own/mu);
    assert.equal((await runAssent(data, ["jobs"])).exit, 0, "other commands work beside it");
    const held = (await readdir(data)).filter((name) => name.startsWith("service"));
    assert.deepEqual(held, ["service.lock"], "the file that the documentation lists, and no other");
    first.kill("SIGKILL");
    await ended;
  }
});

test("a token of numbers that is set to nothing is none", () => {
  const tokenOf = (environment: Record<string, string>): string | null =>
    readServiceSettings({}, environment, 1).metricsToken;
  assert.equal(tokenOf({ ASSENT_METRICS_TOKEN: "" }), null);
  assert.equal(tokenOf({}), null);
  assert.equal(tokenOf({ ASSENT_METRICS_TOKEN: "long" }), "long");
});
