import assert from "node:assert/strict";
import { onEachDatabase, onPostgres } from "../../test/databases.ts";
import { fakePhoto, fakePicture } from "../../test/fake-engine.ts";
import {
  enrolmentOf,
  enrolPerson,
  makeCollection,
  openInstance,
  returned,
  searchFor,
} from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import type { App } from "../app.ts";
import { DAY_MS, fixedClock } from "../base/clock.ts";
import type { SubjectId } from "../base/ids.ts";
import { eraseGrant, findGrant, lockGrantsOf } from "../consent/consent.ts";
import { consentsOf } from "../consent/consents.ts";
import type { PaperEvidence } from "../consent/evidence.ts";
import { receiptsOf } from "../consent/receipts.ts";
import { keySetOf } from "../ledger/signing.ts";
import { pause, resume, withdraw } from "../rights/consent-changes.ts";
import { verifyReceipt } from "../verify/receipt.ts";
import type { Collection } from "./collections.ts";
import { enrol } from "./enrol.ts";
import { renew } from "./take-consent.ts";

const START = Date.UTC(2026, 0, 10, 12);

function paper(signedOn: string, changes: Partial<PaperEvidence> = {}): PaperEvidence {
  return { kind: "paper", form: `form of ${signedOn}`, signedOn, witness: "Staff", ...changes };
}

async function renewed(
  app: App,
  collection: Collection,
  subject: SubjectId,
  evidence: PaperEvidence,
  keepPhoto: boolean | null = null,
) {
  return renew(app.db, app.recorder, collection, { subject, evidence, keepPhoto });
}

async function endOf(app: App, collection: Collection, subject: SubjectId): Promise<string> {
  const grant = await findGrant(app.db, collection.id, subject);
  return grant ? new Date(grant.expiresAt).toISOString().slice(0, 10) : "none";
}

const kindsOf = async (app: App) => (await eventsOf(app, "grant.")).map(({ kind }) => kind);

onEachDatabase(
  "R2 a newer form renews a grant: a new end, a new receipt, the same template",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app, { retentionDays: 30 });
    const anna = await enrolPerson(app, collection, "anna", { evidence: paper("2026-01-10") });
    assert.equal(await endOf(app, collection, anna), "2026-02-09");
    clock.move(20 * DAY_MS);
    const { outcome } = await renewed(app, collection, anna, paper("2026-01-30"));
    assert.equal(outcome, "renewed");
    assert.equal(await endOf(app, collection, anna), "2026-03-01");
    clock.move(20 * DAY_MS);
    assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [anna]);

    const receipts = await receiptsOf(app.db, app.vault, anna);
    const keys = await keySetOf(app.db, "receipts");
    const said: unknown[] = [];
    for (const { jws } of receipts) {
      const record = (await verifyReceipt(jws, keys))["dpv:hasRecordOfActivity"];
      said.push([record["dct:identifier"], record["dpv:hasConsentStatus"]["@type"]]);
    }
    const grant = await findGrant(app.db, collection.id, anna);
    assert.deepEqual(said, [
      [grant?.id, "dpv:ConsentGiven"],
      [grant?.id, "dpv:RenewedConsentGiven"],
    ]);
    assert.deepEqual(await kindsOf(app), ["grant.given", "grant.renewed"]);
    clock.move(10 * DAY_MS);
    assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [null]);
  },
);

onEachDatabase("the same form again, or an older one, changes nothing", async (database) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const collection = await makeCollection(app, { retentionDays: 30 });
  const first = enrolmentOf(app, "anna", { evidence: paper("2026-01-10") });
  await enrol(app, app.recorder, collection, first);
  const anna = await enrolPerson(app, collection, "anna", { evidence: paper("2026-01-10") });
  clock.move(5 * DAY_MS);
  await renewed(app, collection, anna, paper("2026-01-14"), true);
  const before = await app.db.read.selectFrom("consents").selectAll().execute();
  for (const evidence of [paper("2026-01-14"), paper("2026-01-12"), paper("2026-01-10")]) {
    const { outcome, grant } = await renewed(app, collection, anna, evidence, false);
    assert.deepEqual([outcome, grant.uses], ["kept", ["find", "keep_photo"]]);
  }
  const again = await enrol(app, app.recorder, collection, first);
  assert.equal(again.kind, "already");
  const after = await app.db.read.selectFrom("consents").selectAll().execute();
  assert.equal(after.length, before.length);
  assert.equal(await endOf(app, collection, anna), "2026-02-13");
});

onEachDatabase("the same photo with a newer form renews", async (database) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const collection = await makeCollection(app, { retentionDays: 30 });
  const photo = { bytes: fakePhoto(["anna"], "one photo") };
  const list = enrolmentOf(app, "anna", { photo, evidence: paper("2026-01-10") });
  await enrol(app, app.recorder, collection, list);
  clock.move(5 * DAY_MS);
  const newer = { ...list, evidence: paper("2026-01-15") };
  const result = await enrol(app, app.recorder, collection, newer);
  assert.equal(result.kind, "renewed");
  assert.equal(await endOf(app, collection, result.subject), "2026-02-14");
  const templates = await app.db.read.selectFrom("templates").select("id").execute();
  assert.equal(templates.length, 1);
});

