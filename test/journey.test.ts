import assert from "node:assert/strict";
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import type { Member } from "../samples/cast.ts";
import { decode, readInfo } from "../src/media/decode.ts";
import type { Picture } from "../src/media/picture.ts";
import { type Ended, runAssent } from "./command.ts";
import { drawPortrait, drawRow, members } from "./drawn.ts";
import { startScript } from "./script.ts";

/** The whole job, as somebody does it who has nothing but `bin/assent`. The tests build on another. */

const [ada, bea, cleo, , , , , , ...strangers] = members as readonly [
  Member,
  Member,
  Member,
  ...Member[],
];
const [stranger, passer] = strangers as [Member, Member];

let root = "";
const at = (...path: readonly string[]) => join(root, ...path);
const data = () => at("data");
const gala = ["--collection", "gala"] as const;
const paper = ["--form", "binder 1", "--signed-on", "2026-11-01", "--witness", "Staff"] as const;

before(async () => {
  root = await mkdtemp(join(tmpdir(), "assent-journey-"));
  await drawRow(at("photos", "2026", "a.jpg"), [ada, stranger], 1);
  await drawRow(at("photos", "2026", "b.jpg"), [bea, ada], 2);
  await drawRow(at("photos", "c.jpg"), [stranger, passer], 3);
  await copyFile(at("photos", "2026", "a.jpg"), at("photos", "a again.jpg"));
  const whole = await readFile(at("photos", "c.jpg"));
  await writeFile(at("photos", "half.jpg"), whole.subarray(0, whole.length / 2));
  await drawRow(at("later", "d.jpg"), [ada, cleo], 4);
  await drawRow(at("probe.jpg"), [stranger, ada, bea], 9);
  await drawRow(at("alone.jpg"), [ada], 10);
  await drawPortrait(at("ada.jpg"), ada);
  await drawPortrait(at("bea.jpg"), bea);
  await drawPortrait(at("cleo.jpg"), cleo);
});
after(async () => rm(root, { recursive: true, force: true }));

async function assent(...args: readonly string[]): Promise<Ended> {
  return runAssent(data(), args);
}

/** Runs a command that must succeed, and returns what it printed to standard output. */
async function done(...args: readonly string[]): Promise<string> {
  const { exit, out, err } = await assent(...args);
  assert.equal(exit, 0, `${args.join(" ")}: ${err}`);
  return out;
}

/** Runs a command that must be refused in a sentence with this code. */
async function refused(code: string, ...args: readonly string[]): Promise<void> {
  const { exit, err } = await assent(...args);
  assert.match(err, new RegExp(`^${code}: [A-Z].*\\.$`, "mu"));
  assert.equal(exit, 1);
}

interface ListedSighting {
  readonly id: string;
  readonly state: string;
  readonly sources: readonly string[];
}

interface SearchResult {
  readonly faces: readonly {
    readonly verdict: string;
    readonly subject?: { readonly id: string; readonly name: string };
    readonly sightings?: readonly ListedSighting[];
  }[];
}

/** In which files a person was seen, by their names. */
async function filesOf(person: Member): Promise<readonly string[]> {
  return (await sightingsOf(person)).flatMap(({ sources }) => basename(sources[0] ?? ""));
}

async function sightingsOf(person: Member): Promise<readonly ListedSighting[]> {
  const out = await done("photos", ...gala, "--subject", person.name, "--json", "-");
  return JSON.parse(out) as readonly ListedSighting[];
}

/** Whom a search names, from left to right; null for a face without a match. */
async function namesIn(photo: string): Promise<readonly (string | null)[]> {
  const out = await done("search", ...gala, "--photo", photo, "--purpose", "test", "--json", "-");
  return (JSON.parse(out) as SearchResult).faces.map(({ subject }) => subject?.name ?? null);
}

