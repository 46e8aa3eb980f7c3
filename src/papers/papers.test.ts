import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { onEachDatabase } from "../../test/databases.ts";
import { fakePhoto, fakePicture } from "../../test/fake-engine.ts";
import {
  enrolPerson,
  type Instance,
  importPhotos,
  makeCollection,
  openInstance,
} from "../../test/instance.ts";
import { readPdf } from "../../test/pdf-text.ts";
import { findCollection } from "../collections/collections.ts";
import { writeOperator } from "../consent/operator.ts";
import { renderHtml } from "../print/html.ts";
import { erase } from "../rights/erase.ts";
import { pause, withdraw } from "../rights/consent-changes.ts";
import { LAST_WORD_DAYS_MAX, SEARCH_DAYS } from "../rights/retention-rules.ts";
import { columns } from "../storage/columns.ts";
import { readFacts } from "./facts.ts";
import { measures } from "./measures.ts";
import { papersOf, type PaperRequest, writePapers } from "./papers.ts";
import { en } from "./words/en.ts";
import { nl } from "./words/nl.ts";
import type { ScheduleLimits } from "./words/words.ts";

const URL_OF_NOTICE = "https://photos.x.example/i/abc";
const REQUEST: Omit<PaperRequest, "to"> = {
  only: null,
  collection: null,
  url: URL_OF_NOTICE,
  language: "en",
};

onEachDatabase("R18 the record of processing names all that any column holds", async (db) => {
  await using instance = await prepared(db);
  const page = await pageOf(instance, "record");
  for (const [table, notes] of Object.entries(columns)) {
    assert.ok(page.includes(table), table);
    for (const { purpose, retention } of Object.values(notes)) {
      assert.ok(page.includes(`>${escaped(purpose)}<`), purpose);
      assert.ok(page.includes(`>${retention}<`), retention);
    }
  }
  const categories = new Set(
    Object.values(columns).flatMap((notes) => Object.values(notes).map(({ category }) => category)),
  );
  const rows = page.split("</tr>").flatMap((row) => /data-label="Category">(.*?)</u.exec(row)?.[1]);
  assert.equal(new Set(rows.filter(Boolean)).size, categories.size);
  for (const said of ["Club X", "Street 1", "give the guests their pictures", "Printer Y"]) {
    assert.ok(page.includes(said), said);
  }
});

onEachDatabase(
  "R21 the DPIA says where comparing everybody is blocked, and why not",
  async (db) => {
    await using instance = await prepared(db);
    await makeCollection(instance.app, { name: "street", sceneBasis: null });
    const page = await pageOf(instance, "dpia");
    const [, gala = "", street = ""] = page.split("<h3>Collection ");
    assert.ok(gala.includes("Allowed, on this recorded basis: ticket terms"));
    assert.ok(street.includes("Blocked: no scene basis is recorded."));
    for (const { requirement, tests } of measures) {
      assert.ok(page.includes(`>${requirement}<`), requirement);
      for (const file of tests) assert.ok(page.includes(file), file);
    }
    assert.ok(page.includes("VGGFace2"), "what the nets were trained on");
    assert.match(page, /data-label="False non-match">[\d.e-]+ %</u);
    assert.ok(page.includes("[TO FILL IN: the advice of the data protection officer"));
  },
);

onEachDatabase("R20 a drill: the breach kit counts who is affected, by state", async (db) => {
  await using instance = await prepared(db);
  const { app } = instance;
  const gala = await findId(instance, "gala");
  const people = await Promise.all(
    ["p1", "p2", "p3", "p4"].map(async (person) =>
      enrolPerson(app, gala, person, {
        photo: { bytes: await fakePicture([person]) },
        keepPhoto: person === "p1",
      }),
    ),
  );
  const [, second, third, fourth] = people;
  assert.ok(second && third && fourth);
  await importPhotos(instance, gala, { "a.png": await fakePicture(["p1", "p9"]) });
  await pause(app.db, app.recorder, second, "all");
  await withdraw(app.db, app.recorder, third, "all");
  await erase(app, app.recorder, fourth);
  const page = await pageOf(instance, "breach");
  const cells = [...page.matchAll(/data-label="(.*?)">(.*?)</gu)].map(([, label, text]) => [
    label,
    text,
  ]);
  assert.deepEqual(cells.slice(0, 8), [
    ["Collection", "gala"],
    // Anna of the fixture, and the first.
    ["Live", "2"],
    ["Paused", "1"],
    ["Ended", "1"],
    ["Erased", "1"],
    ["Templates", "3"],
    ["Kept photos", "1"],
    ["Sightings", "1"],
  ]);
  assert.ok(page.includes("assent keys roll"));
  assert.ok(page.includes("72 hours"));
  for (const person of ["anna", "p1"]) assert.ok(!page.includes(`Name of ${person}`));
});

