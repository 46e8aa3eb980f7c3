import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiKey } from "../src/accounts/api-keys.ts";
import { type App, configFor, openApp } from "../src/app.ts";
import { bytesOf } from "../src/base/bytes.ts";
import { DAY_MS, later } from "../src/base/clock.ts";
import { type NoticeId, newId, type SubjectId } from "../src/base/ids.ts";
import { type Collection, createCollection, touchGallery } from "../src/collections/collections.ts";
import { changeLimits } from "../src/collections/limits.ts";
import { packManifest, type PackName } from "../src/faces/packs.ts";
import type { Tx } from "../src/storage/db.ts";
import { makeMasterKey } from "../src/storage/master-key.ts";
import { vectorOf } from "../test/fake-engine.ts";

/** Raised whenever what is built here changes: an older folder is left alone, and another made. */
const VERSION = 3;
/** People written in one transaction. */
const BATCH = 500;
/** People who are searched for: each was seen in so many photos. */
export const KNOWN = 1000;
const SIGHTINGS_EACH = 20;
/** More than any run makes. */
const BUDGET = 10_000_000;

/** An instance with a large gallery, and a key that may search in it. */
export interface ServiceInstance {
  readonly folder: string;
  readonly collection: Collection["id"];
  readonly key: string;
  readonly people: number;
}

/** How the people of the gallery are called; the engine of the bench knows their vectors by it. */
export function personName(number: number): string {
  return `g${number}`;
}

/**
 * An instance on SQLite in which so many people are enrolled: the rows, keys and sealed templates of
 * each are as an enrolment leaves them, but for evidence, receipt and ledger entries, which no search
 * looks at. Made once (some minutes for 100,000) and kept among the temporary files.
 */
export async function serviceInstance(pack: PackName, people: number): Promise<ServiceInstance> {
  const folder = join(tmpdir(), `assent-bench-service-${VERSION}-${pack}-${people}`);
  const note = join(folder, "instance.json");
  if (!existsSync(note)) await build(folder, pack, people);
  return { folder, people, ...JSON.parse(await readFile(note, "utf8")) } as ServiceInstance;
}

async function build(folder: string, pack: PackName, people: number): Promise<void> {
  const making = `${folder}.part`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  const config = { ...configFor(making), workers: 0, account: "bench" };
  await makeMasterKey(join(making, "master.key"));
  await using app = await openApp(config);
  const collection = await createCollection(app.db, app.recorder, {
    name: "large",
    purpose: "measure",
    notice: "We look for your face in the photos of the bench.",
    contact: "office@club.example",
    retentionDays: 365,
    ageFloor: 16,
    sceneBasis: "nobody is pictured",
    pack,
  });
  const limits = { searchBudget: BUDGET, probesMax: BUDGET };
  await changeLimits(app.db, app.recorder, collection.id, limits);
  const known: SubjectId[] = [];
  for (let from = 0; from < people; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, people - from) }, (_, at) => from + at);
    known.push(...(await app.db.write(async (tx) => enrolAll(app, tx, collection, numbers))));
  }
  await seeAll(app, collection, known.slice(0, KNOWN));
  const request = { collection: collection.id, label: "bench", scopes: ["search"], days: 366 };
  const { text } = await createApiKey(app.db, app.recorder, request);
  const note = { collection: collection.id, key: text };
  await writeFile(join(making, "instance.json"), JSON.stringify(note));
  await rename(making, folder);
}

