import assert from "node:assert/strict";
import { chmod, cp, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Member } from "../samples/cast.ts";
import { type Ended, runAssent } from "./command.ts";
import { drawPortrait, drawRow, members } from "./drawn.ts";

/** What the command line says when it is used wrongly, or where it must refuse. */

const [person, stranger] = members as readonly [Member, Member, ...Member[]];
let root = "";
const at = (...path: readonly string[]) => join(root, ...path);
/** Everything that a failure printed, for one look at all of it. */
const complaints: string[] = [];

before(async () => {
  root = await mkdtemp(join(tmpdir(), "assent-usage-"));
  await drawRow(at("photos", "two.jpg"), [person, stranger], 1);
  await drawPortrait(at("face.jpg"), person);
  await writeFile(at("text.jpg"), "This is a letter.");
  await writeFile(at("wrong.csv"), "name,mail\nA,b\n");
  for (const command of ["init --pack bundled", creating("gala", true), creating("open", false)]) {
    assert.equal((await assent(command)).exit, 0);
  }
  assert.equal((await assent(enrolling("gala", "face.jpg"))).exit, 0);
  assert.equal((await assent(enrolling("open", "face.jpg"))).exit, 0);
});
after(async () => rm(root, { recursive: true, force: true }));

function creating(name: string, basis: boolean): string {
  const rules = "--purpose pictures --notice consent --contact office@club.example";
  return `collection create --name ${name} ${rules} ${basis ? "--scene-basis tickets" : ""}`;
}

function enrolling(collection: string, photo: string, changes = ""): string {
  const paper = "--form binder --signed-on 2026-11-01 --witness Staff";
  return (
    `enrol --collection ${collection} --subject Somebody --contact somebody@people.example ` +
    `--photo ${at(photo)} ${paper} ${changes}`
  );
}

/** Runs a command of words without spaces, in the instance of this file unless told otherwise. */
async function assent(words: string, data = at("data")): Promise<Ended> {
  const ended = await runAssent(
    data,
    words.split(" ").filter((word) => word !== ""),
  );
  if (ended.exit !== 0) complaints.push(ended.err);
  return ended;
}

const searching = (more: string) =>
  `search --collection gala --photo ${at("photos/two.jpg")} ${more}`;