onEachDatabase(
  "R9 the door sign says who, why, what happens to faces, how to object",
  async (db) => {
    await using instance = await prepared(db);
    for (const language of ["en", "nl"] as const) {
      const page = await pageOf(instance, "sign-gala", { ...REQUEST, language });
      const { sign } = language === "en" ? en : nl;
      assert.ok(page.includes(`<html lang="${language}">`));
      for (const said of [
        "Club X, Street 1, 1234 AB Town, office@club.example",
        "give the guests their pictures",
        sign.facesWithBasis,
        sign.objectText("office@club.example"),
        "Authority Z",
        URL_OF_NOTICE,
      ]) {
        assert.ok(page.includes(escaped(said)), said);
      }
      assert.ok(page.includes('viewBox="-4 -4 '));
    }
    await makeCollection(instance.app, { name: "street", sceneBasis: null });
    const street = await pageOf(instance, "sign-street");
    assert.ok(street.includes(escaped(en.sign.facesWithout)));
    assert.ok(!street.includes(escaped(en.sign.facesWithBasis)));
  },
);

onEachDatabase("R37 the schedule has the sweep's own bounds and each collection's", async (db) => {
  await using instance = await prepared(db);
  await makeCollection(instance.app, { name: "fair", retentionDays: 77 });
  for (const language of ["en", "nl"] as const) {
    const page = await pageOf(instance, "schedule", { ...REQUEST, language });
    const { days } = language === "en" ? en : nl;
    for (const said of [
      days(77),
      days(365),
      days(30),
      String(SEARCH_DAYS),
      String(LAST_WORD_DAYS_MAX),
    ]) {
      assert.ok(page.includes(said), `${language}: ${said}`);
    }
  }
});

test("R37 every bound stands in every language, and no row has another number of days", () => {
  const limits: ScheduleLimits = {
    lastWord: 9001,
    grace: 9002,
    searches: 9003,
    fileLists: 9004,
    messages: 9005,
    deadMessages: 9006,
    jobs: 9007,
    strayFiles: 9008,
    probes: 9009,
  };
  for (const { schedule } of [en, nl]) {
    const text = schedule.rows(limits).flat().join("\n");
    for (const bound of Object.values(limits)) assert.ok(text.includes(String(bound)));
    // But the three years of a consent itself.
    assert.deepEqual(text.replaceAll(/\b900\d\b/gu, "").match(/\d+/gu), ["3"]);
  }
  assert.equal(en.schedule.rows(limits).length, nl.schedule.rows(limits).length);
});

onEachDatabase("what nobody said is marked in each paper and listed, never made up", async (db) => {
  await using instance = await openInstance(db);
  await makeCollection(instance.app);
  const to = join(instance.folder, "papers");
  const { missing } = await writePapers(instance.app, { ...REQUEST, url: null, to });
  assert.deepEqual(missing, [
    { kind: "operator", collection: null },
    { kind: "alternative", collection: "gala" },
    { kind: "url", collection: null },
  ]);
  for (const paper of ["record", "dpia", "breach"]) {
    const page = await readFile(join(to, `${paper}.html`), "utf8");
    assert.ok(page.includes("[TO FILL IN: assent operator set --name]"), paper);
  }
  const sign = await readFile(join(to, "sign-gala.html"), "utf8");
  assert.ok(sign.includes(escaped(en.toFillIn(en.sign.unknownOperator))));
  assert.ok(sign.includes(escaped(en.toFillIn(en.sign.noUrl))));
  assert.ok(!sign.includes("<svg"));
  await prepared(db, instance);
  const said = await writePapers(instance.app, { ...REQUEST, only: "sign", to });
  assert.deepEqual(said.missing, []);
});