/** Writes people, each with keys, a grant and a template of the vector that goes with their name. */
async function enrolAll(
  { vault, clock }: App,
  tx: Tx,
  collection: Collection,
  numbers: readonly number[],
): Promise<readonly SubjectId[]> {
  const { pack } = collection;
  const { templateSize } = packManifest(pack as PackName);
  const now = clock.now();
  const { id: notice_id } = await tx.read
    .selectFrom("notices")
    .select("id")
    .where("collection_id", "=", collection.id)
    .executeTakeFirstOrThrow();
  const ids: SubjectId[] = [];
  for (const number of numbers) {
    const id = newId("sub");
    ids.push(id);
    const name = personName(number);
    await tx.write
      .insertInto("subjects")
      .values({
        id,
        name_index: vault.index("subjects/name", name),
        contact_index: vault.index("subjects/contact", name),
        sealed_name: new Uint8Array(),
        created_at: now,
      })
      .execute();
    const owner = { kind: "subject", id } as const;
    await vault.createKey(tx, owner);
    await vault.createAuditKeys(tx, id);
    const seal = async (text: string, column: string) =>
      vault.seal(tx, owner, Buffer.from(text), [column]);
    const sealed_name = await seal(name, "name");
    const sealed_contact = await seal(`${name}@people.example`, "contact");
    await tx.write
      .updateTable("subjects")
      .set({ sealed_name, sealed_contact })
      .where("id", "=", id)
      .execute();
    await giveTemplate(tx, { subject: id, notice_id, vector: vectorOf(name, templateSize) });
  }
  await touchGallery(tx, clock, collection.id, "added");
  return ids;

  async function giveTemplate(
    tx: Tx,
    person: {
      readonly subject: SubjectId;
      readonly notice_id: NoticeId;
      readonly vector: Float32Array;
    },
  ): Promise<void> {
    const grant = newId("gra");
    await tx.write
      .insertInto("grants")
      .values({
        id: grant,
        collection_id: collection.id,
        subject_id: person.subject,
        notice_id: person.notice_id,
        state: "granted",
        uses: "[]",
        granted_at: now,
        expires_at: later(now, 10 * 365 * DAY_MS),
        ended_at: null,
      })
      .execute();
    const owner = { kind: "grant", id: grant } as const;
    await vault.createKey(tx, owner);
    const id = newId("tem");
    const context = ["template", "find", collection.id, pack, id];
    await tx.write
      .insertInto("templates")
      .values({
        id,
        collection_id: collection.id,
        grant_id: grant,
        grant_state: "granted",
        pack,
        photo_index: id,
        sealed_vector: await vault.seal(tx, owner, bytesOf(person.vector), context),
        created_at: now,
      })
      .execute();
  }
}

/** Photos of the people who are searched for, one face each. */
async function seeAll(
  { db, clock }: App,
  { id: collection, pack }: Collection,
  known: readonly SubjectId[],
): Promise<void> {
  const now = clock.now();
  let seq = 0;
  for (const subject_id of known) {
    await db.write(async (tx) => {
      for (let photo = 0; photo < SIGHTINGS_EACH; photo += 1) {
        seq += 1;
        const media_id = newId("med");
        const face_id = newId("fac");
        const day = String((photo % 28) + 1).padStart(2, "0");
        await tx.write
          .insertInto("media")
          .values({
            id: media_id,
            seq,
            collection_id: collection,
            sha256: seq.toString(16).padStart(64, "0"),
            format: "jpeg",
            bytes: 1,
            width: 1000,
            height: 1000,
            taken_at: `2026-06-${day}T12:00:00`,
            imported_at: now,
            analysed_with: `${pack}/1`,
            scanned_version: 1_000_000,
            problem: null,
          })
          .execute();
        await tx.write
          .insertInto("media_sources")
          .values({ media_id, path: `day-${day}/photo-${seq}.jpg` })
          .execute();
        const place = {
          box: { x: 0.4, y: 0.4, width: 0.1, height: 0.1 },
          landmarks: [],
          outline: null,
          score: 0.9,
        };
        await tx.write
          .insertInto("faces")
          .values({
            id: face_id,
            media_id,
            position: 0,
            place: JSON.stringify(place),
            width_pixels: 100,
            problems: "[]",
          })
          .execute();
        await tx.write
          .insertInto("sightings")
          .values({
            id: newId("sig"),
            collection_id: collection,
            face_id,
            subject_id,
            pack,
            verdict: "match",
            score: 0.9,
            state: "proposed",
            proposed_at: now,
            decided_at: null,
          })
          .execute();
      }
    });
  }
}
