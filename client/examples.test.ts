import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { onSqlite, type TestDatabase } from "../test/databases.ts";
import { plainEnvironment, runAssent } from "../test/command.ts";
import { fakePhoto, fakePicture } from "../test/fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection } from "../test/instance.ts";
import { makeKey, openTestService, signInPerson, type TestService } from "../test/service.ts";

interface Ready {
  readonly tested: TestService;
  readonly folder: string;
  readonly collection: Awaited<ReturnType<typeof makeCollection>>;
  /** Runs an example as its reader would, in a process of its own. */
  readonly run: (
    name: string,
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly exit: number | null; readonly out: string; readonly err: string }>;
}

/** A service with a collection, a key for it, and a folder for files. */
async function withService(
  database: TestDatabase,
  body: (ready: Ready) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  try {
    await using tested = await openTestService(database);
    const collection = await makeCollection(tested.instance.app);
    const { authorization = "" } = await makeKey(tested, collection.id);
    const settings = {
      ASSENT_ADDRESS: tested.service.origin,
      ASSENT_KEY: authorization.replace("Bearer ", ""),
    };
    const run: Ready["run"] = async (name, args, environment = {}) => {
      const file = join(import.meta.dirname, "examples", `${name}.ts`);
      const child = spawn(
        process.execPath,
        ["--disable-warning=ExperimentalWarning", file, ...args],
        {
          env: { ...plainEnvironment({}), ...settings, ...environment },
          stdio: ["ignore", "pipe", "pipe"],
          timeout: 60_000,
        },
      );
      const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
      await ended;
      return { exit: child.exitCode, out, err };
    };
    await body({ tested, folder, collection, run });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

onSqlite("the example enrols somebody and finds them", async (database) => {
  await withService(database, async ({ tested, folder, collection, run }) => {
    await importPhotos(tested.instance, collection, { "a.jpg": fakePhoto(["anna", "stranger"]) });
    const [portrait, probe, group] = ["portrait.jpg", "probe.jpg", "group.jpg"].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await writeFile(portrait, fakePhoto(["anna"], "portrait"));
    await writeFile(probe, fakePhoto(["anna"], "probe"));
    await writeFile(group, fakePhoto(["anna", "stranger"], "group"));
    const person = [collection.id, "Anna", "anna@people.example"];
    const refused = await run("enrol-and-find", [...person, group, probe]);
    assert.match(refused.out, /^Not enrolled, .*\nnone\n$/u);
    const { exit, out, err } = await run("enrol-and-find", [...person, portrait, probe]);
    assert.equal(exit, 0, err);
    assert.match(out, /^enrolled: (sub_[\w-]{16})\nmatch: \1, seen \d times\n$/u);
    const elsewhere = ["col_AAAAAAAAAAAAAAAA", ...person.slice(1), portrait, probe];
    const wrong = await run("enrol-and-find", elsewhere);
    assert.equal(wrong.exit, 1);
    assert.match(wrong.err, /^collection_unknown: /u);
  });
});

onSqlite("the example uploads a folder, and a second run sends nothing", async (database) => {
  await withService(database, async ({ tested, folder, collection, run }) => {
    await mkdir(join(folder, "photos"));
    for (const name of ["a.jpg", "b.jpg", "c.jpg"]) {
      await writeFile(join(folder, "photos", name), fakePhoto(["anna"], name));
    }
    await writeFile(join(folder, "photos", "text.jpg"), "this is no picture");
    const args = [collection.id, join(folder, "photos"), join(folder, "journal")];
    for (const _ of [1, 2]) {
      const { exit, out, err } = await run("upload-folder", args);
      assert.equal(exit, 0, err);
      assert.match(out, /^4 files are there\.\n/u);
      assert.match(out, /Import: done\n/u);
      assert.match(out, /^text\.jpg: \w+\. /mu);
    }
    const { read } = tested.instance.app.db;
    assert.equal((await read.selectFrom("uploads").select("id").execute()).length, 4);
    assert.equal((await read.selectFrom("media").select("id").execute()).length, 3);
  });
});

onSqlite("the example watches a job until it is over", async (database) => {
  await withService(database, async ({ tested, collection, run }) => {
    assert.equal((await run("watch-job", [])).out, "There is no job.\n");
    await importPhotos(tested.instance, collection, { "a.jpg": fakePhoto(["anna"]) });
    await enrolPerson(tested.instance.app, collection, "anna");
    const { exit, out, err } = await run("watch-job", []);
    assert.equal(exit, 0, err);
    assert.match(out, /backfill: done, \d+ of \d+\n$/u);
  });
});

onSqlite("the example fetches a person's archive, which can be verified", async (database) => {
  await withService(database, async ({ tested, folder, collection, run }) => {
    const { app } = tested.instance;
    await importPhotos(tested.instance, collection, { "a.png": await fakePicture(["p1", "p2"]) });
    const person = await enrolPerson(app, collection, "p1");
    await app.runner.drain();
    const { cookie = "" } = await signInPerson(tested, person);
    const { exit, out, err } = await run("export", [folder], { ASSENT_COOKIE: cookie });
    assert.equal(exit, 0, err);
    const bytes = await readFile(out.trim());
    assert.equal(bytes.subarray(0, 2).toString(), "PK");
    const verified = await runAssent(join(folder, "nowhere"), ["verify", out.trim()]);
    assert.equal(verified.exit, 0, verified.err);
    const nobody = await run("export", [folder]);
    assert.equal(nobody.exit, 1);
  });
});