test("an instance is made once, with a key that only its owner reads", async () => {
  assert.match(await done("init", "--pack", "bundled"), /Model pack: bundled/u);
  const key = await readFile(join(data(), "master.key"));
  if (process.platform !== "win32") {
    assert.equal((await stat(join(data(), "master.key"))).mode & 0o777, 0o600);
  }
  await done("init");
  assert.deepEqual(await readFile(join(data(), "master.key")), key);
});

test("a collection has its purpose, notice and scene basis", async () => {
  const rules = ["--purpose", "give guests their pictures", "--notice", "We look for your face."];
  const more = ["--contact", "office@club.example", "--scene-basis", "ticket terms"];
  await done("collection", "create", "--name", "gala", ...rules, ...more);
  assert.match(await done("collection", "list"), /gala +bundled +yes +give guests their pictures/u);
  const again = ["collection", "create", "--name", "gala", ...rules, ...more];
  await refused("collection_exists", ...again);
});

test("photos are imported before anybody has said yes, each with its result", async () => {
  const { exit, out, err } = await assent("--workers", "2", "import", at("photos"), ...gala);
  assert.equal(exit, 0, err);
  assert.match(out, /^3 files added, 1 known already, 1 refused\.$/mu);
  assert.match(err, /1 file refused, truncated: The end of the file is missing\./u);
  assert.match(err, /^ {2}"half\.jpg"$/mu);
});

test("a person enrols, and is found in the photos that were there before", async () => {
  const who = ["--subject", ada.name, "--contact", "ada@people.example"];
  const out = await done("enrol", ...gala, ...who, "--photo", at("ada.jpg"), ...paper);
  assert.match(out, new RegExp(`^${ada.name} is enrolled\\. Their id: sub_`, "mu"));
  assert.deepEqual((await filesOf(ada)).toSorted(), ["a.jpg", "b.jpg"]);
});

test("a photo of two people enrols nobody", async () => {
  const who = ["--subject", bea.name, "--contact", "bea@people.example"];
  const photo = at("photos", "2026", "b.jpg");
  const { exit, err } = await assent("enrol", ...gala, ...who, "--photo", photo, ...paper);
  assert.equal(exit, 1);
  assert.match(err, /several_faces: There is more than one face/u);
  await refused("subject_unknown", "withdraw", "--subject", bea.name);
});

test("a list of people enrols row by row, and again changes nothing", async () => {
  const row = (person: Member, photo: string) =>
    `${person.name},${photo}@people.example,${photo}.jpg,1,2026-11-01,Staff`;
  const heading = "subject,contact,photo,form,signed_on,witness";
  const rows = [heading, row(bea, "bea"), row(stranger, "absent"), row(cleo, "cleo")];
  await writeFile(at("people.csv"), rows.join("\n"));
  const first = await assent("enrol", ...gala, "--csv", at("people.csv"));
  assert.equal(first.exit, 0);
  assert.match(first.out, /^2 enrolled, 0 enrolled before, 1 refused, of 3 rows\.$/mu);
  assert.match(first.err, /^ {2}line 3: missing: There is no such file\./mu);
  const json = await done("enrol", ...gala, "--csv", at("people.csv"), "--json", "-");
  const results = JSON.parse(json) as readonly { readonly outcome: string }[];
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ["already", "refused", "already"],
  );
  assert.deepEqual(await filesOf(bea), ["b.jpg"]);
  assert.deepEqual(await filesOf(cleo), []);
});

test("a new photo is compared as it comes", async () => {
  const json = await done("import", at("later"), ...gala, "--json", "-");
  assert.equal((JSON.parse(json) as { readonly added: number }).added, 1);
  assert.deepEqual(await filesOf(cleo), ["d.jpg"]);
  assert.deepEqual((await filesOf(ada)).toSorted(), ["a.jpg", "b.jpg", "d.jpg"]);
});

