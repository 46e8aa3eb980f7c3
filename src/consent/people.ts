import type { Instant } from "../base/clock.ts";
import type { CollectionId, GrantId, SubjectId } from "../base/ids.ts";
import type { Reader } from "../storage/db.ts";
import type { GrantState } from "../storage/schema.ts";
import type { Vault } from "../storage/vault.ts";
import { readSubject, SubjectsError } from "../subjects/subjects.ts";
import type { GrantUse } from "./consent.ts";

/** How a person's consent for a collection stands, by their newest grant. */
export interface PersonGrant {
  readonly subject: SubjectId;
  readonly grant: GrantId;
  readonly state: GrantState;
  readonly uses: readonly GrantUse[];
  readonly grantedAt: Instant;
  readonly expiresAt: Instant;
  readonly endedAt: Instant | null;
  /** Whether a template was made under it. */
  readonly enrolled: boolean;
}

/** Which people of a collection are wanted: by id, from after one; of one `state` where it is said. */
export interface PeoplePage {
  readonly after: SubjectId | null;
  readonly limit: number;
  readonly state?: GrantState;
}

/** Everybody who ever gave a grant for a collection and is not erased. */
export async function pageOfPeople(
  db: Reader,
  collection: CollectionId,
  page: PeoplePage,
): Promise<readonly PersonGrant[]> {
  const people: PersonGrant[] = [];
  for (const id of await idsOfPeople(db, collection, page)) {
    people.push(await personOf(db, collection, id));
  }
  return people;
}

/**
 * Names opened for one request: a quarter of a second's work, and bounded whatever is looked for.
 * Names are sealed, each under its person's key: no index knows what is within them.
 */
const NAMES_MAX = 1000;

/** Those found so far, and after whom to go on; null where everybody was looked at. */
export interface FoundPeople {
  readonly people: readonly PersonGrant[];
  readonly next: SubjectId | null;
}

/**
 * People of a collection whose name, contact or id contains a text, whatever its capitals. Names are
 * opened one by one, so many and no more: a page may hold fewer than wanted, or nobody, and go on.
 */
export async function findPeople(
  db: Reader,
  vault: Vault,
  collection: CollectionId,
  { text, ...page }: PeoplePage & { readonly text: string },
): Promise<FoundPeople> {
  const wanted = text.trim().toLowerCase();
  const ids = await idsOfPeople(db, collection, { ...page, limit: NAMES_MAX });
  const people: PersonGrant[] = [];
  for (const [index, id] of ids.entries()) {
    const { name, contact } = await readSubject(db, vault, id);
    if (![name, contact, id].some((one) => one.toLowerCase().includes(wanted))) continue;
    people.push(await personOf(db, collection, id));
    const over = index === ids.length - 1 && ids.length < NAMES_MAX;
    if (people.length === page.limit) return { people, next: over ? null : id };
  }
  return { people, next: ids.length < NAMES_MAX ? null : (ids.at(-1) ?? null) };
}

async function idsOfPeople(
  db: Reader,
  collection: CollectionId,
  page: PeoplePage,
): Promise<readonly SubjectId[]> {
  let query = db.read
    .selectFrom("grants")
    .innerJoin("subjects", "subjects.id", "grants.subject_id")
    .select("grants.subject_id as id")
    .distinct()
    .where("collection_id", "=", collection)
    .where("erased_at", "is", null)
    .orderBy("grants.subject_id")
    .limit(page.limit);
  const { state } = page;
  if (state !== undefined) {
    query = query
      .where("grants.state", "=", state)
      // Not of a grant that another followed: one that is alive, or ended later.
      .where((outer) =>
        outer.not(
          outer.exists(
            outer
              .selectFrom("grants as newer")
              .select("newer.id")
              .whereRef("newer.collection_id", "=", "grants.collection_id")
              .whereRef("newer.subject_id", "=", "grants.subject_id")
              .where((where) =>
                where.or([
                  where.and([
                    where("newer.ended_at", "is", null),
                    where("grants.ended_at", "is not", null),
                  ]),
                  where("newer.ended_at", ">", where.ref("grants.ended_at")),
                ]),
              ),
          ),
        ),
      );
  }
  if (page.after !== null) query = query.where("grants.subject_id", ">", page.after);
  return (await query.execute()).map(({ id }) => id);
}

/** How one person's consent stands. Throws SubjectsError subject_unknown where they gave none. */
export async function personOf(
  db: Reader,
  collection: CollectionId,
  subject: SubjectId,
): Promise<PersonGrant> {
  const row = await db.read
    .selectFrom("grants")
    .selectAll()
    .select((select) =>
      select
        .exists(
          select
            .selectFrom("templates")
            .select("templates.grant_id")
            .whereRef("templates.grant_id", "=", "grants.id"),
        )
        .as("enrolled"),
    )
    .where("collection_id", "=", collection)
    .where("subject_id", "=", subject)
    // One that is alive before those that ended, and of those the last.
    .orderBy("ended_at", (order) => order.desc().nullsFirst())
    .orderBy("granted_at", "desc")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  if (!row) throw new SubjectsError("subject_unknown", "No person of this collection has this id.");
  return {
    subject,
    grant: row.id,
    state: row.state,
    uses: JSON.parse(row.uses) as readonly GrantUse[],
    grantedAt: row.granted_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    enrolled: Boolean(row.enrolled),
  };
}

/** How many people of a collection have a consent in force now. */
export async function countFindable(
  db: Reader,
  collection: CollectionId,
  now: Instant,
): Promise<number> {
  const { count } = await db.read
    .selectFrom("grants")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("collection_id", "=", collection)
    .where("state", "=", "granted")
    .where("expires_at", ">", now)
    .executeTakeFirstOrThrow();
  return count;
}