onEachDatabase(
  "R6 a renewal that leaves the photo out deletes it, one that ticks it covers the next",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app);
    const photo = { bytes: await fakePicture(["p7"]) };
    const seven = await enrolPerson(app, collection, "p7", { photo, keepPhoto: true });
    const kept = async () =>
      (await app.db.read.selectFrom("enrolment_photos").select("grant_id").execute()).length;
    clock.move(DAY_MS);
    await renewed(app, collection, seven, paper("2026-01-11"));
    assert.equal(await kept(), 1, "nothing was said of it");
    clock.move(DAY_MS);
    await renewed(app, collection, seven, paper("2026-01-12"), false);
    assert.equal(await kept(), 0);
    clock.move(DAY_MS);
    await renewed(app, collection, seven, paper("2026-01-13"), true);
    assert.equal(await kept(), 0, "what is gone is gone");
    assert.deepEqual((await findGrant(app.db, collection.id, seven))?.uses, ["find", "keep_photo"]);
    const evidence = paper("2026-01-13");
    await enrolPerson(app, collection, "p7", { photo, keepPhoto: true, evidence });
    assert.equal(await kept(), 1);
  },
);

onEachDatabase("R12 a renewal ends no pause", async (database) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna", { evidence: paper("2026-01-10") });
  await pause(app.db, app.recorder, anna, "all");
  clock.move(DAY_MS);
  await renewed(app, collection, anna, paper("2026-01-11"));
  assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [null]);
  await resume(app.db, app.recorder, anna, "all");
  assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [anna]);
  assert.equal(await endOf(app, collection, anna), "2027-01-11");
});

onEachDatabase(
  "R3 nothing is renewed that was withdrawn, is over or never was",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app, { retentionDays: 30 });
    const other = await makeCollection(app, { name: "other" });
    const anna = await enrolPerson(app, collection, "anna", { evidence: paper("2026-01-10") });
    const bert = await enrolPerson(app, collection, "bert", { evidence: paper("2026-01-10") });
    await withdraw(app.db, app.recorder, anna, "all");
    clock.move(30 * DAY_MS);
    const none = { code: "no_live_grant" };
    for (const [where, who] of [
      [collection, anna],
      [collection, bert],
      [other, bert],
    ] as const) {
      await assert.rejects(renewed(app, where, who, paper("2026-02-09")), none);
    }
  },
);

onEachDatabase(
  "R37 a grant past its end that no sweep has noted gives way to a new one",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app, { retentionDays: 30 });
    const photo = { bytes: fakePhoto(["anna"], "one photo") };
    const anna = await enrolPerson(app, collection, "anna", {
      photo,
      evidence: paper("2026-01-10"),
    });
    clock.move(40 * DAY_MS);
    await enrolPerson(app, collection, "anna", { photo, evidence: paper("2026-02-19") });
    assert.deepEqual(await kindsOf(app), ["grant.given", "grant.expired", "grant.given"]);
    assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [anna]);
    const states = await app.db.read.selectFrom("grants").select("state").execute();
    assert.deepEqual(states.map(({ state }) => state).sort(), ["expired", "granted"]);
    const templates = await app.db.read.selectFrom("templates").select("grant_id").execute();
    const grant = await findGrant(app.db, collection.id, anna);
    assert.deepEqual(
      templates.map(({ grant_id }) => grant_id),
      [grant?.id],
    );
  },
);

