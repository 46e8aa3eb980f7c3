import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runAssent } from "./command.ts";

/** Accounts, keys and invites by the command line alone. The tests build on another. */

let root = "";
const at = (...path: readonly string[]) => join(root, ...path);

before(async () => {
  root = await mkdtemp(join(tmpdir(), "assent-accounts-"));
  await done("init", "--pack", "bundled");
  const rules = ["--purpose", "give the guests their pictures", "--contact", "a@club.example"];
  await done("collection", "create", "--name", "gala", ...rules, "--notice", "We look for you.");
});
after(async () => rm(root, { recursive: true, force: true }));

async function done(...args: readonly string[]): Promise<string> {
  const environment = { ASSENT_ORIGIN: "https://photos.club.example" };
  const { exit, out, err } = await runAssent(at("data"), args, environment);
  assert.equal(exit, 0, `${args.join(" ")}: ${err}`);
  return out;
}

async function refused(code: string, ...args: readonly string[]): Promise<void> {
  const { exit, err } = await runAssent(at("data"), args);
  assert.match(err, new RegExp(`^${code}: [A-Z-].*\\.$`, "mu"));
  assert.equal(exit, code === "usage" ? 2 : 1);
}

test("account add shows a link once; list, change and disable know the account", async () => {
  const anna = ["--name", "Anna", "--email", "anna@club.example", "--role", "owner"];
  const out = await done("account", "add", ...anna);
  assert.match(out, /^https:\/\/photos\.club\.example\/sign-in#[\w-]{43}$/mu);
  const bert = ["--name", "Bert", "--email", "bert@club.example", "--role", "staff"];
  await done("account", "add", ...bert, "--collection", "gala");
  assert.match(await done("account", "list"), /staff +active +bert@club\.example +Bert +1$/mu);
  await done("account", "change", "bert@club.example", "--role", "auditor");
  await done("account", "disable", "bert@club.example");
  assert.match(
    await done("account", "list"),
    /auditor +disabled +bert@club\.example +Bert +all$/mu,
  );
  await refused("account_exists", "account", "add", ...anna);
  await refused("owner_needed", "account", "disable", "anna@club.example");
  await refused("account_unknown", "account", "link", "carl@club.example");
  await refused("usage", "account", "add", ...anna.slice(0, 4), "--role", "king");
});

test("api-key create shows the key once; a revoked one says so", async () => {
  const key = ["--collection", "gala", "--label", "kiosk", "--scope", "search", "read"];
  const out = await done("api-key", "create", ...key);
  const [text = ""] = /assent_aky_[\w-]{16}_[\w-]{43}/u.exec(out) ?? [];
  const [id = ""] = /aky_[\w-]{16}/u.exec(text) ?? [];
  const listed = await done("api-key", "list");
  assert.match(
    listed,
    new RegExp(`^${id} +kiosk +search,read +until \\d{4}-\\d\\d-\\d\\d +never$`, "mu"),
  );
  assert.ok(!listed.includes(text.slice(-43)));
  await done("api-key", "revoke", id);
  assert.match(await done("api-key", "list"), / revoked /u);
  await refused("api_key_invalid", "api-key", "create", ...key, "--days", "0");
  await refused("api_key_unknown", "api-key", "revoke", "aky_0123456789abcdef");
});

test("invite create hands over links, or queues mail when the operator is known", async () => {
  const gala = ["--collection", "gala"];
  const out = await done("invite", "create", ...gala, "--count", "2");
  assert.equal(out.match(/^https:\/\/photos\.club\.example\/invite#[\w-]{43}$/gmu)?.length, 2);
  const list = at("people.txt");
  await writeFile(list, "ada@people.example\n\nbo@people.example\n");
  await refused("operator_unknown", "invite", "create", ...gala, "--contacts", list);
  const of = ["--name", "The club", "--address", "Street 1", "--email", "a@club.example"];
  await done("operator", "set", ...of, "--country", "NL", "--authority", "The authority");
  await done("invite", "create", ...gala, "--contacts", list);
  await done("invite", "list", ...gala, "--json", at("invites.json"));
  const text = await readFile(at("invites.json"), "utf8");
  const invites = JSON.parse(text) as readonly { readonly id: string; readonly state: string }[];
  assert.deepEqual(
    invites.map(({ state }) => state),
    ["open", "open", "open", "open"],
  );
  assert.ok(!text.includes("people.example"));
  await done("invite", "end", invites[0]?.id ?? "");
  assert.match(await done("invite", "list", ...gala), / ended /u);
  await refused("usage", "invite", "create", ...gala);
  await refused("invite_invalid", "invite", "create", ...gala, "--contact", "ada");
});
