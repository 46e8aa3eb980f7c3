import assert from "node:assert/strict";
import type { SubjectId } from "../src/base/ids.ts";
import { openTemplates } from "../src/collections/templates.ts";
import { withdraw } from "../src/rights/consent-changes.ts";
import { erase } from "../src/rights/erase.ts";
import { readSubject } from "../src/subjects/subjects.ts";
import type { App } from "../src/app.ts";
import type { Collection } from "../src/collections/collections.ts";
import { Canaries } from "./canary.ts";
import { onEachDatabase, onPostgres, onSqlite, type TestDatabase } from "./databases.ts";
import { dumpOf } from "./dump.ts";
import { fakePhoto, fakePicture, vectorOf } from "./fake-engine.ts";
import {
  enrolPerson,
  importPhotos,
  type Instance,
  makeCollection,
  openInstance,
  returned,
  searchFor,
  today,
} from "./instance.ts";
import { eventsOf } from "./ledger.ts";
import { startScript } from "./script.ts";

/** Bytes of a sealed value looked for together: enough that nothing has them by chance. */
const WINDOW_BYTES = 16;

/** Enrols a person whose every trace can be told from everybody else's. */
async function enrolMarked(app: App, collection: Collection, person: string): Promise<SubjectId> {
  return enrolPerson(app, collection, person, {
    name: `Name-of-${person}`,
    contact: `contact-of-${person}@people.example`,
    photo: { bytes: await fakePicture([person]) },
    evidence: {
      kind: "paper",
      form: `form-of-${person}`,
      signedOn: today(app),
      witness: `witness-of-${person}`,
    },
    keepPhoto: true,
  });
}

/** Everything there is of a person, to be looked for when it must be gone. */
class Traces {
  readonly canaries = new Canaries();
  /** Sealed under keys that are to be destroyed: owner, bytes, context. */
  readonly sealed: [Parameters<App["vault"]["unseal"]>[1], Uint8Array, readonly string[]][] = [];

  /** Reads the person's rows; `person` is who they are to the engine. */
  async collect(app: App, person: string, subject: SubjectId): Promise<void> {
    for (const text of ["Name-of", "contact-of", "witness-of", "form-of"]) {
      this.canaries.addBytes(`${text}-${person}`, Buffer.from(`${text}-${person}`));
    }
    for (const size of [256, 128]) {
      this.canaries.addVector(`vector of ${person}`, vectorOf(person, size));
    }
    const { read } = app.db;
    const owner = { kind: "subject", id: subject } as const;
    const row = await read
      .selectFrom("subjects")
      .innerJoin("subject_keys", "subject_keys.subject_id", "subjects.id")
      .selectAll()
      .where("id", "=", subject)
      .executeTakeFirstOrThrow();
    this.#addSealed("sealed name", row.sealed_name);
    this.#addSealed("sealed contact", row.sealed_contact);
    this.#addSealed("subject key", row.wrapped_key);
    this.canaries.addBytes("name digest", Buffer.from(row.name_index ?? "none"));
    this.canaries.addBytes("contact digest", Buffer.from(row.contact_index ?? "none"));
    if (row.sealed_name) this.sealed.push([owner, row.sealed_name, ["name"]]);
    const grants = await read
      .selectFrom("grants")
      .innerJoin("grant_keys", "grant_keys.grant_id", "grants.id")
      .innerJoin("consents", "consents.grant_id", "grants.id")
      .select(["grants.id", "sealed_evidence", "sealed_receipt", "wrapped_key"])
      .where("subject_id", "=", subject)
      .execute();
    for (const grant of grants) {
      this.#addSealed("sealed evidence", grant.sealed_evidence);
      this.#addSealed("sealed receipt", grant.sealed_receipt);
      this.#addSealed("grant key", grant.wrapped_key);
      await this.#collectGrant(app, grant.id);
    }
    await this.#collectRecord(app, subject);
  }

