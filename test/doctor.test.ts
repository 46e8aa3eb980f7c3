import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { z } from "zod";
import { type Ended, runAssent } from "./command.ts";
import { openSmtpSink } from "./smtp-sink.ts";

/** What `assent doctor` says of an instance that is well, and of what can be wrong with one. */

let root = "";
const data = (): string => join(root, "data");

before(async () => {
  root = await mkdtemp(join(tmpdir(), "assent-doctor-"));
  const rules = "--purpose pictures --notice consent --contact office@club.example";
  for (const line of ["init --pack bundled", `collection create --name gala ${rules}`]) {
    const { exit, err } = await runAssent(data(), line.split(" "));
    assert.equal(exit, 0, err);
  }
});
after(async () => rm(root, { recursive: true, force: true }));

const reportSchema = z.object({
  findings: z.array(z.object({ check: z.string(), state: z.string(), detail: z.string() })),
});

/** Runs it, and gives each check's state by its name beside how it ended. */
async function examine(
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended & { readonly states: Readonly<Record<string, string>> }> {
  const report = join(root, "report.json");
  const ended = await runAssent(data(), ["doctor", "--json", report], environment);
  const { findings } = reportSchema.parse(JSON.parse(await readFile(report, "utf8")));
  for (const { state, check } of findings) {
    assert.match(ended.out, new RegExp(`^${state} +${check}`, "mu"));
  }
  return { ...ended, states: Object.fromEntries(findings.map((one) => [one.check, one.state])) };
}

test("an instance that is well: every check, nothing ill, and the mail server sent no mail", async () => {
  await using server = await openSmtpSink();
  const { exit, states, out } = await examine({
    ASSENT_SMTP_URL: `smtp://127.0.0.1:${server.port}`,
    ASSENT_MAIL_FROM: "photos@club.example",
  });
  assert.equal(exit, 0, out);
  // What the machine of the test has of room and speed is its own matter.
  const { disk, "search gala": search, ...rest } = states;
  assert.ok(disk !== undefined && disk !== "ill", out);
  assert.ok(search !== undefined && search !== "ill", out);
  assert.deepEqual(rest, {
    key: "well",
    mail: "well",
    database: "well",
    clock: "well",
    "models bundled": "well",
  });
  assert.ok(server.commands.some((line) => line.startsWith("EHLO")));
  assert.ok(server.commands.every((line) => !/^(MAIL|RCPT|DATA)/u.test(line)));
  assert.deepEqual(server.received, []);
});

test("without a mail server it worries, and that is no failure", async () => {
  const { exit, states } = await examine();
  assert.equal(states["mail"], "worry");
  assert.equal(exit, 0);
});

test("a mail server that is gone, refuses the password, or is set wrongly, is ill", async () => {
  const gone = await openSmtpSink();
  const from = { ASSENT_MAIL_FROM: "photos@club.example" };
  await gone[Symbol.asyncDispose]();
  const unreachable = await examine({
    ...from,
    ASSENT_SMTP_URL: `smtp://anna:secretword@127.0.0.1:${gone.port}`,
  });
  assert.equal(unreachable.states["mail"], "ill");
  assert.equal(unreachable.exit, 1);
  assert.doesNotMatch(unreachable.out, /secretword|anna/u);
  const refusing = await openSmtpSink((command) => {
    if (command.startsWith("EHLO")) return "250-sink\r\n250 AUTH PLAIN";
    return command.startsWith("AUTH") ? "535 no" : null;
  });
  await using server = refusing;
  const refused = await examine({
    ...from,
    ASSENT_SMTP_URL: `smtp://anna:secretword@127.0.0.1:${server.port}`,
  });
  assert.equal(refused.states["mail"], "ill");
  assert.match(refused.out, /smtp_535/u);
  assert.doesNotMatch(refused.out, /secretword|anna/u);
  const wrong = await examine({ ...from, ASSENT_SMTP_URL: "mail.club.example" });
  assert.equal(wrong.states["mail"], "ill");
  assert.match(wrong.out, /mail_settings_invalid/u);
});

test("a key that others can read is ill, and says how to mend it", async () => {
  const key = join(data(), "master.key");
  await chmod(key, 0o644);
  try {
    const { exit, states, out } = await examine();
    assert.equal(exit, 1);
    assert.equal(states["key"], "ill");
    assert.match(out, /master_key_exposed: .*chmod 600/u);
    // The instance does not open with it, and that is said too.
    assert.equal(states["database"], "ill");
  } finally {
    await chmod(key, 0o600);
  }
  assert.equal((await examine()).exit, 0);
});

test("a folder that is not there is said to be so", async () => {
  const { exit, out } = await runAssent(join(root, "nowhere"), ["doctor"]);
  assert.equal(exit, 1);
  assert.match(out, /^ill +disk +system \(ENOENT\): .*Check the paths/mu);
});

test("models that are missing are ill, and everything else is still looked at", async () => {
  const rules = "--purpose pictures --notice consent --contact office@club.example";
  const made = await runAssent(
    data(),
    `collection create --name fair --pack recommended ${rules}`.split(" "),
  );
  const { exit, states, out } = await examine({ ASSENT_MODELS: join(root, "nothing here") });
  assert.equal(made.exit, 0, made.err);
  assert.equal(exit, 1);
  assert.equal(states["models recommended"], "ill");
  assert.match(out, /models recommended +Not found below/u);
  assert.equal(states["models bundled"], "well");
  assert.equal(states["database"], "well");
  assert.ok("search gala" in states);
});
