import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type App, configFor, openApp } from "../src/app.ts";
import { writeFileDurably } from "../src/base/files.ts";
import { count, progressBar, say, table } from "../src/cli/output.ts";
import { createCollection, type Collection } from "../src/collections/collections.ts";
import { enrolCsv } from "../src/collections/enrol-csv.ts";
import { importFolder } from "../src/collections/import.ts";
import { locatePack, type PackName, packManifest, parsePackName } from "../src/faces/packs.ts";
import { pause, resume, withdraw } from "../src/rights/consent-changes.ts";
import { deliver } from "../src/rights/deliver.ts";
import { erase } from "../src/rights/erase.ts";
import { makeMasterKey } from "../src/storage/master-key.ts";
import { findSubject } from "../src/subjects/subjects.ts";
import {
  countDelivered,
  countSightings,
  readErasable,
  type Sightings,
  searchNames,
  stillInFiles,
} from "./demo-checks.ts";
import { drawFindings } from "./demo-pictures.ts";
import { makeSamples, type SampleSet } from "./samples.ts";

/** What the demo counted; `--json OUT` writes it. `ok` is the exit code. */
interface DemoResult {
  readonly ok: boolean;
  readonly pack: PackName;
  readonly people: { readonly consenting: number; readonly strangers: number };
  readonly photos: { readonly imported: number; readonly refused: number };
  readonly sightings: Sightings;
  readonly delivered: {
    readonly photos: number;
    readonly shown: number;
    readonly othersMatching: number;
  };
  readonly paused: { readonly found: number; readonly foundAfterResume: number };
  readonly withdrawn: { readonly foundBefore: number; readonly foundAfter: number };
  readonly erased: { readonly traces: number; readonly tracesBefore: number };
  readonly seconds: Readonly<Record<string, number>>;
}

const PURPOSE = "Demo: show what a search returns";

