import {
  type Account,
  changeAccount,
  createAccount,
  listAccounts,
  lockOwners,
  readAccount,
  removeAccount,
  setActive,
} from "../../accounts/accounts.ts";
import { type ApiKey, createApiKey, listApiKeys, revokeApiKey } from "../../accounts/api-keys.ts";
import { AccountsError } from "../../accounts/errors.ts";
import { askForLink } from "../../accounts/links.ts";
import type { App } from "../../app.ts";
import type { AccountId } from "../../base/ids.ts";
import { findCollection } from "../../collections/collections.ts";
import type { account, accountRoutes, apiKey } from "../../contract/accounts.ts";
import { whole } from "../../contract/fields.ts";
import { updateKeyFiles } from "../../storage/key-places.ts";
import type { Handlers } from "../handler.ts";
import type { z } from "zod";

export const accountHandlers: Handlers<typeof accountRoutes> = {
  listAccounts: async ({ db, vault }) => whole((await listAccounts(db, vault)).map(accountOf)),
  createAccount: async (app, { body, recorder }) => {
    const id = await app.db.write(async (tx) => createAccount(tx, recorder, body));
    await askForLink(app, "account", body.email);
    return readBack(app, id);
  },
  getAccount: async (app, { params }) =>
    accountOf(await readAccount(app.db, app.vault, params.account)),
  changeAccount: async (app, { params, body, recorder, expect }) => {
    const { role, collections } = body;
    const change = { ...(role ? { role } : {}), ...(collections ? { collections } : {}) };
    await app.db.write(async (tx) => {
      await lockOwners(tx);
      expect(accountOf(await readAccount(tx, app.vault, params.account)));
      await changeAccount(tx, recorder, params.account, change);
    });
    return readBack(app, params.account);
  },
  sendAccountLink: async (app, { params }) => {
    const { email } = await readAccount(app.db, app.vault, params.account);
    await askForLink(app, "account", email);
    return { done: true };
  },
  disableAccount: async (app, { params, recorder }) => {
    await app.db.write(async (tx) => setActive(tx, recorder, params.account, false));
    return readBack(app, params.account);
  },
  enableAccount: async (app, { params, recorder }) => {
    await app.db.write(async (tx) => setActive(tx, recorder, params.account, true));
    return readBack(app, params.account);
  },
  removeAccount: async (app, { params, recorder }) => {
    await app.db.write(async (tx) => removeAccount(tx, recorder, params.account));
    await updateKeyFiles(app.db, app.vault, app.clock);
    return { done: true };
  },
  listApiKeys: async ({ db }, { params }) => {
    await findCollection(db, params.collection);
    return whole((await listApiKeys(db, params.collection)).map(keyOf));
  },
  createApiKey: async ({ db }, { params, body, recorder }) => {
    const { id: collection } = await findCollection(db, params.collection);
    const made = await createApiKey(db, recorder, { ...body, collection });
    return { ...keyOf(made), text: made.text };
  },
  revokeApiKey: async ({ db }, { params, recorder }) => {
    const known = await listApiKeys(db, params.collection);
    if (!known.some(({ id }) => id === params.apikey)) {
      throw new AccountsError("api_key_unknown", "No API key of this collection has this id.");
    }
    await revokeApiKey(db, recorder, params.apikey);
    return { done: true };
  },
};

/** The account as it is now, and as backups are to know of it. */
async function readBack(app: App, id: AccountId): Promise<z.input<typeof account>> {
  await updateKeyFiles(app.db, app.vault, app.clock);
  return accountOf(await readAccount(app.db, app.vault, id));
}

function accountOf(one: Account): z.input<typeof account> {
  return { ...one, collections: [...one.collections] };
}

function keyOf(one: ApiKey): z.input<typeof apiKey> {
  return { ...one, scopes: [...one.scopes] };
}
