import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type App, type Config, openApp } from "../src/app.ts";
import type { SubjectId } from "../src/base/ids.ts";
import { findCollection } from "../src/collections/collections.ts";
import { enrolCsv } from "../src/collections/enrol-csv.ts";
import { importFolder } from "../src/collections/import.ts";
import type { Engine } from "../src/faces/engine.ts";
import { erase } from "../src/rights/erase.ts";
import { brokenPhoto, fakeEngine, type FakeFace, fakePhoto } from "./fake-engine.ts";
import { enrolPerson, makeCollection, searchFor } from "./instance.ts";
import { drawFrom } from "./vectors.ts";

/** One long piece of work, as a command does it, that must survive being killed anywhere. */
export interface Work {
  /** Makes what is there before the command starts. `inputs` is what `writeInputs` filled. */
  prepare(app: App, inputs: string): Promise<void>;
  /** The command. Started again after a kill it goes on. Calls `onStep` for each thing finished. */
  run(app: App, inputs: string, onStep: (finished: string) => void): Promise<void>;
  /** Bytes that are in the files before the command, and in none of them after it. */
  traces?(app: App): Promise<readonly Uint8Array[]>;
}

const PHOTOS = 40;
const PEOPLE = 12;
/** The people of an instance before the work; all others in the photos are strangers. */
export const KNOWN = 8;
export const NAME = "gala";
/** Days on which the forms are dated: fixed, so that two instances hold equal grants. */
const SIGNED_ON = new Date().toISOString().slice(0, 10);
/** A photo takes this long at least, so that several are under way when the kill comes. */
const PHOTO_MS = 1;

/** The pieces of work with photos that are killed; those with videos are `videoWorks`. */
export const works = {
  import: {
    prepare: async (app) => {
      await makeCollection(app, { name: NAME });
      await enrolKnown(app);
      await app.runner.drain();
    },
    run: async (app, inputs, onStep) => {
      const collection = await findCollection(app.db, NAME);
      await importFolder(app.importDeps, app.recorder, collection, join(inputs, "photos"), {
        onFile: ({ path }) => onStep(path),
      });
      await app.runner.drain();
    },
  },
  backfill: {
    prepare: async (app, inputs) => {
      const collection = await makeCollection(app, { name: NAME });
      await importFolder(app.importDeps, app.recorder, collection, join(inputs, "photos"));
      await enrolKnown(app);
    },
    run: async (app, _, onStep) => {
      await app.runner.drain({ onProgress: (_, { done }) => onStep(`${done}`) });
    },
  },
  enrol: {
    prepare: async (app, inputs) => {
      const collection = await makeCollection(app, { name: NAME });
      await importFolder(app.importDeps, app.recorder, collection, join(inputs, "photos"));
    },
    run: async (app, inputs, onStep) => {
      const deps = { ...app, parallel: app.importDeps.parallel };
      const collection = await findCollection(app.db, NAME);
      await enrolCsv(deps, app.recorder, collection, join(inputs, "people.csv"), (done) =>
        onStep(`${done}`),
      );
      await app.runner.drain({ onProgress: (_, { done }) => onStep(`photo ${done}`) });
    },
  },
  erase: {
    prepare: async (app, inputs) => {
      const collection = await makeCollection(app, { name: NAME });
      await makeCollection(app, { name: "second" });
      const people = await enrolKnown(app);
      await enrolKnown(app, "second");
      await importFolder(app.importDeps, app.recorder, collection, join(inputs, "photos"));
      await app.runner.drain();
      await searchFor(app, collection, ["p0", "p1", "p2"]);
      const leaving = JSON.stringify(people.slice(0, KNOWN - 1));
      await writeFile(join(app.config.folder, "leaving.json"), leaving);
    },
    run: async (app, _, onStep) => {
      for (const subject of await leavingOf(app)) {
        await erase(app, app.recorder, subject);
        onStep(subject);
      }
    },
    traces: async (app) => {
      const people = await leavingOf(app);
      const subjects = await app.db.read
        .selectFrom("subjects")
        .innerJoin("subject_keys", "subject_id", "id")
        .select(["sealed_name", "sealed_contact", "wrapped_key"])
        .where("id", "in", people)
        .execute();
      const templates = await app.db.read
        .selectFrom("templates")
        .innerJoin("grants", "grants.id", "templates.grant_id")
        .innerJoin("grant_keys", "grant_keys.grant_id", "grants.id")
        .innerJoin("consents", "consents.grant_id", "grants.id")
        .select(["sealed_vector", "sealed_evidence", "wrapped_key"])
        .where("grants.subject_id", "in", people)
        .execute();
      return [...subjects, ...templates]
        .flatMap((row) => Object.values(row))
        .filter((bytes) => bytes !== null);
    },
  },
} as const satisfies Record<string, Work>;