test("a search names who said yes, and nobody else", async () => {
  const searching = ["search", ...gala, "--photo", at("probe.jpg"), "--purpose", "a guest asks"];
  const out = await done(...searching, "--picture", at("out", "found.jpg"));
  assert.match(out, /^3 faces\. Search sea_\S+ is on record\.$/mu);
  assert.match(out, /^ {2}face 1, \d+ px wide: no consenting match$/mu);
  assert.match(out, new RegExp(`^ {2}face 2, \\d+ px wide: ${ada.name}, match \\(score `, "mu"));
  const sources = `${at("photos", "2026", "a.jpg")}, ${at("photos", "a again.jpg")}`;
  assert.match(out, /^ {6}2026-06-01 12:00:00 {2}match/mu);
  assert.ok(out.includes(`  ${sources}\n`), "every path that it was imported from");
  const drawn = await decode({ file: at("out", "found.jpg") });
  assert.ok(drawn.width > 0);
  assert.deepEqual(await namesIn(at("probe.jpg")), [null, ada.name, bea.name]);
  assert.deepEqual(await namesIn(at("photos", "c.jpg")), [null, null]);
});

test("what a person says of a sighting outlives the next comparison", async () => {
  const known = await sightingsOf(ada);
  const idOf = (name: string) => {
    const one = known.find(({ sources }) => sources.some((path) => path.endsWith(name)));
    return one?.id ?? assert.fail(`${name} is listed`);
  };
  assert.match(await done("confirm", idOf("a.jpg")), /Confirmed/u);
  assert.match(await done("reject", idOf("b.jpg")), /Rejected/u);
  const who = ["--subject", passer.name, "--contact", "passer@people.example"];
  await drawPortrait(at("passer.jpg"), passer);
  await done("enrol", ...gala, ...who, "--photo", at("passer.jpg"), ...paper);
  const now = (await sightingsOf(ada)).map(
    ({ sources, state }) => `${basename(sources[0] ?? "")} ${state}`,
  );
  assert.deepEqual(now.toSorted(), ["a.jpg confirmed", "d.jpg proposed"]);
  assert.deepEqual(await filesOf(passer), ["c.jpg"]);
});

test("a delivery shows the person and covers the others", async () => {
  const to = at("delivered");
  const deliver = ["deliver", ...gala, "--subject", ada.name, "--to"];
  const out = await done(...deliver, to);
  assert.match(out, /^2 photos in .*delivered: 2 faces shown, 2 blurred\.$/mu);
  const names = (await readdir(to)).toSorted();
  assert.deepEqual(names, ["00001-2026-06-01.jpg", "00002-2026-06-04.jpg"]);
  const file = join(to, names[0] ?? "");
  assert.equal((await readInfo({ file })).takenAt, "2026-06-01T12:00:00");
  const [before, now] = [
    await decode({ file: at("photos", "2026", "a.jpg") }),
    await decode({ file }),
  ];
  assert.deepEqual([now.width, now.height], [before.width, before.height]);
  const [shown, covered] = [change(before, now, 0), change(before, now, 0.5)];
  assert.ok(shown * 5 < covered, `${shown} where shown, ${covered} where covered`);

  await done(...deliver, at("delivered.zip"));
  const zip = await readFile(at("delivered.zip"));
  assert.deepEqual(namesInZip(zip).toSorted(), names);
});

test("a paused person is not found until they resume", async () => {
  await done("pause", "--subject", ada.name);
  assert.deepEqual(await namesIn(at("probe.jpg")), [null, null, bea.name]);
  await refused("no_live_grant", "photos", ...gala, "--subject", ada.name);
  await refused("no_live_grant", "deliver", ...gala, "--subject", ada.name, "--to", at("none"));
  await assert.rejects(stat(at("none")), "nothing is written");
  await done("resume", "--subject", ada.name);
  assert.deepEqual(await namesIn(at("probe.jpg")), [null, ada.name, bea.name]);
  assert.deepEqual((await filesOf(ada)).length, 2);
});

