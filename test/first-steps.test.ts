import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { firstSteps } from "../src/http/first-steps.ts";
import { runAssent } from "./command.ts";
import { startService } from "./served.ts";

const ROOT = join(import.meta.dirname, "..");
const GUIDE = join(ROOT, "docs", "api-first-steps.md");

const missing = ["bash", "curl"].filter((name) => spawnSync(name, ["--version"]).status !== 0);
const skip = missing.length === 0 ? false : `${missing.join(" and ")} can't be run`;

test("the guide has the commands of the service's page, word for word", async () => {
  const guide = await readFile(GUIDE, "utf8");
  const blocks = [...guide.matchAll(/^```bash\n(.*?)\n```$/gmsu)].map(([, block]) => block);
  assert.deepEqual(
    blocks,
    firstSteps().map(({ commands }) => commands),
  );
});

test(
  "a newcomer enrols and finds somebody with the commands of the service's page alone",
  { skip },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
    try {
      const data = join(folder, "data");
      const drawn = await run(process.execPath, ["samples/write-people.ts", folder], ROOT);
      assert.equal(drawn.exit, 0, drawn.err);
      const made = await runAssent(data, ["init", "--pack", "bundled"]);
      assert.equal(made.exit, 0, made.err);
      await using service = await startService(data);
      const page = await (await fetch(`${service.origin}/docs`)).text();
      const steps = [...page.matchAll(/<pre class="step"><code>(.*?)<\/code>/gsu)];
      const commands = steps.map(([, escaped = ""]) => unescape(escaped));
      assert.equal(commands.length, firstSteps().length);
      // What the newcomer pastes.
      const script = commands.join("\n").replace(/^link=.*$/mu, `link='${service.link ?? ""}'`);
      const { exit, out, err } = await run("bash", ["-euo", "pipefail", "-c", script], folder);
      assert.equal(exit, 0, `${out}\n${err}`);
      assert.match(out, /"role":"owner"/u);
      assert.match(out, /^sub_[\w-]{16}$/mu);
      assert.match(out, /"outcome":"added"/u);
      assert.match(out, /"verdict":"match"/u);
      assert.match(out, /"state":"confirmed"/u);
      assert.match(out.slice(out.lastIndexOf("{")), /"verdict":"none"/u);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

async function run(command: string, args: readonly string[], cwd: string) {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"], timeout: 240_000 });
  const ended = once(child, "close");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return { exit: child.exitCode, out, err };
}

function unescape(html: string): string {
  return html
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

test("the README has the commands too", async () => {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  for (const { title, commands } of firstSteps()) assert.ok(readme.includes(commands), title);
});
