import { DAY_MS, type Instant } from "../base/clock.ts";
import type { CollectionId } from "../base/ids.ts";
import {
  checkOpen,
  type Collection,
  type CollectionTerms,
  findCollection,
  parseTerms,
  touchGallery,
} from "../collections/collections.ts";
import { CollectionsError } from "../collections/errors.ts";
import { lockGrant } from "../consent/consent.ts";
import { touchGrant } from "../consent/touched-grants.ts";
import { layersOf, noticeBody, type NoticeText } from "../consent/layered-notice.ts";
import { currentNotices, type Notice, publishNotice } from "../consent/notices.ts";
import { readOperator } from "../consent/operator.ts";
import { type CollectionRules, readRules } from "../consent/rules.ts";
import { textsIn } from "../consent/texts/languages.ts";
import { append, lockSequences, type Recorder } from "../ledger/ledger.ts";
import type { Db, Tx } from "../storage/db.ts";
import { expireOverdue } from "./consent-changes.ts";

/** What of a collection is to be different; what is not named stays. */
export interface CollectionChanges {
  readonly name?: string | undefined;
  readonly purpose?: string | undefined;
  readonly retentionDays?: number | undefined;
  /** What people get who say no. */
  readonly alternative?: string | undefined;
  /** What people are told from now on, in every language there is a notice in. */
  readonly notices?: readonly NoticeText[] | undefined;
}

/**
 * Changes a collection's name, purpose, retention, or what people get who say no.
 *
 * [Note: a purpose binds] Who said yes did so to one purpose and for so long. While anybody's grant is
 * alive the purpose stays, and the retention can only become shorter: their grants then end earlier,
 * and each of them finds so in their record. With nobody there, both are free, and people are told
 * anew in the same transaction, so that whoever has the old notice before them is shown the new one.
 *
 * `check` is given the collection as it is before, locked; it throws where that is not what was
 * expected. Throws CollectionsError: collection_unknown, collection_closed, collection_invalid,
 * collection_exists, collection_consented; ConsentError as publishNotice and makeNotice do.
 */
export async function changeCollection(
  db: Db,
  recorder: Recorder,
  id: CollectionId,
  changes: CollectionChanges,
  check: (before: Collection) => void = () => undefined,
): Promise<Collection> {
  await findCollection(db, id);
  const changed = await db.write(async (tx) => {
    const before = await touchGallery(tx, recorder.clock, id, "removed");
    check(before);
    checkOpen(before);
    const terms = parseTerms({
      name: changes.name ?? before.name,
      purpose: changes.purpose ?? before.purpose,
      retentionDays: changes.retentionDays ?? before.retentionDays,
      alternative: changes.alternative ?? before.alternative,
    });
    return write(tx, recorder, before, { terms, notices: changes.notices ?? null });
  });
  // Those whose end is over by the shorter rule go at once, and not with the next sweep.
  await expireOverdue(db, recorder);
  return changed;
}

async function write(
  tx: Tx,
  recorder: Recorder,
  before: Collection,
  to: { readonly terms: CollectionTerms; readonly notices: readonly NoticeText[] | null },
): Promise<Collection> {
  const { id } = before;
  const { terms } = to;
  const names = ["name", "purpose", "retentionDays", "alternative"] as const;
  const changed = names.filter((name) => terms[name] !== before[name]);
  if (changed.length === 0) return before;
  const binds = terms.purpose !== before.purpose || terms.retentionDays > before.retentionDays;
  if (binds) await refuseConsented(tx, id);
  if (changed.includes("name")) await refuseKnownName(tx, id, terms.name);
  const rules = await readRules(tx, id);
  const told = await currentNotices(tx, id);
  await tx.write
    .updateTable("collections")
    .set({
      name: terms.name,
      purpose: terms.purpose,
      retention_days: terms.retentionDays,
      alternative: terms.alternative,
    })
    .$if(binds, (update) => update.set({ terms_since: recorder.clock.now() }))
    .where("id", "=", id)
    .execute();
  const { retentionDays } = terms;
  await append(tx, recorder, {
    kind: "collection.changed",
    collection: id,
    changed,
    retentionDays,
  });
  const texts = binds ? inEveryLanguage(told, to.notices) : await toldAnew(tx, rules, told);
  await tell(tx, recorder, id, { told, texts });
  if (retentionDays < before.retentionDays) await shortenGrants(tx, recorder, id, retentionDays);
  return findCollection(tx, id);
}

