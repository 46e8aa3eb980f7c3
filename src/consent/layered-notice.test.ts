import assert from "node:assert/strict";
import { onEachDatabase, onSqlite } from "../../test/databases.ts";
import { makeCollection, openInstance } from "../../test/instance.ts";
import { eventsOf } from "../../test/ledger.ts";
import { sha256Hex } from "../base/bytes.ts";
import {
  layeredNoticeSchema,
  makeNotice,
  NOTICE_ITEMS,
  type NoticeItem,
  renderNotice,
} from "./layered-notice.ts";
import { currentNotice, publishNotice } from "./notices.ts";
import { writeOperator } from "./operator.ts";

const operator = {
  name: "The Club",
  address: "1 Street, Town",
  email: "club@club.example",
  country: "NL",
  representative: "The Representative, 5 Street",
  dataProtectionOfficer: "dpo@club.example",
  authority: { name: "The Authority", address: "2 Street" },
  recipients: ["the printer"],
  transfers: "Iceland, by an adequacy decision",
  url: "https://club.example/me",
};

/** What must be found in the words of each item, for these facts. */
const FACTS: { readonly [Item in NoticeItem]: readonly RegExp[] } = {
  controller: [/The Club/u, /1 Street/u, /club@club\.example/u, /The Representative/u],
  officer: [/dpo@club\.example/u],
  purpose: [/give the guests their pictures/u, /9/u, /a\)?/u],
  interests: [/consent|toestemming/u],
  recipients: [/The Club/u, /the printer/u],
  transfers: [/Iceland/u],
  storage: [/365/u, /30/u],
  rights: [/club\.example\/me/u],
  withdrawal: [/club\.example\/me/u],
  complaint: [/The Authority/u, /2 Street/u],
  choice: [/16/u],
  decisions: [/None|Geen/u],
};

onSqlite(
  "R9 every item of GDPR 13(1) and (2) is in the notice, in each language",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const collection = await makeCollection(app);
    await app.db.write(async (tx) => writeOperator(tx, app.recorder, operator));
    const letters = (paragraph: number) =>
      ["a", "b", "c", "d", "e", "f"].map((letter) => `13(${paragraph})(${letter})`);
    assert.deepEqual(Object.values(NOTICE_ITEMS), [...letters(1), ...letters(2)]);
    for (const language of ["en", "nl", "nl-BE"]) {
      const notice = await makeNotice(app.db, collection.id, { language, own: null });
      assert.deepEqual(Object.keys(notice.items).sort(), Object.keys(NOTICE_ITEMS).sort());
      const shown = renderNotice(notice);
      for (const [item, patterns] of Object.entries(FACTS)) {
        const { title, text } = notice.items[item as NoticeItem];
        for (const pattern of patterns) assert.match(text, pattern, `${language} ${item}`);
        assert.ok(shown.includes(`${title}\n${text}`), `${item} is shown`);
      }
      assert.match(notice.short, /The Club/u);
      assert.doesNotMatch(shown, /undefined|null|\[object/u);
      for (const item of Object.keys(NOTICE_ITEMS)) {
        const { [item as NoticeItem]: gone, ...items } = notice.items;
        assert.ok(gone);
        assert.equal(layeredNoticeSchema.safeParse({ ...notice, items }).success, false, item);
        const empty = { ...items, [item]: { ...gone, text: " " } };
        assert.equal(layeredNoticeSchema.safeParse({ ...notice, items: empty }).success, false);
      }
    }
  },
);

onSqlite("R9 what an operator has not is said in words too", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const collection = await makeCollection(app, { ageFloor: 0 });
  const made = async (language: string) =>
    makeNotice(app.db, collection.id, { language, own: null });
  await assert.rejects(made("en"), { code: "operator_unknown" });
  const { name, address, email, country, authority } = operator;
  const bare = { name, address, email, country, authority: { name: authority.name } };
  await app.db.write(async (tx) => writeOperator(tx, app.recorder, bare));
  for (const language of ["en", "nl"]) {
    const shown = renderNotice(await made(language));
    assert.doesNotMatch(shown, /undefined|null|\[object/u);
  }
  await assert.rejects(made("fr"), { code: "language_unknown" });
});

onEachDatabase("R9 what is shown is what is hashed and recorded", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const { id: collection } = await makeCollection(app);
  await app.db.write(async (tx) => writeOperator(tx, app.recorder, operator));
  const own = "We look for your face, and say so.";
  const body = renderNotice(await makeNotice(app.db, collection, { language: "en", own }));
  assert.ok(body.startsWith(`${own}\n\n`));
  await app.db.write(async (tx) =>
    publishNotice(tx, app.recorder, { collection, language: "en", body }),
  );
  const notice = await currentNotice(app.db, collection, "en");
  assert.deepEqual([notice?.body, notice?.hash, notice?.version], [body, sha256Hex(body), 2]);
  const events = await eventsOf(app, "notice.published");
  assert.deepEqual(
    events.map(({ event }) => event["language"]),
    ["en", "en"],
  );
  assert.equal(events[1]?.event["hash"], sha256Hex(body));
});
