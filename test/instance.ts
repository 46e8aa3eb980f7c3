import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type App, type Config, configFor, openApp, type Overrides } from "../src/app.ts";
import type { SubjectId } from "../src/base/ids.ts";
import {
  type Collection,
  type CollectionRequest,
  createCollection,
  findCollection,
} from "../src/collections/collections.ts";
import { enrol, type Enrolment, type EnrolResult } from "../src/collections/enrol.ts";
import { importFolder, type ImportSummary } from "../src/collections/import.ts";
import type { PaperEvidence } from "../src/consent/evidence.ts";
import { searchByPhoto, type SearchAnswer, type SearchRequest } from "../src/search/search.ts";
import { makeMasterKey } from "../src/storage/master-key.ts";
import { isPostgres } from "../src/storage/db.ts";
import type { TestDatabase } from "./databases.ts";
import { type EngineHooks, type FakeEngine, fakeEngine, fakePhoto } from "./fake-engine.ts";

/** A fresh instance on a test's database, with an engine that knows the truth. */
export interface Instance extends AsyncDisposable {
  readonly app: App;
  readonly config: Config;
  readonly folder: string;
  readonly engine: FakeEngine;
}

/** Where an instance on this database keeps its files, with a master key of its own. */
export async function instanceConfig(database: TestDatabase): Promise<Config> {
  const elsewhere = isPostgres(database.address);
  const folder = elsewhere
    ? await mkdtemp(join(tmpdir(), "assent-test-"))
    : dirname(database.address);
  const config = configFor(folder);
  if (!existsSync(join(folder, "master.key"))) await makeMasterKey(join(folder, "master.key"));
  return {
    ...config,
    database: elsewhere ? database.address : null,
    schema: database.schema ?? null,
    importRoot: join(folder, "inbox"),
    workers: 1,
    account: "staff",
  };
}

/** Opens an instance. `config` opens one that is there already (another node, or after a kill). */
export async function openInstance(
  database: TestDatabase,
  options: Overrides & { readonly hooks?: EngineHooks; readonly config?: Config } = {},
): Promise<Instance> {
  const config = options.config ?? (await instanceConfig(database));
  const engine = fakeEngine("recommended", options.hooks);
  const app = await openApp(config, {
    openEngine: async (pack) =>
      pack === "recommended" ? engine : fakeEngine("bundled", options.hooks),
    ...options,
  });
  const { folder } = config;
  return {
    app,
    config,
    folder,
    engine,
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]();
      if (!options.config) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A collection in which everyone pictured may be compared, unless said otherwise. */
export async function makeCollection(
  app: App,
  request: Partial<CollectionRequest> = {},
): Promise<Collection> {
  return createCollection(app.db, app.recorder, {
    name: "gala",
    purpose: "give the guests their pictures",
    notice: "We look for your face in the photos of the gala.",
    contact: "office@club.example",
    retentionDays: 365,
    ageFloor: 16,
    sceneBasis: "ticket terms and signs at the door",
    pack: "recommended",
    ...request,
  });
}

/** The day a clock shows, as a form is dated. */
export function today(app: App): string {
  return new Date(app.clock.now()).toISOString().slice(0, 10);
}

let forms = 0;

type PaperEnrolment = Enrolment & { readonly evidence: PaperEvidence };

/** What a person hands in: a new form each time, signed today, and a photo of themselves alone. */
export function enrolmentOf(
  app: App,
  person: string,
  changes: Partial<PaperEnrolment> = {},
): PaperEnrolment {
  forms += 1;
  return {
    name: `Name of ${person}`,
    contact: `${person}@people.example`,
    photo: { bytes: fakePhoto([person], `enrolment ${forms}`) },
    evidence: { kind: "paper", form: `form ${forms}`, signedOn: today(app), witness: "Staff" },
    keepPhoto: false,
    ...changes,
  };
}

/** Enrols a person and returns their id; fails where they are refused. */
export async function enrolPerson(
  app: App,
  collection: Collection,
  person: string,
  changes: Partial<PaperEnrolment> = {},
): Promise<SubjectId> {
  const result: EnrolResult = await enrol(
    app,
    app.recorder,
    await findCollection(app.db, collection.id),
    enrolmentOf(app, person, changes),
  );
  if (result.kind === "refused") throw new Error(`refused: ${result.problems.join(", ")}`);
  return result.subject;
}

/** Writes photos into a folder by name and imports it. */
export async function importPhotos(
  instance: Pick<Instance, "app" | "folder">,
  collection: Collection,
  photos: Readonly<Record<string, Uint8Array>>,
  into = "incoming",
): Promise<ImportSummary> {
  const { app } = instance;
  const folder = join(instance.folder, into);
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(photos)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  const now = await findCollection(app.db, collection.id);
  return importFolder(app.importDeps, app.recorder, now, folder);
}

/** Searches with a photo of these people. */
export async function searchFor(
  app: App,
  collection: Collection,
  people: readonly string[],
  request: Partial<SearchRequest> = {},
): Promise<SearchAnswer> {
  return searchByPhoto(app, app.recorder, {
    collection: collection.id,
    photo: { bytes: fakePhoto(people, "probe") },
    purpose: "a test",
    pointed: null,
    ...request,
  });
}

/** Everyone a search returned, in the order of the faces; null for a face without a match. */
export function returned(answer: SearchAnswer): readonly (SubjectId | null)[] {
  return answer.faces.map((face) => ("subject" in face ? face.subject : null));
}

/** Who was seen where: one line a sighting, `photo -> person state`, sorted. */
export async function sightingsIn(
  app: App,
  collection: Collection,
  names: ReadonlyMap<SubjectId, string>,
): Promise<readonly string[]> {
  const rows = await app.db.read
    .selectFrom("sightings")
    .innerJoin("faces", "faces.id", "sightings.face_id")
    .innerJoin("media", "media.id", "faces.media_id")
    .select(["media.sha256", "faces.position", "sightings.subject_id", "verdict", "state"])
    .where("sightings.collection_id", "=", collection.id)
    .execute();
  return rows
    .map((row) => {
      const person = names.get(row.subject_id) ?? row.subject_id;
      return `${row.sha256.slice(0, 8)}/${row.position} ${person} ${row.verdict} ${row.state}`;
    })
    .sort();
}
