import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** One request that was answered. */
export interface Answered {
  readonly status: number;
  /** From when it was due, not from when it could be sent: waiting counts. */
  readonly ms: number;
  /** Milliseconds of each step by the answer's Server-Timing. */
  readonly steps: Readonly<Record<string, number>>;
  readonly retryAfter: boolean;
}

/** What is sent how often for how long. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The n-th body, ready to be sent. */
  readonly body: (number: number) => Buffer;
  readonly perSecond: number;
  readonly seconds: number;
  /** Requests under way at once at most; those beyond wait here, and their time runs. */
  readonly connections: number;
}

/**
 * Sends requests at even times whatever becomes of the earlier ones, over connections that are kept.
 * Stops by itself. A connection that breaks is an answer of status 0.
 */
export async function offer(load: Load): Promise<readonly Answered[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const total = Math.round(load.perSecond * load.seconds);
  const started = performance.now();
  const answers: Promise<Answered>[] = [];
  for (let number = 0; number < total; number += 1) {
    const due = started + (1000 * number) / load.perSecond;
    const wait = due - performance.now();
    if (wait > 1) await sleep(wait);
    answers.push(post(agent, load, load.body(number), due));
  }
  const all = await Promise.all(answers);
  agent.destroy();
  return all;
}

/** Sends requests one after another on each of several connections, as fast as they are answered. */
export async function saturate(
  load: Omit<Load, "perSecond">,
): Promise<{ readonly perSecond: number; readonly answers: readonly Answered[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const started = performance.now();
  const until = started + 1000 * load.seconds;
  const answers: Answered[] = [];
  let number = 0;
  const lanes = Array.from({ length: load.connections }, async () => {
    while (performance.now() < until) {
      number += 1;
      answers.push(await post(agent, load, load.body(number), performance.now()));
    }
  });
  await Promise.all(lanes);
  agent.destroy();
  return { perSecond: (1000 * answers.length) / (performance.now() - started), answers };
}

async function post(
  agent: Agent,
  { url, headers }: Pick<Load, "url" | "headers">,
  body: Buffer,
  due: number,
): Promise<Answered> {
  const { promise, resolve } = Promise.withResolvers<Answered>();
  const answered = (status: number, timing = "", retryAfter = false): void => {
    resolve({ status, ms: performance.now() - due, steps: stepsOf(timing), retryAfter });
  };
  const sent = request(
    url,
    { agent, method: "POST", headers: { ...headers, "content-length": body.length } },
    (response) => {
      const timing = response.headers["server-timing"];
      const retry = response.headers["retry-after"] !== undefined;
      response.resume();
      response.once("end", () => answered(response.statusCode ?? 0, String(timing ?? ""), retry));
      response.once("error", () => answered(0));
    },
  );
  sent.once("error", () => answered(0));
  sent.end(body);
  return promise;
}

function stepsOf(timing: string): Readonly<Record<string, number>> {
  const steps = [...timing.matchAll(/(\w+);dur=([\d.]+)/gu)];
  return Object.fromEntries(steps.map(([, name = "", ms = ""]) => [name, Number(ms)]));
}

/** A form with a purpose and a photo, as bytes; the boundary is in FORM_TYPE. */
export function searchForm(photo: Uint8Array): Buffer {
  const part = (head: string): string => `--${BOUNDARY}\r\ncontent-disposition: form-data; ${head}`;
  return Buffer.concat([
    Buffer.from(`${part('name="purpose"')}\r\n\r\nmeasure\r\n`),
    Buffer.from(
      `${part('name="photo"; filename="photo.jpg"')}\r\ncontent-type: image/jpeg\r\n\r\n`,
    ),
    photo,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}

const BOUNDARY = "a-form-of-the-bench";
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** Megabytes that a process holds (resident set), by the kernel's word. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** Milliseconds of processor time that a process has used, all its threads together. */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // After the name: utime and stime are the 12th and 13th field, in hundredths of a second.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}