/** Runs the whole job on drawn people, through the functions that the command line calls. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: "string" }, to: { type: "string" }, pack: { type: "string" } },
  });
  const folder = resolve(values.to ?? "out/demo");
  const clock = new Stopwatch();
  await rm(folder, { recursive: true, force: true });
  say("The people of this demo are drawn by code. They do not exist.");
  const samples = await clock.time("drawing", async () => makeSamples(join(folder, "drawn")));
  const pack = await choosePack(values.pack);
  say(`Model pack: ${pack} (${packManifest(pack).title}).`);
  const result = await runJob(folder, samples, pack, clock);
  report(folder, result);
  if (values.json !== undefined) {
    await writeFileDurably(resolve(values.json), `${JSON.stringify(result, null, 2)}\n`);
  }
  return result.ok ? 0 : 1;
}

async function runJob(
  folder: string,
  samples: SampleSet,
  pack: PackName,
  clock: Stopwatch,
): Promise<DemoResult> {
  await using app = await openInstance(folder);
  const collection = await makeCollection(app, pack);
  const csv = await writeConsents(folder, samples);
  const consenting = samples.people.filter(({ consents }) => consents);
  const half = Math.ceil(consenting.length / 2);
  await clock.time("enrolment", async () => enrolPeople(app, collection, csv.first));
  const imported = await clock.time("import", async () => {
    using bar = progressBar("Importing", "photos");
    return await importFolder(
      app.importDeps,
      app.recorder,
      collection,
      join(folder, "drawn", "photos"),
      {
        onProgress: ({ done, total }) => bar.update(done, total),
      },
    );
  });
  say(`Imported ${count(imported.added, "photo")} while ${half} of the people had said yes.`);
  await clock.time("enrolment", async () => enrolPeople(app, collection, csv.second));
  say("The others said yes afterwards: the photos are looked through once more for them.");
  await clock.time("backfill", async () => {
    using bar = progressBar("Comparing photos", "photos");
    await app.runner.drain({ onProgress: (_, { done, total }) => bar.update(done, total) });
  });
  const sightings = await countSightings(app, collection, samples);
  await clock.time("pictures", async () => drawFindings(app, collection, samples, folder));
  const rights = await exerciseRights(app, collection, samples, folder, clock);
  const fair = sightings.missed.length === 0 && sightings.strangersMatched === 0;
  return {
    ok: fair && sightings.wrongPerson === 0 && imported.refused.length === 0 && rights.ok,
    pack,
    people: { consenting: consenting.length, strangers: samples.people.length - consenting.length },
    photos: { imported: imported.added, refused: imported.refused.length },
    sightings,
    ...rights.counts,
    seconds: clock.seconds(),
  };
}

/** Search, deliver, pause, withdraw and erase: each with its effect looked at afterwards. */
async function exerciseRights(
  app: App,
  collection: Collection,
  samples: SampleSet,
  folder: string,
  clock: Stopwatch,
) {
  const [first, second, third] = samples.people.filter(({ consents }) => consents);
  if (!first || !second || !third) throw new Error("The demo needs three people who say yes.");
  const idOf = async (person: { readonly name: string }) =>
    findSubject(app.db, app.vault, person.name);
  const found = async (person: { readonly name: string; readonly portrait: string }) => {
    const names = await searchNames(
      app,
      collection,
      join(folder, "drawn", person.portrait),
      PURPOSE,
    );
    return names.filter((name) => name === person.name).length;
  };
  const to = join(folder, "delivered");
  const [subject, paused, erased] = [await idOf(first), await idOf(second), await idOf(third)];
  const summary = await clock.time("delivery", async () =>
    deliver(app, app.recorder, { collection: collection.name, subjects: [subject], to }),
  );
  const othersMatching = await countDelivered(app, collection, to, first.name);
  await pause(app.db, app.recorder, paused, "all");
  const whilePaused = await found(second);
  await resume(app.db, app.recorder, paused, "all");
  await app.runner.drain();
  const foundAfterResume = await found(second);
  const foundBefore = await found(first);
  await withdraw(app.db, app.recorder, subject, "all");
  const foundAfter = await found(first);
  const bytes = await readErasable(app, erased);
  const tracesBefore = await stillInFiles(app, bytes);
  await erase(app, app.recorder, erased);
  const traces = await stillInFiles(app, bytes);
  const counts = {
    delivered: { photos: summary.photos, shown: summary.facesShown, othersMatching },
    paused: { found: whilePaused, foundAfterResume },
    withdrawn: { foundBefore, foundAfter },
    erased: { traces, tracesBefore },
  };
  const ok =
    summary.photos > 0 &&
    othersMatching === 0 &&
    whilePaused === 0 &&
    foundAfterResume === 1 &&
    foundBefore === 1 &&
    foundAfter === 0 &&
    tracesBefore > 0 &&
    traces === 0;
  return { ok, counts };
}

async function openInstance(folder: string): Promise<App> {
  const config = configFor(join(folder, "instance"));
  await mkdir(config.folder, { recursive: true, mode: 0o700 });
  await makeMasterKey(join(config.folder, "master.key"));
  return openApp({ ...config, models: modelsFolder(), account: "demo" });
}

function modelsFolder(): string {
  return resolve(process.env["ASSENT_MODELS"] ?? "assent-data/models");
}

/** The best pack that is there: nothing is downloaded. */
async function choosePack(wish: string | undefined): Promise<PackName> {
  if (wish !== undefined) return parsePackName(wish);
  const located = await locatePack("recommended", [modelsFolder()]);
  return located.kind === "found" ? "recommended" : "bundled";
}

async function makeCollection(app: App, pack: PackName): Promise<Collection> {
  return createCollection(app.db, app.recorder, {
    name: "summer-fair",
    purpose: "People find the photos of the summer fair that they are in.",
    notice: "We compare the photos of the fair with your enrolment photo until you say stop.",
    contact: "fair@example.org",
    retentionDays: 365,
    ageFloor: 16,
    sceneBasis:
      "Drawn people: there is nobody to ask. At a real fair: ticket terms and door signs.",
    pack,
  });
}

