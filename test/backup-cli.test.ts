import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { configFor, openApp } from "../src/app.ts";
import { enrolPerson, makeCollection } from "./instance.ts";
import { runAssent } from "./command.ts";
import { fakeEngine } from "./fake-engine.ts";

test("R15 erase, certificate, backup, keys roll and restore at the command line", async () => {
  const root = await mkdtemp(join(tmpdir(), "assent-backup-cli-"));
  try {
    const data = join(root, "data");
    const run = async (...args: string[]) => {
      const ended = await runAssent(data, args);
      assert.equal(ended.exit, 0, ended.err);
      return ended.out;
    };
    await run("init", "--pack", "bundled");
    const people = await (async () => {
      const open = { openEngine: async () => fakeEngine("recommended") };
      await using app = await openApp(configFor(data), open);
      const collection = await makeCollection(app);
      return [await enrolPerson(app, collection, "p0"), await enrolPerson(app, collection, "p1")];
    })();
    const [gone = "", here = ""] = people;
    const kept = join(root, "kept");
    assert.match(await run("backup", "--to", kept), /kept\.keys/u);
    assert.equal((await stat(`${kept}.keys`)).mode & 0o777, 0o600);
    const certificate = join(root, "certificate.jws");
    const pdf = join(root, "certificate.pdf");
    await run("erase", "--subject", "Name of p0", "--certificate", certificate, "--pdf", pdf);
    assert.equal((await readFile(pdf)).subarray(0, 5).toString(), "%PDF-");
    const jws = await readFile(certificate, "utf8");
    assert.equal(await run("certificate", "--subject", gone), jws);
    assert.match(await run("keys", "roll"), /Rolled/u);
    const before = await readFile(join(data, "master.key"), "utf8");
    await run("keys", "roll", "--master");
    assert.notEqual(await readFile(join(data, "master.key"), "utf8"), before);

    const dump = (await readdir(kept)).find((name) => /^\d/u.test(name)) ?? "";
    const restore = ["restore", "--from", join(kept, dump), "--keys", `${kept}.keys`];
    const there = await runAssent(data, restore);
    assert.match(there.err, /^instance_not_empty: /u);
    assert.equal(there.exit, 1);
    const into = join(root, "new");
    const without = await runAssent(into, restore);
    assert.match(without.err, /^master_key_missing: /u);
    await mkdir(into, { recursive: true });
    await copyFile(join(data, "master.key"), join(into, "master.key"));
    const restored = await runAssent(into, restore);
    assert.equal(restored.exit, 0, restored.err);
    assert.match(restored.out, /done again: 1 erasure, 1 end of a consent/u);
    const again = await runAssent(into, ["certificate", "--subject", gone]);
    assert.equal(again.out, jws, "the certificate came along");
    assert.match((await runAssent(into, ["status"])).out, /^Restored/mu);
    const other = await runAssent(into, ["erase", "--subject", here]);
    assert.equal(other.exit, 0, other.err);
    assert.match(other.err, /not backed up since/u);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
