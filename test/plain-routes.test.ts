import assert from "node:assert/strict";
import { fixedClock } from "../src/base/clock.ts";
import { PLAIN_ROUTE_LIST, type PlainRouteName } from "../src/contract/plain-routes.ts";
import { onSqlite } from "./databases.ts";
import { badgeOf, makeScene, VISITORS, type Visitor } from "./role-scene.ts";
import { type Badge, openTestService, signInAs } from "./service.ts";

const SENDERS = ["staff", "owner", "key"] as const;

/** Who is let in: files are sent in parts by whoever may import, and anybody may read the record's tiles. */
const PLAIN_TABLE: Readonly<Record<PlainRouteName, readonly Visitor[]>> = {
  beginUpload: SENDERS,
  headUpload: SENDERS,
  patchUpload: SENDERS,
  deleteUpload: SENDERS,
  getTile: VISITORS.filter((visitor) => visitor !== "revoked key"),
};

/** Answers that mean: this is not for you, or not there for you. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404]);

onSqlite("routes that speak another standard let in whom the table names", async (database) => {
  // What tus keeps until when is by the machine's own clock.
  const clock = fixedClock(Date.now());
  await using tested = await openTestService(database, { instance: { clock } });
  await signInAs(tested, "owner");
  const scene = await makeScene(tested);
  await tested.instance.app.ledger.sequence();
  const { origin } = tested.service;
  const uploads = `${origin}/api/v1/collections/${scene.collection.id}/uploads`;
  const begin = async (badge: Badge) =>
    fetch(uploads, {
      method: "POST",
      headers: {
        ...badge,
        "tus-resumable": "1.0.0",
        "upload-length": "4",
        "upload-metadata": `filename ${btoa("p.jpg")}`,
      },
    });
  const wrong: string[] = [];
  for (const [name, route] of PLAIN_ROUTE_LIST) {
    for (const visitor of VISITORS) {
      const badge = await badgeOf(tested, scene, visitor, clock);
      const expected = PLAIN_TABLE[name].includes(visitor);
      // An upload is their own of whoever may have one, and somebody's otherwise.
      const begun = expected ? badge : await badgeOf(tested, scene, "owner", clock);
      const own = name === "getTile" ? null : (await begin(begun)).headers.get("location");
      const tile = `${origin}/api/v1/ledger/tile/0/000.p/1`;
      const answer =
        name === "beginUpload"
          ? await begin(badge)
          : await fetch(own === null ? tile : new URL(own, origin), {
              method: route.method,
              headers: {
                ...badge,
                "tus-resumable": "1.0.0",
                ...(route.method === "PATCH"
                  ? { "upload-offset": "0", "content-type": "application/offset+octet-stream" }
                  : {}),
              },
              ...(route.method === "PATCH" ? { body: "ab" } : {}),
            });
      await answer.arrayBuffer();
      if (expected && answer.status !== route.status)
        wrong.push(`${name}, ${visitor}: ${answer.status}`);
      if (!expected && !REFUSED.has(answer.status)) wrong.push(`${name}, ${visitor}: let in`);
    }
  }
  assert.deepEqual(wrong, []);
});
