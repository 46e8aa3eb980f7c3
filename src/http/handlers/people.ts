import type { z } from "zod";
import type { Principal } from "../../accounts/principal.ts";
import type { App } from "../../app.ts";
import type { SubjectId } from "../../base/ids.ts";
import { findCollection } from "../../collections/collections.ts";
import { enrol } from "../../collections/enrol.ts";
import { findPeople, type PersonGrant, pageOfPeople, personOf } from "../../consent/people.ts";
import { subjectId } from "../../contract/fields.ts";
import type { person, peopleRoutes } from "../../contract/people.ts";
import { pause, resume, withdraw } from "../../rights/consent-changes.ts";
import { erase } from "../../rights/erase.ts";
import { readSubject } from "../../subjects/subjects.ts";
import { pageOf, readCursor, writeCursor } from "../cursors.ts";
import { HttpError } from "../errors.ts";
import type { Handlers } from "../handler.ts";

export const peopleHandlers: Handlers<typeof peopleRoutes> = {
  enrolPerson: async (app, { params, body, files, recorder }) => {
    const collection = await findCollection(app.db, params.collection);
    const { name, contact, form, signedOn, witness, born, guardianName, guardianRelation } = body;
    const guardian =
      guardianName === undefined && guardianRelation === undefined
        ? undefined
        : { name: guardianName ?? "", relation: guardianRelation ?? "" };
    const result = await enrol(app, recorder, collection, {
      name,
      contact,
      photo: { bytes: files.photo },
      evidence: { kind: "paper", form, signedOn, witness, born, guardian },
      keepPhoto: body.keepPhoto === "yes",
    });
    if (result.kind === "refused") return { outcome: "refused", problems: [...result.problems] };
    return { outcome: result.kind, subject: result.subject, grant: result.grant };
  },
  listPeople: async (app, { params, query, principal }) => {
    const { id } = await findCollection(app.db, params.collection);
    const after = readCursor(query.cursor, subjectId);
    const { state } = query;
    const only = state === undefined ? {} : { state };
    if (query.name !== undefined) {
      if (!seesNames(principal)) throw new HttpError("not_allowed");
      const wanted = { after, limit: query.limit, ...only, text: query.name };
      const found = await findPeople(app.db, app.vault, id, wanted);
      const items = [];
      for (const row of found.people) items.push(await personIn(app, principal, id, row));
      return { items, next: found.next === null ? null : writeCursor(found.next) };
    }
    const rows = await pageOfPeople(app.db, id, { after, limit: query.limit + 1, ...only });
    const people = [];
    for (const row of rows) people.push(await personIn(app, principal, params.collection, row));
    return pageOf(people, query.limit, { key: ({ id }) => id, item: (one) => one });
  },
  getPerson: async (app, { params, principal }) => {
    const grant = await personOf(app.db, params.collection, params.subject);
    return personIn(app, principal, params.collection, grant);
  },
  pausePerson: async (app, { params, recorder }) => {
    await personOf(app.db, params.collection, params.subject);
    const collections = await pause(app.db, recorder, params.subject, params.collection);
    return { collections };
  },
  resumePerson: async (app, { params, recorder }) => {
    await personOf(app.db, params.collection, params.subject);
    const collections = await resume(app.db, recorder, params.subject, params.collection);
    return { collections };
  },
  withdrawPerson: async (app, { params, recorder }) => {
    await personOf(app.db, params.collection, params.subject);
    const collections = await withdraw(app.db, recorder, params.subject, params.collection);
    return { collections };
  },
  erasePerson: async (app, { params, recorder, principal, session }) => {
    const certificate = await erase(app, recorder, params.subject);
    // Their session went with them.
    if (principal.kind === "subject") session.end();
    return { certificate };
  },
};

async function personIn(
  app: App,
  principal: Principal,
  collection: PersonOf["grant"]["collection"],
  row: PersonGrant,
): Promise<PersonOf> {
  const { subject, grant, state, grantedAt, expiresAt, endedAt, enrolled } = row;
  const uses = [...row.uses];
  const named = await nameFor(app, principal, subject);
  return {
    id: subject,
    ...named,
    enrolled,
    grant: { id: grant, collection, state, uses, grantedAt, expiresAt, endedAt },
  };
}

type PersonOf = z.input<typeof person>;

/** Names are for those who work with people, and for the person. Auditors and keys see ids. */
function seesNames(principal: Principal): boolean {
  if (principal.kind === "account") return principal.role !== "auditor";
  return principal.kind === "subject";
}

async function nameFor(
  app: App,
  principal: Principal,
  subject: SubjectId,
): Promise<{ readonly name: string | null; readonly contact: string | null }> {
  if (!seesNames(principal)) return { name: null, contact: null };
  const { name, contact } = await readSubject(app.db, app.vault, subject);
  return { name, contact };
}