/** Opens the instance of a round, with the engine that knows the truth, and what is around it. */
export async function openForWork(
  config: Config,
  around: (engine: Engine) => Engine = (engine) => engine,
): Promise<App> {
  const hooks = { before: async () => setTimeout(PHOTO_MS) };
  return openApp(config, { openEngine: async () => around(fakeEngine("recommended", hooks)) });
}

/** Photos of known people and strangers, broken ones, the same one twice; and a list of people. */
export async function writeInputs(folder: string): Promise<void> {
  const draw = drawFrom(5);
  const person = () => `p${Math.floor(draw() * (PEOPLE + 10))}`;
  for (let index = 0; index < PHOTOS; index += 1) {
    const faces: FakeFace[] = Array.from({ length: Math.floor(draw() * 5) }, () => ({
      person: person(),
      noise: 0.2 + draw(),
      poor: draw() < 0.05,
    }));
    const broken = draw() < 0.1;
    // Every tenth photo is the tenth before it under another name.
    const salt = `${index % 10 === 9 ? "twice" : index}`;
    const bytes = broken
      ? brokenPhoto("truncated")
      : fakePhoto(salt === "twice" ? ["p0", "p1"] : faces, salt);
    await put(join(folder, "photos", `roll ${index % 3}`, `${index}.jpg`), bytes);
  }
  const rows = ["subject,contact,photo,form,signed_on,witness,keep_photo"];
  for (let index = 0; index < PEOPLE; index += 1) {
    await put(join(folder, `faces/p${index}.jpg`), fakePhoto([`p${index}`], "enrolment"));
    rows.push(rowOf(`p${index}`, `faces/p${index}.jpg`, SIGNED_ON));
  }
  await put(join(folder, "faces/two.jpg"), fakePhoto(["p20", "p21"], "enrolment"));
  rows.splice(4, 0, rowOf("p20", "faces/two.jpg", SIGNED_ON));
  rows.splice(7, 0, rowOf("p21", "faces/absent.jpg", SIGNED_ON));
  rows.splice(9, 0, rowOf("p22", "faces/p3.jpg", "2001-02-31"));
  await put(join(folder, "people.csv"), `${rows.join("\n")}\n`);
}

function rowOf(person: string, photo: string, signedOn: string): string {
  return `Name of ${person},${person}@people.example,${photo},form ${person},${signedOn},Staff,no`;
}

/** Enrols the people `p<from>` to `p<until - 1>`. */
export async function enrolKnown(
  app: App,
  name = NAME,
  until = KNOWN,
  from = 0,
): Promise<readonly SubjectId[]> {
  const collection = await findCollection(app.db, name);
  const people: SubjectId[] = [];
  for (let index = from; index < until; index += 1) {
    const person = `p${index}`;
    const evidence = { kind: "paper", form: "a", signedOn: SIGNED_ON, witness: "Staff" } as const;
    const photo = { bytes: fakePhoto([person], "enrolment") };
    people.push(await enrolPerson(app, collection, person, { evidence, photo }));
  }
  return people;
}

/** Who is to be erased. */
async function leavingOf(app: App): Promise<readonly SubjectId[]> {
  const text = await readFile(join(app.config.folder, "leaving.json"), "utf8");
  return JSON.parse(text) as readonly SubjectId[];
}

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
