import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

test("the image runs the Node that the repository pins", () => {
  const { devDependencies } = JSON.parse(read("package.json")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const images = [...read("deploy/Dockerfile").matchAll(/^FROM node:([\d.]+)-/gmu)];
  assert.deepEqual(
    images.map(([, version]) => version),
    [devDependencies["node"], devDependencies["node"]],
  );
});

test("the image copies what there is, and .dockerignore lets it through", () => {
  const copies = [...read("deploy/Dockerfile").matchAll(/^COPY (?!--from)(.+)$/gmu)];
  const sources = copies.flatMap(([, line = ""]) => line.split(/\s+/u).slice(0, -1));
  assert.ok(sources.length >= 5);
  const allowed = new Set(read(".dockerignore").match(/(?<=^!).+$/gmu));
  for (const source of sources) {
    assert.ok(existsSync(join(ROOT, source)), source);
    assert.ok(allowed.has(source), source);
  }
});

test("the container is nobody special and writes to its data alone", () => {
  assert.match(read("deploy/Dockerfile"), /^USER node$/mu);
  const compose = read("deploy/compose.yaml");
  assert.match(compose, /^ {4}read_only: true$/mu);
  assert.match(compose, /^ {4}cap_drop: \[ALL\]$/mu);
  assert.match(compose, /no-new-privileges:true/u);
  // Nothing but a proxy on the same machine reaches it.
  assert.match(compose, /ports: \["127\.0\.0\.1:4400:4400"\]/u);
});

test("the container is given longer to stop than the process takes", () => {
  const seconds = Number(/stop_grace_period: (\d+)s/u.exec(read("deploy/compose.yaml"))?.[1]);
  const unit = Number(/TimeoutStopSec=(\d+)/u.exec(read("deploy/assent.service"))?.[1]);
  assert.equal(seconds, unit);
  assert.ok(seconds >= 30);
});

test("the unit says nothing that the settings beside it could not change", () => {
  // What stands on the command line goes before the environment. Only where it writes is the unit's.
  const [, command = ""] = /^ExecStart=(.+)$/mu.exec(read("deploy/assent.service")) ?? [];
  assert.deepEqual(command.match(/--[a-z-]+/gu), ["--data"]);
});

test("whatever deploy/ sets is a setting that operations describes", () => {
  const files = ["deploy/compose.yaml", "deploy/assent.service", "deploy/Dockerfile"];
  const names = new Set(files.flatMap((file) => read(file).match(/\bASSENT_[A-Z_]+/gu) ?? []));
  assert.ok(names.size >= 5);
  const described = read("docs/operations.md");
  for (const name of names) assert.ok(described.includes(`\`${name}\``), name);
});

test("whoever reaches the container's port is held to one origin", () => {
  assert.match(
    read("deploy/compose.yaml"),
    /ASSENT_ORIGIN: \$\{ASSENT_ORIGIN:-http:\/\/localhost:4400\}/u,
  );
});
