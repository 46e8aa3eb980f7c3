import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { firstSteps } from "../src/http/first-steps.ts";
import { ASSENT, plainEnvironment, runAssent } from "./command.ts";

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
      const script = commands.join("\n").replace(/^link=.*$/mu, `link='${service.link}'`);
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

interface Started extends AsyncDisposable {
  readonly origin: string;
  /** The first owner's, as it was printed. */
  readonly link: string;
}

/** `assent serve` in a process of its own, on a free port. */
async function startService(data: string): Promise<Started> {
  const child = spawn(ASSENT, ["serve", "--port", "0"], {
    env: plainEnvironment({ ASSENT_DATA: data, ASSENT_LOG: "error" }),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
  try {
    const { origin, link } = await readGreeting(child);
    return { origin, link, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readGreeting({ stdout }: ChildProcess): Promise<Omit<Started, symbol>> {
  assert.ok(stdout);
  let origin = "";
  for await (const line of createInterface({ input: stdout })) {
    origin = /^Listening: (\S+)/u.exec(line)?.[1] ?? origin;
    const link = /(\S+\/start#\S+)/u.exec(line)?.[1];
    if (link !== undefined) {
      stdout.resume();
      return { origin, link };
    }
  }
  return assert.fail("The service ended before it printed its link.");
}

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
