import { Writable } from "node:stream";
import { createAccount } from "../src/accounts/accounts.ts";
import { createApiKey, revokeApiKey, SCOPES } from "../src/accounts/api-keys.ts";
import { openSession, type Owner } from "../src/accounts/sessions.ts";
import type { App } from "../src/app.ts";
import type { CollectionId, SubjectId } from "../src/base/ids.ts";
import type { Example } from "../src/contract/contract.ts";
import { openLog } from "../src/http/log.ts";
import { openService, type Service } from "../src/http/service.ts";
import { type ServiceSettings, settingsFor } from "../src/http/settings.ts";
import type { Role } from "../src/storage/service-schema.ts";
import type { TestDatabase } from "./databases.ts";
import { type Instance, openInstance } from "./instance.ts";

/** A service that really listens, on an instance with the engine that knows the truth. */
export interface TestService extends AsyncDisposable {
  readonly instance: Instance;
  readonly service: Service;
  /** Everything it logged. */
  readonly log: () => string;
}

/** Opens a service on a free port; nothing is limited by rate unless a test says so. */
export async function openTestService(
  database: TestDatabase,
  options: {
    readonly settings?: Partial<ServiceSettings>;
    readonly instance?: Parameters<typeof openInstance>[1];
    /** Puts something around the parts that the service is given. */
    readonly around?: (app: App) => App;
  } = {},
): Promise<TestService> {
  const instance = await openInstance(database, options.instance);
  const lines: string[] = [];
  const to = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const many = 1_000_000;
  const settings = {
    ...settingsFor(1),
    port: 0,
    rates: { address: many, account: many, collection: many },
    ...options.settings,
  };
  const service = await openService(options.around?.(instance.app) ?? instance.app, settings, {
    log: openLog("debug", to),
    mail: null,
  });
  return {
    instance,
    service,
    log: () => lines.join(""),
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await instance[Symbol.asyncDispose]();
    },
  };
}

/** The headers by which somebody is known. */
export type Badge = Readonly<Record<string, string>>;

/** Makes an account and signs it in: the headers of its browser. */
export async function signInAs(
  { instance, service }: TestService,
  role: Role,
  collections: readonly CollectionId[] = [],
): Promise<Badge> {
  const { app } = instance;
  accounts += 1;
  const email = `${role}-${accounts}@club.example`;
  const token = await app.db.write(async (tx) => {
    const id = await createAccount(tx, app.recorder, { name: role, email, role, collections });
    return (await openSession(tx, app.clock, { kind: "account", id }, null)).token;
  });
  return browserOf(service, token);
}

let accounts = 0;

/** Signs a person in. */
export async function signInPerson(
  { instance, service }: TestService,
  id: SubjectId,
): Promise<Badge> {
  const owner: Owner = { kind: "subject", id };
  const { app } = instance;
  const { token } = await app.db.write(async (tx) => openSession(tx, app.clock, owner, null));
  return browserOf(service, token);
}

/** The headers of this site's own page in a browser that holds a session. */
export function browserOf({ origin }: Service, token: string): Badge {
  return { cookie: `assent=${token}`, origin, "x-assent-request": "1" };
}

/** A key of every scope for a collection. */
export async function makeKey(
  { instance: { app } }: TestService,
  collection: CollectionId,
  options: {
    readonly revoked?: boolean;
    readonly scopes?: readonly string[];
    readonly days?: number;
  } = {},
): Promise<Badge> {
  const request = {
    collection,
    label: "a test",
    scopes: options.scopes ?? SCOPES,
    days: options.days ?? 1,
  };
  const { id, text } = await createApiKey(app.db, app.recorder, request);
  if (options.revoked === true) await revokeApiKey(app.db, app.recorder, id);
  return { authorization: `Bearer ${text}` };
}

/** What is sent for a route's example: `$name` stands for what `kept` holds. */
export function fill<Value>(value: Value, kept: ReadonlyMap<string, string>): Value {
  const text = JSON.stringify(value ?? null).replaceAll(
    /\$([a-z]+)/gu,
    (whole, name: string) => kept.get(name) ?? whole,
  );
  return JSON.parse(text) as Value;
}

/** A form of the text parts and files of an example; `fileOf` gives the bytes of a file's name. */
export function formOf(
  { body = {}, files = {} }: Pick<Example, "body" | "files">,
  fileOf: (name: string) => Uint8Array,
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) form.append(name, String(value));
  for (const [name, file] of Object.entries(files)) {
    form.append(name, new Blob([new Uint8Array(fileOf(file))]), file);
  }
  return form;
}
