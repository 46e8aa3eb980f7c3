import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../src/app.ts";
import type { CollectionId } from "../src/base/ids.ts";
import { settingsFor } from "../src/http/settings.ts";
import { onEachDatabase } from "./databases.ts";
import { fakePhoto } from "./fake-engine.ts";
import { faultyDb } from "./faulty-db.ts";
import { enrolPerson, makeCollection } from "./instance.ts";
import { type Badge, formOf, openTestService, signInAs } from "./service.ts";

/**
 * Many searches over HTTP and one withdrawal among them. What lies between a commit and its answer
 * takes microseconds here and more on a busy machine or a far database: it is drawn out, so that a
 * withdrawal meets searches at every one of their steps.
 */

const SEARCHES = 50;
const ROUNDS = 6;
/** Each round withdraws after so many more answers than the one before. */
const STRIDE = 7;
/** How long each drawn-out step takes at most; most take much less, so that others overtake. */
const STEP_MS = 80;

const aWhile = async (): Promise<void> => sleep(Math.random() ** 4 * STEP_MS);

/** The app with slow answers of the database to commits, and slow opening of names. */
function drawnOut(app: App): App {
  const vault = new Proxy(app.vault, {
    get: (target, key) => {
      if (key === "unseal") {
        return async (...given: Parameters<typeof target.unseal>) => {
          await aWhile();
          return target.unseal(...given);
        };
      }
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  return { ...app, vault, db: faultyDb(app.db, { onCommitted: aWhile }) };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  /** Its place among all answers, by when its head arrived. */
  readonly began: number;
  /** The same, by when all of it was here. */
  readonly ended: number;
}

let arrivals = 0;

/** Posts, and notes when the answer came in the order of events at the socket. */
async function post(agent: Agent, url: string, badge: Badge, body: FormData): Promise<Answer> {
  const whole = new Request(url, { method: "POST", body });
  const bytes = Buffer.from(await whole.arrayBuffer());
  const type = whole.headers.get("content-type") ?? "";
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = { ...badge, "content-type": type, "content-length": bytes.length };
  const sent = request(url, { agent, method: "POST", headers }, (response) => {
    const began = (arrivals += 1);
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (text += chunk));
    response.once("error", reject);
    response.once("end", () => {
      const ended = (arrivals += 1);
      resolve({ status: response.statusCode ?? 0, text, began, ended });
    });
  });
  sent.once("error", reject);
  sent.end(bytes);
  return promise;
}

async function withdraw(agent: Agent, url: string, badge: Badge): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(url, { agent, method: "POST", headers: { ...badge } }, (response) => {
    const began = (arrivals += 1);
    response.resume();
    response.once("end", () => {
      const ended = (arrivals += 1);
      resolve({ status: response.statusCode ?? 0, text: "", began, ended });
    });
  });
  sent.once("error", reject);
  sent.end();
  return promise;
}

onEachDatabase(
  "R7 no search that is answered after a withdrawal names whoever withdrew",
  async (database) => {
    const settings = {
      gate: { ...settingsFor(1).gate, slots: SEARCHES, queue: SEARCHES },
    };
    await using tested = await openTestService(database, {
      settings,
      around: drawnOut,
      instance: { hooks: { before: aWhile } },
    });
    const { app } = tested.instance;
    const collection = await makeCollection(app);
    await unlimited(app, collection.id);
    await enrolPerson(app, collection, "anna");
    const staff = await signInAs(tested, "staff", [collection.id]);
    const agent = new Agent({ keepAlive: true, maxSockets: SEARCHES + 1 });
    const at = `${tested.service.origin}/api/v1/collections/${collection.id}`;
    const seen = { before: 0, after: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = `bert${round}`;
      const id = await enrolPerson(app, collection, person);
      let answered = 0;
      const searches = Array.from({ length: SEARCHES }, async () => {
        const body = { purpose: "hand over photos" };
        const photo = (): Uint8Array => fakePhoto([person, "anna"]);
        const form = formOf({ body, files: { photo: "photo.jpg" } }, photo);
        await aWhile();
        const answer = await post(agent, `${at}/searches`, staff, form);
        answered += 1;
        return answer;
      });
      // From none answered to most: however busy the machine, the withdrawal comes among them.
      const enough = (): boolean => answered >= round * STRIDE;
      while (!enough()) await sleep(1);
      await aWhile();
      const withdrawn = await withdraw(agent, `${at}/people/${id}/withdraw`, staff);
      assert.equal(withdrawn.status, 200);
      for (const { status, text, began } of await Promise.all(searches)) {
        assert.equal(status, 200, text);
        const names = text.includes(id);
        if (began < withdrawn.ended) seen.before += names ? 1 : 0;
        else {
          seen.after += 1;
          assert.ok(!names, `round ${round}: an answer came after the withdrawal's and names them`);
        }
      }
    }
    // Nothing is shown unless both kinds came about.
    assert.ok(seen.before > 0 && seen.after > 0, JSON.stringify(seen));
    agent.destroy();
  },
);

async function unlimited({ db }: App, id: CollectionId): Promise<void> {
  const limits = { search_budget: 1_000_000, probes_max: 1_000_000 };
  await db.write(async (tx) =>
    tx.write.updateTable("collections").set(limits).where("id", "=", id).execute(),
  );
}