  /** Keys, texts and salts of the person's entries in the ledger. */
  async #collectRecord(app: App, subject: SubjectId): Promise<void> {
    const { read } = app.db;
    const keys = read.selectFrom("audit_keys").selectAll().where("subject_id", "=", subject);
    for (const key of await keys.execute()) this.#addSealed("audit key", key.wrapped_key);
    const entries = read.selectFrom("entries").selectAll().where("subject_id", "=", subject);
    for (const entry of await entries.execute()) {
      for (const holder of ["subject", "operator"] as const) {
        const owner = { kind: "audit", id: subject, holder } as const;
        const body = holder === "subject" ? entry.subject_body : entry.operator_body;
        this.#addSealed("entry body", body);
        assert.ok(body);
        const context = ["entry", entry.id];
        this.sealed.push([owner, body, context]);
        const opening = JSON.parse(
          (await app.vault.unseal(app.db, owner, body, context)).toString(),
        ) as { readonly salt: string };
        this.canaries.addBytes("salt", Buffer.from(opening.salt, "base64url"));
        this.canaries.addBytes("salt", Buffer.from(opening.salt));
      }
    }
  }

  async #collectGrant(app: App, id: (typeof this.sealed)[number][0]["id"]): Promise<void> {
    const { read } = app.db;
    const templates = await read
      .selectFrom("templates")
      .selectAll()
      .where("grant_id", "=", id as never)
      .execute();
    const photos = await read
      .selectFrom("enrolment_photos")
      .selectAll()
      .where("grant_id", "=", id as never)
      .execute();
    for (const one of templates) {
      this.#addSealed("sealed template", one.sealed_vector);
      this.canaries.addBytes("photo digest", Buffer.from(one.photo_index));
    }
    for (const one of photos) {
      this.#addSealed("sealed photo", one.sealed_photo);
      const owner = { kind: "grant", id } as Parameters<App["vault"]["unseal"]>[1];
      this.sealed.push([owner, one.sealed_photo, ["photo", one.photo_index]]);
    }
  }

  #addSealed(name: string, bytes: Uint8Array | null): void {
    assert.ok(bytes && bytes.length > WINDOW_BYTES, name);
    for (let start = 0; start + WINDOW_BYTES <= bytes.length; start += WINDOW_BYTES) {
      const window = bytes.subarray(start, start + WINDOW_BYTES);
      this.canaries.addBytes(name, window);
      this.canaries.addBytes(`${name} in hex`, Buffer.from(Buffer.from(window).toString("hex")));
    }
  }
}

/** A collection with people in it, some of whom have come and gone, and photos of them. */
async function populate(instance: Instance, count: number) {
  const { app } = instance;
  const collection = await makeCollection(app);
  const subjects = new Map<string, SubjectId>();
  for (let index = 0; index < count; index += 1) {
    const person = `p${index}`;
    subjects.set(person, await enrolMarked(app, collection, person));
    // Pages that empty and fill again: rows move about in the file.
    if (index % 5 === 4) {
      const gone = `p${index - 3}`;
      await withdraw(app.db, app.recorder, subjects.get(gone) ?? ("" as SubjectId), "all");
    }
  }
  const photos = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [
      `${index}.jpg`,
      fakePhoto([...subjects.keys()].slice(index * 4, index * 4 + 6), `${index}`),
    ]),
  );
  await importPhotos(instance, collection, photos);
  await app.runner.drain();
  await searchFor(app, collection, ["p0", "p2", "p10"]);
  return { collection, subjects };
}

const EVERY_THIRD = (_: unknown, index: number) => index % 3 === 0;

onEachDatabase(
  "R14 after erasure nothing opens, nobody is found, and the record stays",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const { collection, subjects } = await populate(instance, 12);
    const [person, subject] = [...subjects][0] ?? assert.fail();
    const traces = new Traces();
    await traces.collect(app, person, subject);
    const templates = await app.db.read.selectFrom("templates").select("id").execute();
    const entriesOf = async () =>
      app.db.read.selectFrom("entries").selectAll().orderBy("seq").execute();
    const before = await entriesOf();
    const own = before.filter((row) => row.subject_id === subject);
    assert.ok(own.length >= 3, "given, template, returned");

    await erase(app, app.recorder, subject);
    await assert.rejects(readSubject(app.db, app.vault, subject), { code: "subject_erased" });
    for (const [owner, sealed, context] of traces.sealed) {
      const opened = app.vault.unseal(app.db, owner, sealed, context);
      await assert.rejects(opened, { code: "key_destroyed" });
    }
    const ids = templates.map(({ id }) => id);
    const left = await openTemplates(app.db, app.vault, ids);
    assert.ok(left.length > 0 && left.every((one) => one.subject !== subject));
    assert.deepEqual(returned(await searchFor(app, collection, [person])), [null]);
    const gone = ["sightings", "search_returns", "subject_sequences", "audit_keys"] as const;
    for (const table of gone) {
      const rows = await app.db.read.selectFrom(table).select("subject_id").execute();
      assert.ok(
        rows.every((row) => row.subject_id !== subject),
        table,
      );
    }
    const after = await entriesOf();
    const bare = { subject_id: null, subject_seq: null, subject_body: null, operator_body: null };
    assert.deepEqual(
      after.slice(0, before.length).map((row) => JSON.stringify(row)),
      before.map((row) => JSON.stringify(own.includes(row) ? { ...row, ...bare } : row)),
      "every leaf is in its place, and of the person's own nothing else",
    );
    const erasures = await eventsOf(app, "subject.erased");
    assert.deepEqual(
      erasures.map(({ event }) => event["erased"]),
      [subject],
    );

    // Once more changes nothing: there is no second entry of it either.
    await erase(app, app.recorder, subject);
    assert.equal((await entriesOf()).length, after.length);
  },
);