/** Two lists of consents: before the photos came, and after. */
async function writeConsents(
  folder: string,
  samples: SampleSet,
): Promise<{ readonly first: string; readonly second: string }> {
  const consenting = samples.people.filter(({ consents }) => consents);
  const half = Math.ceil(consenting.length / 2);
  const today = new Date().toISOString().slice(0, 10);
  const write = async (name: string, people: SampleSet["people"]): Promise<string> => {
    const rows = people.flatMap(({ id, name: person, portrait, sidePortraits }) =>
      [portrait, ...sidePortraits].map((photo) =>
        [person, `${id}@example.org`, photo, `binder 1 form ${id}`, today, "Demo", "yes"].join(","),
      ),
    );
    const file = join(folder, "drawn", name);
    const heading = "subject,contact,photo,form,signed_on,witness,keep_photo";
    await writeFile(file, `${[heading, ...rows].join("\n")}\n`);
    return file;
  };
  return {
    first: await write("consents-before.csv", consenting.slice(0, half)),
    second: await write("consents-after.csv", consenting.slice(half)),
  };
}

async function enrolPeople(app: App, collection: Collection, csv: string): Promise<void> {
  const deps = { ...app, parallel: app.importDeps.parallel };
  const rows = await enrolCsv(deps, app.recorder, collection, csv);
  const refused = rows.filter(({ outcome }) => outcome === "refused");
  if (refused.length > 0) throw new Error(`Not enrolled: ${JSON.stringify(refused)}`);
}

function report(folder: string, result: DemoResult): void {
  const { sightings, delivered, paused, withdrawn, erased, seconds } = result;
  const good = (ok: boolean) => (ok ? "as promised" : "NOT AS PROMISED");
  const rows: readonly (readonly string[])[] = [
    [
      "people who said yes, strangers",
      `${result.people.consenting}, ${result.people.strangers}`,
      "",
    ],
    ["photos imported", String(result.photos.imported), good(result.photos.refused === 0)],
    [
      "consenting faces of 40 px and more, found",
      `${sightings.found}/${sightings.expected}`,
      good(sightings.missed.length === 0),
    ],
    [
      "strangers' faces matched",
      `${sightings.strangersMatched}/${sightings.strangersFaces}`,
      good(sightings.strangersMatched === 0),
    ],
    ["taken for somebody else", String(sightings.wrongPerson), good(sightings.wrongPerson === 0)],
    [
      "delivered photos, others who still match in them",
      `${delivered.photos}, ${delivered.othersMatching}`,
      good(delivered.photos > 0 && delivered.othersMatching === 0),
    ],
    [
      "found while paused, after resuming",
      `${paused.found}, ${paused.foundAfterResume}`,
      good(paused.found === 0 && paused.foundAfterResume === 1),
    ],
    [
      "found before withdrawing, after",
      `${withdrawn.foundBefore}, ${withdrawn.foundAfter}`,
      good(withdrawn.foundBefore === 1 && withdrawn.foundAfter === 0),
    ],
    [
      "traces in files before erasing, after",
      `${erased.tracesBefore}, ${erased.traces}`,
      good(erased.traces === 0),
    ],
  ];
  say();
  for (const line of table(rows)) say(`  ${line}`);
  for (const { photo, person, widthPixels } of sightings.missed) {
    say(`  missed: ${person} in ${photo}, ${Math.round(widthPixels)} px wide`);
  }
  const times = Object.entries(seconds).map(([name, value]) => `${name} ${value.toFixed(1)} s`);
  say(`\n  ${times.join(", ")}`);
  say(`  Pictures: ${relative(".", join(folder, "found.jpg"))} (everyone found, with boxes)`);
  say(`            ${relative(".", join(folder, "delivered"))}/ (bystanders blurred)`);
}

/** Adds up what each part of the work took. */
class Stopwatch {
  readonly #parts = new Map<string, number>();
  readonly #start = performance.now();

  async time<T>(part: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      const took = (performance.now() - start) / 1000;
      this.#parts.set(part, (this.#parts.get(part) ?? 0) + took);
    }
  }

  seconds(): Readonly<Record<string, number>> {
    const total = (performance.now() - this.#start) / 1000;
    return { ...Object.fromEntries(this.#parts), total };
  }
}

process.exitCode = await main();