test("once withdraw has returned, no search in another process returns the person", async () => {
  const searching = startScript(
    `
    import { configFor, openApp } from "./src/app.ts";
    import { searchByPhoto } from "./src/search/search.ts";
    await using app = await openApp({ ...configFor(data), workers: 0 });
    const request = { collection: "gala", photo: { file: photo }, purpose: "loop", pointed: null };
    for (let count = 1; ; count += 1) {
      const { faces } = await searchByPhoto(app, app.recorder, request);
      console.log("answer", count, Date.now(), faces.some((face) => "subject" in face));
    }
  `,
    { data: data(), photo: at("alone.jpg") },
  );
  try {
    await searching.line("answer 3 ");
    await done("withdraw", "--subject", ada.name);
    const returned = Date.now();
    const before = searching.printed().trim().split("\n").length;
    await searching.line(`answer ${before + 3} `);
    const answers = searching
      .printed()
      .trim()
      .split("\n")
      .slice(0, before + 3);
    const found = (line: string) => line.endsWith("true");
    const isAfter = (line: string) => Number(line.split(" ")[2]) > returned;
    assert.ok(answers.slice(0, 3).every(found), "found to begin with");
    assert.deepEqual(
      answers.filter((line) => isAfter(line) && found(line)),
      [],
    );
    assert.ok(answers.filter(isAfter).length > 0, "and it searched on");
  } finally {
    await searching.kill();
  }
  assert.deepEqual(await namesIn(at("probe.jpg")), [null, null, bea.name]);
  await refused("no_live_grant", "withdraw", "--subject", ada.name);
  await refused("no_live_grant", "photos", ...gala, "--subject", ada.name);
});

test("an erased person is unknown, and erasing them again does no harm", async () => {
  const [one] = await sightingsOf(bea);
  const out = await done(
    "search",
    ...gala,
    "--photo",
    at("probe.jpg"),
    "--purpose",
    "x",
    "--json",
    "-",
  );
  const { faces } = JSON.parse(out) as SearchResult;
  const id = faces.find(({ subject }) => subject?.name === bea.name)?.subject?.id ?? "";
  await done("erase", "--subject", bea.name);
  assert.deepEqual(await namesIn(at("probe.jpg")), [null, null, null]);
  await refused("subject_unknown", "erase", "--subject", bea.name);
  await refused("subject_unknown", "photos", ...gala, "--subject", "bea@people.example");
  await refused("sighting_unknown", "confirm", one?.id ?? "");
  await done("erase", "--subject", id);
  const who = ["--subject", bea.name, "--contact", "bea@people.example"];
  await done("enrol", ...gala, ...who, "--photo", at("bea.jpg"), ...paper);
  assert.deepEqual(await filesOf(bea), ["b.jpg"], "who comes back is found again");
});

test("no job is left over", async () => {
  const lines = (await done("jobs")).trim().split("\n").slice(1);
  assert.ok(lines.length > 0);
  for (const line of lines) assert.match(line, / done /u);
});

/** The mean change of a pixel in one half of two pictures, from 0 to 255. */
function change(one: Picture, other: Picture, from: number): number {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < one.data.length; index += 1) {
    const x = (Math.floor(index / 3) % one.width) / one.width;
    if (x < from || x >= from + 0.5) continue;
    sum += Math.abs((one.data[index] ?? 0) - (other.data[index] ?? 0));
    count += 1;
  }
  return sum / count;
}

/** The names in a ZIP's central directory. */
function namesInZip(zip: Buffer): readonly string[] {
  const names: string[] = [];
  const mark = Buffer.from("PK\u0001\u0002");
  for (let place = zip.indexOf(mark); place >= 0; place = zip.indexOf(mark, place + 1)) {
    const length = zip.readUInt16LE(place + 28);
    names.push(zip.toString("utf8", place + 46, place + 46 + length));
  }
  return names;
}