onEachDatabase(
  "R5 a guardian's grant ends on the day of the floor, and what is known of an age stays known",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app);
    const born = "2010-02-01";
    const guardian = { name: "Vera Witness", relation: "mother" };
    const alone = enrolPerson(app, collection, "anna", { evidence: paper("2026-01-10", { born }) });
    await assert.rejects(alone, { code: "guardian_needed" });
    assert.deepEqual(await app.db.read.selectFrom("subjects").selectAll().execute(), []);
    const evidence = paper("2026-01-10", { born, guardian });
    const anna = await enrolPerson(app, collection, "anna", { evidence });
    assert.equal(await endOf(app, collection, anna), "2026-02-01");

    // The next form says nothing of the age, and it is known all the same.
    clock.move(DAY_MS);
    const silent = renewed(app, collection, anna, paper("2026-01-11"));
    await assert.rejects(silent, { code: "guardian_needed" });
    await renewed(app, collection, anna, paper("2026-01-11", { guardian }));
    assert.equal(await endOf(app, collection, anna), "2026-02-01");
    const row = await app.db.read.selectFrom("consents").selectAll().execute();
    assert.deepEqual(
      row.map(({ by_guardian }) => by_guardian),
      [1, 1],
    );
    const readable = Buffer.concat(
      row.flatMap((one) =>
        Object.values(one).map((value) =>
          value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value)),
        ),
      ),
    );
    assert.doesNotMatch(readable.toString("latin1"), /2010-02-01|Vera|mother/u);
    const [first, second] = await consentsOf(app.db, app.vault, collection.id, anna);
    assert.deepEqual(first?.evidence, evidence);
    assert.equal(second?.evidence?.born, born);

    clock.move(Date.UTC(2026, 1, 1) - clock.now() - 1);
    assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [anna]);
    clock.move(1);
    assert.deepEqual(returned(await searchFor(app, collection, ["anna"])), [null]);
    // From that day on they say it themselves.
    await enrolPerson(app, collection, "anna", { evidence: paper("2026-02-01") });
    assert.equal(await endOf(app, collection, anna), "2027-02-01");
    const events = await eventsOf(app, "grant.");
    assert.deepEqual(
      events.map(({ kind, event }) => [kind, event["guardian"]]),
      [
        ["grant.given", true],
        ["grant.renewed", true],
        ["grant.expired", undefined],
        ["grant.given", false],
      ],
    );
  },
);

onEachDatabase(
  "R2 a consent from before receipts has none, and its renewal has",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app);
    const anna = await enrolPerson(app, collection, "anna", { evidence: paper("2026-01-10") });
    await app.db.write(async (tx) => {
      const none = { sealed_receipt: null, receipt_hash: null };
      await tx.write.updateTable("consents").set(none).execute();
    });
    assert.deepEqual(await receiptsOf(app.db, app.vault, anna), []);
    clock.move(DAY_MS);
    await renewed(app, collection, anna, paper("2026-01-11"));
    assert.equal((await receiptsOf(app.db, app.vault, anna)).length, 1);
  },
);

onEachDatabase(
  "R3 evidence that was deleted after the grace period still says that it was taken back",
  async (database) => {
    const clock = fixedClock(START);
    await using instance = await openInstance(database, { clock });
    const { app } = instance;
    const collection = await makeCollection(app);
    const list = enrolmentOf(app, "anna", { evidence: paper("2026-01-10") });
    const anna = await enrolPerson(app, collection, "anna", list);
    await withdraw(app.db, app.recorder, anna, "all");
    clock.move(40 * DAY_MS);
    await app.db.write(async (tx) => {
      for (const grant of await lockGrantsOf(tx, anna)) {
        await eraseGrant(tx, app.vault, clock, grant);
      }
    });
    const refused = { code: "consent_withdrawn" };
    for (const evidence of [paper("2026-01-10"), paper("2026-01-09", { form: "in a drawer" })]) {
      await assert.rejects(enrolPerson(app, collection, "anna", { evidence }), refused);
    }
    const evidence = paper("2026-02-19");
    assert.equal(await enrolPerson(app, collection, "anna", { evidence }), anna);
  },
);

onEachDatabase("the record fails, and nothing is renewed", async (database) => {
  const clock = fixedClock(START);
  await using instance = await openInstance(database, { clock });
  const { app } = instance;
  const collection = await makeCollection(app);
  const anna = await enrolPerson(app, collection, "anna", { evidence: paper("2026-01-10") });
  const broken = {
    clock,
    vault: app.vault,
    get account(): string {
      throw new Error("no record");
    },
  };
  clock.move(DAY_MS);
  const renewal = { subject: anna, evidence: paper("2026-01-11"), keepPhoto: null };
  await assert.rejects(renew(app.db, broken, collection, renewal), /no record/u);
  assert.equal(await endOf(app, collection, anna), "2027-01-10");
  assert.equal((await receiptsOf(app.db, app.vault, anna)).length, 1);
});

onPostgres("R7 renewals and withdrawals at once end in one of their orders", async (database) => {
  await using instance = await openInstance(database);
  const { app, config } = instance;
  await using other = await openInstance(database, { config });
  const collection = await makeCollection(app);
  const day = new Date().toISOString().slice(0, 10);
  for (let round = 0; round < 6; round += 1) {
    const name = `anna-${round}`;
    const anna = await enrolPerson(app, collection, name);
    const form = (text: string) => paper(day, { form: `${text} ${round}` });
    const [one, two, gone] = await Promise.allSettled([
      renewed(app, collection, anna, form("one")),
      renewed(other.app, collection, anna, form("two")),
      withdraw(other.app.db, other.app.recorder, anna, "all"),
    ]);
    assert.equal(gone.status, "fulfilled");
    for (const renewal of [one, two]) {
      if (renewal.status === "rejected") assert.equal(renewal.reason.code, "no_live_grant");
    }
    assert.deepEqual(returned(await searchFor(app, collection, [name])), [null]);
  }
});