onEachDatabase(
  "the authority's folder has every paper, twice, and what checks the record",
  async (db) => {
    await using instance = await prepared(db);
    const to = join(instance.folder, "papers");
    const { files } = await writePapers(instance.app, { ...REQUEST, only: "authority", to });
    const names = (await readdir(join(to, "authority"))).sort();
    const papers = ["breach", "cover", "dpia", "poster-gala", "record", "schedule", "sign-gala"];
    assert.deepEqual(names, [
      ...papers.slice(0, 1).flatMap(both),
      "checkpoint.txt",
      ...papers.slice(1, 3).flatMap(both),
      "ledger-keys.txt",
      ...papers.slice(3, 4).flatMap(both),
      "receipt-keys.json",
      ...papers.slice(4).flatMap(both),
    ]);
    assert.equal(files.length, names.length);
    const checkpoint = await readFile(join(to, "authority/checkpoint.txt"), "utf8");
    assert.match(checkpoint, /^[^\n]+\n\d+\n[\w+/=]+\n\n— /u);
    for (const paper of papers) {
      const { text, missing } = readPdf(await readFile(join(to, "authority", `${paper}.pdf`)));
      assert.ok(text.length > 200, paper);
      assert.equal(missing, 0, `${paper} has signs that the font lacks`);
    }
  },
);

onEachDatabase(
  "a collection's name can't lead out of the folder, nor hide another's paper",
  async (db) => {
    await using instance = await openInstance(db);
    for (const name of ["../../etc", "ETC", "日本"]) await makeCollection(instance.app, { name });
    const facts = await readFacts(instance.app.db, instance.app.clock.now(), null);
    const names = papersOf(facts, { ...REQUEST, only: "sign" }).map(([file]) => file);
    assert.equal(new Set(names).size, 3);
    for (const name of names) assert.match(name, /^sign-col_[\w-]+$/u);
  },
);

test("each measure's tests are there and carry its number", async () => {
  for (const { requirement, tests } of measures) {
    for (const file of tests) {
      const text = await readFile(join(import.meta.dirname, "../..", file), "utf8");
      assert.match(text, new RegExp(`["'\`]${requirement} `, "u"), `${requirement} in ${file}`);
    }
  }
});

async function prepared(
  db: Parameters<typeof openInstance>[0],
  open?: Instance,
): Promise<Instance> {
  const instance = open ?? (await openInstance(db));
  const { app } = instance;
  if (!open) {
    const gala = await makeCollection(app);
    await enrolPerson(app, gala, "anna");
    await importPhotos(instance, gala, { "z.jpg": fakePhoto(["carl"]) }, "first");
  }
  await app.db.write(async (tx) => {
    await tx.write.updateTable("collections").set({ alternative: "a list by hand" }).execute();
    await writeOperator(tx, app.recorder, {
      name: "Club X",
      address: "Street 1, 1234 AB Town",
      email: "office@club.example",
      country: "NL",
      authority: { name: "Authority Z" },
      recipients: ["Printer Y"],
    });
  });
  return instance;
}

async function pageOf(
  { app }: Instance,
  name: string,
  request: Omit<PaperRequest, "to"> = REQUEST,
): Promise<string> {
  const facts = await readFacts(app.db, app.clock.now(), null);
  const paper = papersOf(facts, request).find(([file]) => file === name);
  assert.ok(paper, name);
  return renderHtml(paper[1]);
}

async function findId({ app }: Instance, name: string) {
  return findCollection(app.db, name);
}

function both(name: string): readonly string[] {
  return [`${name}.html`, `${name}.pdf`];
}

function escaped(text: string): string {
  return text.replaceAll("'", "&#39;");
}
