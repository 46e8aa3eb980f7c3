import { readAccount } from "../../accounts/accounts.ts";
import {
  askForLink,
  finishLogin,
  redeemFirstOwnerLink,
  type SignedIn,
} from "../../accounts/links.ts";
import {
  finishPasskeyLogin,
  finishRegistration,
  listPasskeys,
  type PasskeyDeps,
  removePasskey,
  startPasskeyLogin,
  startRegistration,
} from "../../accounts/passkeys.ts";
import type { Principal } from "../../accounts/principal.ts";
import { endOtherSessions, endSession, listSessions, type Owner } from "../../accounts/sessions.ts";
import { readReach } from "../../accounts/accounts.ts";
import type { App } from "../../app.ts";
import { unreachable } from "../../base/errors.ts";
import { readOperator } from "../../consent/operator.ts";
import type { Route } from "../../contract/contract.ts";
import { whole } from "../../contract/fields.ts";
import type { me, signInRoutes } from "../../contract/sign-in.ts";
import { readSubject } from "../../subjects/subjects.ts";
import { HttpError } from "../errors.ts";
import type { Handlers, Request } from "../handler.ts";
import type { z } from "zod";

type Me = z.input<typeof me>;

export const signInHandlers: Handlers<typeof signInRoutes> = {
  claimInstance: async (app, { body, recorder, session }) => {
    const { token, ...person } = body;
    return begin(app, session, await redeemFirstOwnerLink(app.db, recorder, token, person));
  },
  askForLink: async (app, { body }) => {
    await askForLink(app, body.whose, body.address);
    return { done: true };
  },
  signInWithLink: async (app, { body, recorder, session }) =>
    begin(app, session, await finishLogin(app.db, recorder, body.token, session.id)),
  startPasskeySignIn: async (app, { origin }) => ({
    ...(await startPasskeyLogin(await passkeyDeps(app, origin))),
  }),
  signInWithPasskey: async (app, { body, recorder, session, origin }) => {
    const deps = await passkeyDeps(app, origin);
    return begin(app, session, await finishPasskeyLogin(deps, recorder, body.response, session.id));
  },
  whoAmI: async (app, { principal }) => meOf(app, principal),
  signOut: async (app, { session }) => {
    if (session.id !== null) await endSession(app.db, session.id);
    session.end();
    return { done: true };
  },
  listSessions: async ({ db, clock }, { principal, session }) => {
    const open = await listSessions(db, clock, ownerOf(principal));
    return { items: open.map(({ id, ...when }) => ({ current: id === session.id, ...when })) };
  },
  endOtherSessions: async ({ db }, { principal, session }) => ({
    ended: await db.write(async (tx) => endOtherSessions(tx, ownerOf(principal), session.id)),
  }),
  listPasskeys: async (app, { principal }) => whole(await listPasskeys(app.db, ownerOf(principal))),
  startPasskey: async (app, { principal, origin }) => {
    const { name } = await meOf(app, principal);
    const deps = await passkeyDeps(app, origin);
    return { ...(await startRegistration(deps, ownerOf(principal), name ?? "")) };
  },
  addPasskey: async (app, { principal, body, recorder, origin }) => {
    const deps = await passkeyDeps(app, origin);
    const owner = ownerOf(principal);
    return { id: await finishRegistration(deps, recorder, owner, body.response) };
  },
  removePasskey: async (app, { principal, params, recorder }) => {
    await removePasskey(app.db, recorder, ownerOf(principal), params.passkey);
    return { done: true };
  },
};

/** Gives the browser its session, and says who it is now. */
async function begin(
  app: App,
  session: Request<Route>["session"],
  { owner, session: { token, expiresAt } }: SignedIn,
): Promise<Me> {
  const reach = owner.kind === "account" ? await readReach(app.db, owner.id) : null;
  const principal: Principal =
    owner.kind === "subject"
      ? owner
      : { kind: "account", id: owner.id, ...(reach ?? { role: "staff", collections: [] }) };
  const answer = await meOf(app, principal);
  session.start(token, expiresAt);
  return answer;
}

async function meOf({ db, vault }: App, principal: Principal): Promise<Me> {
  const { kind } = principal;
  const nothing = { kind, id: null, role: null, name: null, collections: null, scopes: [] };
  switch (principal.kind) {
    case "account": {
      const { id, role, collections } = principal;
      const { name } = await readAccount(db, vault, id);
      return { ...nothing, id, role, name, collections: listOf(collections) };
    }
    case "subject": {
      const { id } = principal;
      return { ...nothing, id, name: (await readSubject(db, vault, id)).name };
    }
    case "key": {
      const { id, collection, scopes } = principal;
      return { ...nothing, id, collections: [collection], scopes: [...scopes] };
    }
    case "nobody":
      return nothing;
    default:
      return unreachable(principal);
  }
}

function listOf<Id>(collections: "all" | readonly Id[]): Id[] | null {
  return collections === "all" ? null : [...collections];
}

/** Passkeys are bound to the host that people reach the service at. */
async function passkeyDeps({ db, clock }: App, origin: string): Promise<PasskeyDeps> {
  const name = (await readOperator(db))?.name ?? "Assent";
  return { db, clock, site: { host: new URL(origin).hostname, origin, name } };
}

/** Whose session it is. Throws HttpError not_allowed for whoever has none. */
function ownerOf(principal: Principal): Owner {
  if (principal.kind === "account" || principal.kind === "subject") {
    return { kind: principal.kind, id: principal.id } as Owner;
  }
  throw new HttpError("not_allowed");
}