onSqlite(
  "R14 no byte of an erased person is in any file, however their rows had moved",
  async (database) => {
    await using instance = await openInstance(database);
    const { app, folder } = instance;
    const { subjects } = await populate(instance, 90);
    const erased = [...subjects].filter((_, index) => index % 9 === 0);
    const traces = new Traces();
    for (const [person, subject] of erased) await traces.collect(app, person, subject);
    const found = await traces.canaries.findBelow(folder);
    for (const what of [
      "sealed template",
      "sealed photo",
      "grant key",
      "subject key",
      "audit key",
      "entry body",
      "sealed receipt",
      "name digest",
    ]) {
      assert.ok(
        found.some((one) => one.endsWith(what)),
        `${what} is found before: ${found.join()}`,
      );
    }
    for (const [, subject] of erased) await erase(app, app.recorder, subject);
    assert.deepEqual(await traces.canaries.findBelow(folder), []);
  },
);

onSqlite(
  "R14 killed between the erasure and the scrub of the files: gone once it is opened again",
  async (database) => {
    const instance = await openInstance(database);
    const { app, config, folder } = instance;
    const { subjects } = await populate(instance, 30);
    const erased = [...subjects].filter(EVERY_THIRD).slice(0, 4);
    const traces = new Traces();
    for (const [person, subject] of erased) await traces.collect(app, person, subject);
    await app[Symbol.asyncDispose]();
    await using script = startScript(
      `
    import { openApp } from "./src/app.ts";
    import { erase } from "./src/rights/erase.ts";
    const app = await openApp(config);
    let left = ids.length;
    const rewrite = app.db.rewrite.bind(app.db);
    app.db.rewrite = async () => {
      left -= 1;
      if (left > 0) return rewrite();
      console.log("committed");
      return new Promise(() => setInterval(() => undefined, 1000));
    };
    for (const id of ids) await erase(app, app.recorder, id);
  `,
      { config, ids: erased.map(([, id]) => id) },
    );
    await script.line("committed");
    await script.kill();
    assert.notDeepEqual(await traces.canaries.findBelow(folder), [], "the old pages are there yet");
    await using again = await openInstance(database, { config });
    assert.deepEqual(await traces.canaries.findBelow(folder), []);
    for (const [, subject] of erased) {
      const read = readSubject(again.app.db, again.app.vault, subject);
      await assert.rejects(read, { code: "subject_erased" });
    }
  },
);

onPostgres(
  "R14 no row holds anything of an erased person (dead row versions in the server's own files are not looked for)",
  async (database: TestDatabase) => {
    await using instance = await openInstance(database);
    const { app, folder } = instance;
    const { subjects } = await populate(instance, 30);
    const erased = [...subjects].filter(EVERY_THIRD);
    const traces = new Traces();
    for (const [person, subject] of erased) await traces.collect(app, person, subject);
    const before = traces.canaries.findIn(await dumpOf(app.db, database));
    assert.ok(before.includes("sealed template in hex"), before.join());
    for (const [, subject] of erased) await erase(app, app.recorder, subject);
    assert.deepEqual(traces.canaries.findIn(await dumpOf(app.db, database)), []);
    assert.deepEqual(await traces.canaries.findBelow(folder), []);
  },
);

onEachDatabase(
  "R14 keys copied from the tables before an erasure open nothing after it on PostgreSQL, where dead rows stay",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const { subjects } = await populate(instance, 4);
    const [, subject] = [...subjects][0] ?? assert.fail();
    const owner = { kind: "subject", id: subject } as const;
    const copy = await app.db.read
      .selectFrom("subjects")
      .innerJoin("subject_keys", "subject_keys.subject_id", "subjects.id")
      .select(["sealed_name", "epoch_id", "wrapped_key"])
      .where("id", "=", subject)
      .executeTakeFirstOrThrow();
    assert.ok(copy.sealed_name);
    const sealed = copy.sealed_name;
    assert.match(app.vault.unsealWith(owner, copy, sealed, ["name"]).toString(), /^Name-of/u);
    const epochs = async () => {
      const rows = await app.db.read.selectFrom("epoch_keys").select("id").execute();
      return rows.map(({ id }) => id);
    };
    await erase(app, app.recorder, subject);
    if (app.db.kind === "sqlite") {
      // There the copies themselves are gone: the test above looks for them.
      assert.deepEqual(await epochs(), [copy.epoch_id]);
      return;
    }
    assert.ok(!(await epochs()).includes(copy.epoch_id));
    const open = () => app.vault.unsealWith(owner, copy, sealed, ["name"]);
    assert.throws(open, { code: "key_destroyed" });
  },
);
