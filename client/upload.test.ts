import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { onEachDatabase, onSqlite } from "../test/databases.ts";
import { fakePhoto } from "../test/fake-engine.ts";
import { makeCollection } from "../test/instance.ts";
import { makeKey, openTestService, type TestService } from "../test/service.ts";
import { type Assent, connect } from "./assent.ts";
import { apiKey } from "./badge.ts";
import { ProblemError } from "./errors.ts";
import { filesBelow, journalMemory, openFile } from "./node-files.ts";
import { storageMemory, uploadFile } from "./upload.ts";
import { uploadAll } from "./upload-all.ts";

const QUICK = { totalMs: 5000, firstMs: 5, longestMs: 50 };

interface Ready {
  readonly collection: string;
  readonly assent: Assent;
  /** The photos there, after the jobs have run. */
  readonly photos: () => Promise<number>;
}

async function ready(tested: TestService, address = tested.service.origin): Promise<Ready> {
  const { app } = tested.instance;
  const { id } = await makeCollection(app);
  const { authorization = "" } = await makeKey(tested, id);
  const as = apiKey(authorization.replace("Bearer ", ""));
  return {
    collection: id,
    assent: connect({ address, as, patience: QUICK }),
    photos: async () => {
      await app.runner.drain();
      const rows = await app.db.read.selectFrom("media").select("id").execute();
      return rows.length;
    },
  };
}

function photoFile(person: string, salt = ""): Blob {
  return new Blob([new Uint8Array(fakePhoto([person], salt))]);
}

onEachDatabase("a photo in one part or in many is there once", async (database) => {
  await using tested = await openTestService(database);
  const { assent, collection, photos } = await ready(tested);
  const file = photoFile("anna", "x".repeat(1000));
  const told: number[] = [];
  const upload = await uploadFile(
    assent,
    { collection, name: "a.jpg", file },
    { partBytes: 300, onProgress: (sent) => told.push(sent) },
  );
  assert.match(upload, /^upl_/u);
  assert.deepEqual(told, [300, 600, 900, file.size]);
  await uploadFile(assent, { collection, name: "again, äöü.jpg", file });
  assert.equal(await photos(), 1);
});

onSqlite("a connection that breaks in the middle loses nothing of the file", async (database) => {
  await using tested = await openTestService(database);
  let requests = 0;
  await using between = await openBreaking(tested.service.origin, () => (requests += 1) % 3 !== 0);
  const { assent, collection, photos } = await ready(tested, between.origin);
  const bytes = new Uint8Array(fakePhoto(["anna"], randomBytes(3000).toString("hex")));
  const told: number[] = [];
  await uploadFile(
    assent,
    { collection, name: "a.jpg", file: new Blob([bytes]) },
    { partBytes: 1000, onProgress: (sent) => told.push(sent) },
  );
  assert.ok(requests > 8, String(requests));
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );
  assert.equal(await photos(), 1);
});

onSqlite(
  "over a line that lets no part through whole, a file arrives all the same",
  async (database) => {
    await using tested = await openTestService(database);
    const most = 40;
    await using between = await openBreaking(
      tested.service.origin,
      ({ headers }) => Number(headers["content-length"] ?? 0) <= most,
    );
    const { assent, collection, photos } = await ready(tested, between.origin);
    const file = photoFile("anna", "x".repeat(500));
    await uploadFile(assent, { collection, name: "a.jpg", file });
    assert.equal(await photos(), 1);
  },
);

onSqlite("another run goes on where the one before was cut off", async (database) => {
  await using tested = await openTestService(database);
  const { assent, collection, photos } = await ready(tested);
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const memory = storageMemory(storage);
  const file = photoFile("anna", "x".repeat(1000));
  const request = { collection, name: "a.jpg", file };
  const stop = new AbortController();
  const first: number[] = [];
  const cut = uploadFile(assent, request, {
    memory,
    partBytes: 400,
    signal: stop.signal,
    onProgress: (sent) => {
      first.push(sent);
      if (sent === 800) stop.abort(new Error("the program ends"));
    },
  });
  await assert.rejects(cut, /the program ends/u);
  const second: number[] = [];
  const options = { memory, partBytes: 400, onProgress: (sent: number) => second.push(sent) };
  const upload = await uploadFile(assent, request, options);
  assert.deepEqual(second, [800, file.size]);
  // It is known to be there: nothing is sent.
  assert.equal(await uploadFile(assent, request, options), upload);
  assert.deepEqual(second, [800, file.size]);
  assert.equal(await photos(), 1);
});