/** A command, its exit code, and the sentence it must print. */
const wrong: readonly (readonly [command: () => string, exit: number, sentence: RegExp])[] = [
  [() => "", 2, /^Usage: assent/u],
  [() => "frobnicate", 2, /unknown command 'frobnicate'/u],
  [() => searching("--purpose x --facce 1"), 2, /unknown option '--facce'/u],
  [() => searching(""), 2, /required option '--purpose <text>' not specified/u],
  [() => searching("--purpose x --face 0"), 2, /--face takes a number from 1/u],
  [() => searching("--purpose x --at 2,2"), 2, /--at takes X,Y, each from 0 to 1/u],
  [() => searching("--purpose x --face 1 --at 0.5,0.5"), 2, /--face or --at, not both/u],
  [() => searching("--purpose x --picture a.png"), 2, /--picture writes a JPEG/u],
  [() => searching("--purpose x --face 3"), 1, /^no_face_there: .* shows 2/u],
  [() => searching("--purpose x --at 0.01,0.99"), 1, /^no_face_there: /u],
  [() => `search --collection gala --photo ${at("absent.jpg")} --purpose x`, 1, /^missing: /u],
  [() => `search --collection gala --photo ${at("text.jpg")} --purpose x`, 1, /^not_a_picture: /u],
  [() => `search --collection none --photo ${at("face.jpg")} --purpose x`, 1, /^collection_unk/u],
  [() => `import ${at("absent")} --collection gala`, 1, /^folder_unreadable: /u],
  [() => `import ${at("text.jpg")} --collection gala`, 1, /^folder_unreadable: /u],
  [() => "enrol --collection gala", 2, /needs --subject, --contact, --photo/u],
  [() => `enrol --collection gala --csv ${at("absent.csv")}`, 1, /^csv_invalid: .* can't be read/u],
  [() => `enrol --collection gala --csv ${at("wrong.csv")}`, 1, /^csv_invalid: .* heading/u],
  [() => enrolling("gala", "absent.jpg"), 1, /^missing: /u],
  [() => enrolling("gala", "photos/two.jpg"), 1, /^ {2}several_faces: /mu],
  [() => enrolling("gala", "face.jpg", "--contact nobody"), 1, /^subject_contact_invalid: /u],
  [() => enrolling("gala", "face.jpg", "--signed-on 2026-02-31"), 1, /^signed_on_invalid: /u],
  [() => enrolling("gala", "face.jpg", "--signed-on 2099-01-01"), 1, /^signed_on_future: /u],
  [
    () => enrolling("gala", "face.jpg", "--contact other@people.example --signed-on 2001-01-01"),
    1,
    /^consent_too_old: /u,
  ],
  [() => creating("gala", true), 1, /^collection_exists: /u],
  [() => `${creating("x", true)} --retention never`, 1, /^collection_invalid: .* retention/u],
  [() => `${creating("x", true)} --age-floor -1`, 1, /^collection_invalid: .* age floor/u],
  [() => `${creating("x", true)} --pack none`, 1, /^pack_unknown: /u],
  [() => "collection create --name x --purpose y --contact z", 2, /Give the notice/u],
  [() => "collection pack --collection gala --use recommended", 1, /^model_missing: /u],
  [() => "models install none", 1, /^pack_unknown: /u],
  [() => "withdraw --subject Nobody", 1, /^subject_unknown: /u],
  [() => "resume --subject Somebody", 1, /^no_live_grant: /u],
  [() => "erase --subject sub_0123456789abcdef", 1, /^subject_unknown: /u],
  [() => "confirm sig_0123456789abcdef", 1, /^sighting_unknown: /u],
  [() => "jobs cancel job_0123456789abcdef", 1, /^job_unknown: /u],
  [
    () => `deliver --collection gala --subject Somebody --to ${at("text.jpg")}/x`,
    1,
    /^system \(E/u,
  ],
  [() => searching(`--purpose x --json ${at("text.jpg")}/x`), 1, /^system \(E/u],
  [() => "--workers many jobs", 2, /--workers takes a whole number/u],
  [() => "--database mysql://x jobs", 2, /--database takes an address like postgres:/u],
  [() => "--database postgres://nobody@127.0.0.1:1/x jobs", 1, /^database_unreachable: /u],
];

for (const [index, [command, exit, sentence]] of wrong.entries()) {
  test(`wrong use ${index + 1} ends with ${exit} and ${String(sentence)}`, async () => {
    const ended = await assent(command());
    assert.match(ended.err, sentence);
    assert.equal(ended.exit, exit);
    assert.equal(ended.out, "", "nothing is said but what is wrong");
  });
}

test("without an instance every command says how to make one, and makes nothing", async () => {
  const nowhere = at("nowhere");
  const { exit, err } = await assent("jobs", nowhere);
  assert.equal(exit, 1);
  assert.match(err, /^master_key_missing: .* Run "assent init"/u);
  await assert.rejects(stat(nowhere));
});

test("a master key that others can read, or that is none, is refused", async (t) => {
  if (process.platform === "win32") return t.skip("file modes are another thing on Windows");
  const data = at("exposed");
  await cp(at("data"), data, { recursive: true });
  await chmod(join(data, "master.key"), 0o644);
  const exposed = await assent("jobs", data);
  assert.equal(exposed.exit, 1);
  assert.match(exposed.err, /^master_key_exposed: .* chmod 600/u);
  await writeFile(join(data, "master.key"), "short", { mode: 0o600 });
  await chmod(join(data, "master.key"), 0o600);
  const short = await assent("jobs", data);
  assert.equal(short.exit, 1);
  assert.match(short.err, /^master_key_invalid: /u);
  await writeFile(join(data, "master.key"), "0123456789abcdef".repeat(4));
  const other = await assent("jobs", data);
  assert.equal(other.exit, 1);
  assert.match(other.err, /^seal_broken: /u);
});

test("without a scene basis photos are only marked, and one face is pointed at", async () => {
  const imported = await assent(`import ${at("photos")} --collection open`);
  assert.equal(imported.exit, 0, imported.err);
  assert.match(imported.out, /No scene basis is recorded: faces are only marked/u);
  const listing = "photos --collection open --subject Somebody --json -";
  assert.deepEqual(JSON.parse((await assent(listing)).out), [], "nobody was compared");
  const search = `search --collection open --photo ${at("photos/two.jpg")} --purpose asked`;
  const refused = await assent(search);
  assert.equal(refused.exit, 1);
  assert.match(refused.err, /^face_not_pointed_at: /u);
  for (const [pointed, verdicts] of [
    ["--face 1", ["match", "not_compared"]],
    ["--face 2", ["not_compared", "none"]],
    ["--at 0.25,0.45", ["match", "not_compared"]],
    ["--at 0.75,0.45", ["not_compared", "none"]],
  ] as const) {
    const { out, err } = await assent(`${search} ${pointed} --json -`);
    assert.equal(err, "");
    const { faces } = JSON.parse(out) as {
      readonly faces: readonly { readonly verdict: string }[];
    };
    assert.deepEqual(
      faces.map(({ verdict }) => verdict),
      verdicts,
    );
  }
});

test("no complaint holds a name, a contact, a score, a vector or a stack", () => {
  const all = complaints.join("\n");
  assert.ok(complaints.length > wrong.length);
  assert.doesNotMatch(all, /Somebody|somebody@|\[-?\d+\.\d+|^\s+at /mu);
  assert.doesNotMatch(all, /\b0\.\d{2,}/u, "a score");
  assert.doesNotMatch(all, /^bug/mu);
});
