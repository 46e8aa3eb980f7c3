import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../app.ts";
import { DAY_MS } from "../base/clock.ts";
import { keepSequencing } from "../ledger/keep-sequencing.ts";
import { expireOverdue } from "../rights/consent-changes.ts";
import { deliverDue } from "../webhooks/deliver.ts";
import { loggedFailure } from "./failures.ts";
import type { Log } from "./log.ts";

/** A job queued by a request begins within a moment. */
const JOBS_MS = 500;
/** A receiver that is told within seconds needs no polling. */
const WEBHOOKS_MS = 2000;
/** Nobody past their grant's end is found even before; this makes the rows say so. */
const SWEEP_MS = DAY_MS;

/** What goes on in the background of a service, by name. */
export interface BackgroundWork {
  readonly name: string;
  readonly everyMs: number;
  readonly work: (signal: AbortSignal) => Promise<unknown>;
}

/** The background work of every service; what rooms add later is one row more. */
export function backgroundWork(app: App): readonly BackgroundWork[] {
  const { db, vault, clock, recorder } = app;
  return [
    { name: "jobs", everyMs: JOBS_MS, work: async (signal) => app.runner.drain({ signal }) },
    {
      name: "webhooks",
      everyMs: WEBHOOKS_MS,
      work: async (signal) => deliverDue({ db, vault, clock }, { signal }),
    },
    { name: "sweep", everyMs: SWEEP_MS, work: async () => expireOverdue(db, recorder) },
  ];
}

/**
 * Runs it all until the signal is aborted; returns when the last piece has ended. A failure is
 * logged and the next turn tries again: everything here goes on from what is in the database.
 */
export async function runInBackground(app: App, log: Log, signal: AbortSignal): Promise<void> {
  const failed = (name: string) => (error: unknown) => {
    if (!signal.aborted)
      log.error({ work: name, ...loggedFailure(error) }, "background work failed");
  };
  const sequencing = keepSequencing(app.ledger, { signal, onError: failed("ledger") });
  const loops = backgroundWork(app).map(async ({ name, everyMs, work }) => {
    while (!signal.aborted) {
      await work(signal).catch(failed(name));
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  });
  await Promise.all([sequencing, ...loops]);
}