async function refuseConsented(tx: Tx, id: CollectionId): Promise<void> {
  const alive = await tx.read
    .selectFrom("grants")
    .select("id")
    .where("collection_id", "=", id)
    .where("state", "in", ["granted", "paused"])
    .limit(1)
    .executeTakeFirst();
  if (!alive) return;
  throw new CollectionsError(
    "collection_consented",
    "People have said yes to this purpose, and for this long. Make another collection and ask " +
      "them there; only a shorter retention needs no new yes.",
  );
}

async function refuseKnownName(tx: Tx, id: CollectionId, name: string): Promise<void> {
  const other = await tx.read
    .selectFrom("collections")
    .select("id")
    .where("name", "=", name)
    .where("id", "<>", id)
    .executeTakeFirst();
  if (!other) return;
  throw new CollectionsError("collection_exists", "A collection of this name exists already.");
}

/** Whoever is asked in another language must not be told the old purpose. */
function inEveryLanguage(
  told: readonly Notice[],
  texts: readonly NoticeText[] | null,
): readonly NoticeText[] {
  const missing = told.filter((old) => !texts?.some(({ language }) => language === old.language));
  if (texts && missing.length === 0) return texts;
  const languages = missing.map(({ language }) => language).join(", ");
  throw new CollectionsError(
    "collection_invalid",
    `Say what people are told from now on, in each language there is a notice in: ${languages}.`,
  );
}

/**
 * The notices made here, to be made again under the new name, retention or alternative: the
 * operator's own first lines stay, and a notice that they wrote whole stays as it is.
 */
async function toldAnew(
  tx: Tx,
  rules: CollectionRules,
  told: readonly Notice[],
): Promise<readonly NoticeText[]> {
  const operator = await readOperator(tx);
  if (!operator) return [];
  return told.flatMap((notice) => {
    const { short, items } = layersOf(notice);
    if (items.length === 0) return [];
    const ours = textsIn(notice.language)?.short({ rules, operator }).trim();
    return [{ language: notice.language, own: short === ours ? null : short }];
  });
}

async function tell(
  tx: Tx,
  recorder: Recorder,
  collection: CollectionId,
  { told, texts }: { readonly told: readonly Notice[]; readonly texts: readonly NoticeText[] },
): Promise<void> {
  for (const text of texts) {
    const { language } = text;
    const body = await noticeBody(tx, collection, text);
    if (told.some((old) => old.language === language && old.body === body)) continue;
    await publishNotice(tx, recorder, { collection, language, body });
  }
}

/** One transaction, as long as the collection's people are many. */
async function shortenGrants(
  tx: Tx,
  recorder: Recorder,
  collection: CollectionId,
  days: number,
): Promise<void> {
  const rows = await tx.read
    .selectFrom("grants")
    .innerJoin("consents", "consents.grant_id", "grants.id")
    .select(["grants.id", "grants.subject_id as subject", "grants.expires_at as end"])
    .select((select) => select.fn.max("given_at").as("given"))
    .where("collection_id", "=", collection)
    .where("state", "in", ["granted", "paused"])
    .groupBy(["grants.id", "grants.subject_id", "grants.expires_at"])
    .execute();
  const ends = rows.map(({ id, subject, end, given }) => {
    return { id, subject, end, to: (Number(given) + days * DAY_MS) as Instant };
  });
  const late = ends.filter(({ end, to }) => to < end);
  // All turns at once and in one order: a search that returns two of them waits, or is waited for.
  await lockSequences(
    tx,
    late.map(({ subject }) => subject),
  );
  for (const { id: grant, subject, to } of late) {
    await lockGrant(tx, { id: grant, subject });
    await tx.write.updateTable("grants").set({ expires_at: to }).where("id", "=", grant).execute();
    await touchGrant(tx, grant);
    await append(tx, recorder, { kind: "grant.shortened", collection, subject, grant });
  }
}
