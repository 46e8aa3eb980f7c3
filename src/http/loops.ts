import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../app.ts";
import { DAY_MS } from "../base/clock.ts";
import { askWitnesses } from "../ledger/witness.ts";
import { keepSequencing } from "../ledger/keep-sequencing.ts";
import { answerLinkRequests } from "../accounts/links.ts";
import { type MailTransport, sendDueMail } from "../accounts/mail.ts";
import { sweepLists } from "../collections/enrol-lists.ts";
import { sweepUploads } from "../collections/sweep-uploads.ts";
import { expireOverdue } from "../rights/consent-changes.ts";
import { sweepDeliveries } from "../rights/sweep-deliveries.ts";
import { sweep } from "../rights/retention.ts";
import { deliverDue } from "../webhooks/deliver.ts";
import { loggedFailure } from "./failures.ts";
import type { Log } from "./log.ts";

/** A job queued by a request begins within a moment. */
const JOBS_MS = 500;
/** A receiver that is told within seconds needs no polling. */
const WEBHOOKS_MS = 2000;
/** Whoever asked for a link looks at their mail at once. */
const MAIL_MS = 2000;
/** What a witness has seen can't be taken back: so much may be, and they are not pestered. */
const WITNESS_MS = 60 * 60_000;
/** Nobody past their grant's end is found even before: this removes their template, and says so. */
const ENDS_MS = 60_000;
/** What is over by days and years goes on the day that it is. */
const SWEEP_MS = DAY_MS;

/** What was sent half, or waits too long to be fetched, goes within minutes of its time. */
const FILES_MS = 5 * 60 * 1000;

/** What background work needs beyond the instance. */
export interface BackgroundDeps {
  readonly app: App;
  readonly log: Log;
  /** How people reach the service: links in mail lead there. */
  readonly origin: string;
  /** Null: mail waits, and `assent status` shows that it does. */
  readonly mail: MailTransport | null;
}

/** What goes on in the background of a service, by name. */
export interface BackgroundWork {
  readonly name: string;
  readonly everyMs: number;
  readonly work: (signal: AbortSignal) => Promise<unknown>;
}

/** The background work of every service; what rooms add later is one row more. */
export function backgroundWork({
  app,
  origin,
  mail,
}: Omit<BackgroundDeps, "log">): readonly BackgroundWork[] {
  const { db, vault, clock, recorder } = app;
  return [
    { name: "witnesses", everyMs: WITNESS_MS, work: async () => askWitnesses(db, app.ledger) },
    { name: "jobs", everyMs: JOBS_MS, work: async (signal) => app.runner.drain({ signal }) },
    {
      name: "webhooks",
      everyMs: WEBHOOKS_MS,
      work: async (signal) => deliverDue({ db, vault, clock }, { signal }),
    },
    {
      name: "links",
      everyMs: MAIL_MS,
      work: async () => answerLinkRequests({ db, vault, clock, origin }),
    },
    {
      name: "mail",
      everyMs: MAIL_MS,
      work: async (signal) => mail && sendDueMail({ db, vault, clock }, mail, signal),
    },
    {
      name: "files",
      everyMs: FILES_MS,
      work: async () => {
        await sweepUploads(app, recorder);
        await app.blobs.sweep();
        await sweepLists(db, clock);
        await sweepDeliveries({ db, folder: app.deliveries }, clock);
      },
    },
    { name: "ends", everyMs: ENDS_MS, work: async () => expireOverdue(db, recorder) },
    {
      name: "sweep",
      everyMs: SWEEP_MS,
      work: async () => sweep(app, recorder),
    },
  ];
}

/**
 * Runs it all until the signal is aborted; returns when the last piece has ended. A failure is
 * logged and the next turn tries again: everything here goes on from what is in the database.
 */
export async function runInBackground(deps: BackgroundDeps, signal: AbortSignal): Promise<void> {
  const { app, log } = deps;
  const failed = (name: string) => (error: unknown) => {
    if (!signal.aborted)
      log.error({ work: name, ...loggedFailure(error) }, "background work failed");
  };
  const sequencing = keepSequencing(app.ledger, { signal, onError: failed("ledger") });
  const loops = backgroundWork(deps).map(async ({ name, everyMs, work }) => {
    while (!signal.aborted) {
      await work(signal).catch(failed(name));
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  });
  const moving = app.db.keepLogMoving(signal).catch(failed("database log"));
  await Promise.all([sequencing, moving, ...loops]);
}