onSqlite("an upload that the service has given up is begun anew", async (database) => {
  await using tested = await openTestService(database);
  const { assent, collection, photos } = await ready(tested);
  const at = `/api/v1/collections/${collection}/uploads/upl_AAAAAAAAAAAAAAAA`;
  const memory = { get: async () => ({ at, whole: false }), set: async () => undefined };
  await uploadFile(assent, { collection, name: "a.jpg", file: photoFile("anna") }, { memory });
  assert.equal(await photos(), 1);
});

onSqlite("what can't be taken has a code and a status", async (database) => {
  await using tested = await openTestService(database);
  const { assent, collection } = await ready(tested);
  const problem = async (work: Promise<unknown>) =>
    work.then(
      () => assert.fail("It should have failed."),
      (error: unknown) => {
        assert.ok(error instanceof ProblemError, String(error));
        return [error.code, error.status];
      },
    );
  const file = photoFile("anna");
  const elsewhere = { collection: "col_AAAAAAAAAAAAAAAA", name: "a.jpg", file };
  assert.deepEqual(await problem(uploadFile(assent, elsewhere)), ["collection_unknown", 404]);
  const empty = { collection, name: "a.jpg", file: new Blob([]) };
  const [, status] = await problem(uploadFile(assent, empty));
  assert.equal(status, 400);
});

onSqlite("a folder is sent by one run after the other, and no file twice", async (database) => {
  await using tested = await openTestService(database);
  const { assent, collection, photos } = await ready(tested);
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  try {
    await mkdir(join(folder, "photos", "more"), { recursive: true });
    for (let index = 0; index < 10; index += 1) {
      const below = index < 5 ? "photos" : "photos/more";
      await writeFile(join(folder, below, `${index}.jpg`), fakePhoto(["anna"], String(index)));
    }
    await writeFile(join(folder, "photos", "empty.jpg"), "");
    await writeFile(join(folder, "photos", ".hidden.jpg"), "hidden");
    const journal = join(folder, "journal");
    const run = async (most: number) => {
      const memory = await journalMemory(journal);
      const names: string[] = [];
      for await (const { name, refused } of uploadAll(
        assent,
        collection,
        filesBelow(join(folder, "photos")),
        { memory },
      )) {
        if (refused === null) names.push(name);
        else assert.equal(name, "empty.jpg");
        if (names.length === most) break;
      }
      return names;
    };
    await run(3);
    // As a program leaves it that is killed while it writes.
    await appendFile(journal, '\n["[torn');
    const all = await run(Infinity);
    assert.equal(all.length, 10);
    const open = await tested.instance.app.db.read.selectFrom("uploads").select("path").execute();
    assert.equal(new Set(open.map(({ path }) => path)).size, 10);
    assert.equal(await photos(), 10);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a file on the disk is sent with its name and its time", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assent-test-"));
  try {
    const path = join(folder, "a.jpg");
    await writeFile(path, "some bytes");
    const file = await openFile(path);
    assert.equal(file.name, "a.jpg");
    assert.equal(await file.slice(5, 10).text(), "bytes");
    assert.ok(Math.abs(file.lastModified - Date.now()) < 60_000);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Something between client and service that cuts requests off after a part of their body. */
async function openBreaking(
  to: string,
  passes: (request: IncomingMessage) => boolean,
): Promise<AsyncDisposable & { readonly origin: string }> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = "" } = incoming;
    const request = httpRequest(`${to}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    request.on("error", () => incoming.socket.destroy());
    if (passes(incoming)) {
      incoming.pipe(request);
      return;
    }
    let sent = 0;
    incoming.on("data", (chunk: Buffer) => {
      sent += chunk.length;
      request.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => {
        request.destroy();
        incoming.socket.destroy();
      });
    });
    incoming.on("end", () => {
      if (sent > 0) return;
      request.destroy();
      incoming.socket.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
