import { type ChildProcess, spawn } from "node:child_process";
import { cp, readdir, readFile, rm } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { PackName } from "../src/faces/packs.ts";
import { cast } from "../samples/cast.ts";
import { portraitOf } from "../samples/samples.ts";
import { takePhoto } from "../samples/scene.ts";
import { fakePhoto } from "../test/fake-engine.ts";
import { shared } from "../test/shared.ts";
import {
  type Answered,
  FORM_TYPE,
  type Load,
  offer,
  processorMs,
  quantile,
  residentMb,
  saturate,
  searchForm,
} from "./load.ts";
import { KNOWN, personName, type ServiceInstance, serviceInstance } from "./service-instance.ts";

/** `npm run bench -- service`: the service under load from this process, over loopback. */

const PEOPLE = Number(process.env["ASSENT_BENCH_PEOPLE"] ?? 100_000);
const ROOT = join(import.meta.dirname, "..");
const MODELS = process.env["ASSENT_MODELS"] ?? shared("models");
const PACK: PackName = MODELS === null ? "bundled" : "recommended";
/** Photos of so many people are searched with in turn. */
const PROBES = 30;
const WARM_UP_SECONDS = 4;
const SECONDS = 20;
const OVERLOAD_SECONDS = 60;
const OVERLOAD = 4;
/** Few enough to cost the service nothing, enough for a 99th percentile. */
const BARE_PER_SECOND = 25;
/** What is asked of it. */
const TARGETS = { faces: 100, facesP99Ms: 60, photos: 20, refusedMs: 50 };

const wanted = process.argv.slice(2);
const runs = { faces: benchFaces, photos: benchPhotos } as const;
const instance = await serviceInstance(PACK, PEOPLE);
for (const [name, run] of Object.entries(runs)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await run(instance);
}

interface Served extends AsyncDisposable {
  readonly origin: string;
  readonly pid: number;
  /** The exit code or signal once it has ended, else null. */
  readonly ended: () => number | string | null;
}

/** Starts a service on a copy of the instance, so that every run begins with the same. */
async function serve(
  { folder }: ServiceInstance,
  start: (copy: string) => ChildProcess,
): Promise<Served> {
  const copy = `${folder}.run`;
  await rm(copy, { recursive: true, force: true });
  await cp(folder, copy, { recursive: true });
  const served = await untilListening(start(copy));
  return {
    ...served,
    [Symbol.asyncDispose]: async () => {
      await served[Symbol.asyncDispose]();
      await rm(copy, { recursive: true, force: true });
    },
  };
}

/** A child as soon as it says where it listens; it is ended with what is returned. */
async function untilListening(child: ChildProcess): Promise<Served> {
  const closed = new Promise((resolve) => child.once("close", resolve));
  const origin = await new Promise<string>((resolve, reject) => {
    child.once("close", () => reject(new Error("The service did not start.")));
    if (!child.stdout) return;
    createInterface(child.stdout).on("line", (line) => {
      const [, found] = /^Listening: (\S+)$/u.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    // The name would be looked up for each connection.
    origin: origin.replace("localhost", "127.0.0.1"),
    pid: child.pid ?? 0,
    ended: () => child.exitCode ?? child.signalCode,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await closed;
    },
  };
}

function loadOn({ origin }: Served, { collection, key }: ServiceInstance) {
  return {
    url: `${origin}/api/v1/collections/${collection}/searches`,
    headers: { authorization: `Bearer ${key}`, "content-type": FORM_TYPE },
  };
}

/** Searches of faces that are given: everything but decoding, detection and embedding. */
async function benchFaces(instance: ServiceInstance): Promise<void> {
  const script = join(import.meta.dirname, "service-child.ts");
  const profile = process.env["ASSENT_BENCH_PROFILE"];
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  // As bin/assent starts it.
  const flags = [...process.execArgv, "--max-semi-space-size=64", ...profiling];
  await using served = await serve(instance, (copy) =>
    spawn(process.execPath, [...flags, script, copy, PACK], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const body = (number: number): Buffer =>
    searchForm(fakePhoto([personName((number * 7) % Math.min(KNOWN, PEOPLE))], String(number)));
  const base = { ...loadOn(served, instance), body };
  await saturate({ ...base, seconds: WARM_UP_SECONDS, connections: 4 });
  const used = processorMs(served.pid);
  const full = await saturate({ ...base, seconds: SECONDS / 2, connections: 8 });
  const each = (processorMs(served.pid) - used) / full.answers.length;
  report(`given face, 8 connections without a pause`, full.answers);
  ratio("searches a second", full.perSecond, full.perSecond / TARGETS.faces);
  console.log(
    `processor time of the service a search: ${each.toFixed(2)} ms, whoever else is busy`,
  );
  // Has the service begin to count anew how long its thread was not free.
  process.kill(served.pid, "SIGUSR2");
  const even = await offer({
    ...base,
    perSecond: TARGETS.faces,
    seconds: SECONDS,
    connections: 64,
  });
  process.kill(served.pid, "SIGUSR2");
  report(`given face, ${TARGETS.faces} a second at even times`, even);
  const p99 = quantile(millisecondsOf(even), 0.99);
  ratio("p99 ms", p99, TARGETS.facesP99Ms / p99);
  console.log(
    "counted: from when a request was due until its answer's end, over loopback: HTTP, key, rates, " +
      "gate, form, exact scan, the recording transaction with its fsync, the last look at grants. " +
      "Not counted: decode, detect, embed (the engine's answer takes no time).",
  );
}

/** Searches by photo with the real models; then four times as many as it can do. */
async function benchPhotos(instance: ServiceInstance): Promise<void> {
  await using served = await serve(instance, (copy) =>
    spawn(join(ROOT, "bin", "assent"), ["serve"], {
      env: { ...process.env, ...environmentOf(copy) },
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const { photos, of } = await probePhotos();
  const body = (number: number): Buffer => photos[number % photos.length] ?? Buffer.alloc(0);
  const base = { ...loadOn(served, instance), body };
  await saturate({ ...base, seconds: WARM_UP_SECONDS, connections: 4 });
  const used = processorMs(served.pid);
  const full = await saturate({ ...base, seconds: SECONDS, connections: 4 });
  const each = (processorMs(served.pid) - used) / full.answers.length;
  report(`photo, pack ${PACK}, 4 connections without a pause`, full.answers);
  ratio("photos a second", full.perSecond, full.perSecond / TARGETS.photos);
  console.log(`processor time of the service a photo: ${each.toFixed(1)} ms, whoever else is busy`);
  console.log(`searched with: ${photos.length} portraits of ${of}`);
  console.log("counted: everything, from the photo's first byte to the answer's last.");
  await benchOverload(served, { ...base, connections: 256, perSecond: OVERLOAD * full.perSecond });
}

async function benchOverload(served: Served, load: Omit<Load, "seconds">): Promise<void> {
  const before = residentMb(served.pid);
  const sizes: number[] = [];
  const watch = setInterval(() => {
    if (served.ended() === null) sizes.push(residentMb(served.pid));
  }, 500);
  const script = join(import.meta.dirname, "bare-server.ts");
  await using bare = await untilListening(
    spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] }),
  );
  const beside = {
    ...load,
    url: bare.origin,
    perSecond: BARE_PER_SECOND,
    body: () => Buffer.of(0),
  };
  const [answers, floor] = await Promise.all([
    offer({ ...load, seconds: OVERLOAD_SECONDS }),
    offer({ ...beside, seconds: OVERLOAD_SECONDS }),
  ]);
  clearInterval(watch);
  const ended = served.ended();
  report(`overload: ${load.perSecond.toFixed(0)} a second for ${OVERLOAD_SECONDS} s`, answers);
  const refused = answers.filter(({ status }) => status === 503);
  const times = refused.map(({ ms }) => ms);
  const within = times.filter((ms) => ms <= TARGETS.refusedMs).length;
  const bareTimes = floor.map(({ ms }) => ms);
  console.table({
    "still runs": ended === null,
    "answered 200": answers.filter(({ status }) => status === 200).length,
    "refused 503": refused.length,
    "of them with Retry-After": refused.filter(({ retryAfter }) => retryAfter).length,
    "neither (broken connections)": answers.filter(({ status }) => status === 0).length,
    "refused ms p50": quantile(times, 0.5),
    "refused ms p99": quantile(times, 0.99),
    "refused ms max": Math.max(...times),
    [`refused within ${TARGETS.refusedMs} ms, %`]: (100 * within) / times.length,
    "a bare server's refusals beside it, ms p99": quantile(bareTimes, 0.99),
    "a bare server's refusals beside it, ms max": Math.max(...bareTimes),
    "resident MB before": before,
    "resident MB peak": Math.max(...sizes),
    "resident MB, middle third": quantile(thirdOf(sizes, 1), 0.5),
    "resident MB, last third": quantile(thirdOf(sizes, 2), 0.5),
  });
  await sleep(2000);
  const after = await saturate({ ...load, seconds: 3, connections: 2 });
  ratio("photos a second afterwards", after.perSecond, after.perSecond / TARGETS.photos);
}

function thirdOf(values: readonly number[], index: number): readonly number[] {
  const size = Math.floor(values.length / 3);
  return values.slice(index * size, (index + 1) * size);
}

function environmentOf(copy: string): NodeJS.ProcessEnv {
  const rate = "1000000";
  return {
    ASSENT_DATA: copy,
    ASSENT_PORT: "0",
    ASSENT_LOG: "silent",
    ASSENT_WORKERS: "2",
    ...(MODELS === null ? {} : { ASSENT_MODELS: MODELS }),
    ASSENT_RATE_ADDRESS: rate,
    ASSENT_RATE_ACCOUNT: rate,
    ASSENT_RATE_COLLECTION: rate,
  };
}

/**
 * Portraits of people who are not in the gallery: photos, or where there are none drawn ones, whose
 * plain faces the detector doubts, so that it looks at them two or three times.
 */
async function probePhotos(): Promise<{ readonly photos: readonly Buffer[]; readonly of: string }> {
  const folder = shared("data/london/smiling_front");
  if (folder !== null) {
    const names = (await readdir(folder)).toSorted().slice(0, PROBES);
    const read = names.map(async (name) => searchForm(await readFile(join(folder, name))));
    return { photos: await Promise.all(read), of: "the London set" };
  }
  const photos: Buffer[] = [];
  for (const member of cast().slice(0, 6)) {
    const { jpeg } = await takePhoto(portraitOf(member));
    photos.push(searchForm(jpeg));
  }
  return { photos, of: "drawn people" };
}

function millisecondsOf(answers: readonly Answered[]): readonly number[] {
  return answers.filter(({ status }) => status === 200).map(({ ms }) => ms);
}

function report(title: string, answers: readonly Answered[]): void {
  const good = answers.filter(({ status }) => status === 200);
  const times = millisecondsOf(answers);
  const names = [...new Set(good.flatMap(({ steps }) => Object.keys(steps)))];
  const steps = names.map((name) => {
    const values = good.flatMap(({ steps }) => steps[name] ?? []);
    return [`  of it ${name} ms p50 / p99`, pair(values)];
  });
  console.log(`\n${title} (${PEOPLE} people; load average ${loadavg()[0]?.toFixed(1)})`);
  console.table({
    requests: answers.length,
    "answered 200": good.length,
    "ms p50 / p99": pair(times),
    ...Object.fromEntries(steps),
  });
}

function pair(values: readonly number[]): string {
  return `${quantile(values, 0.5).toFixed(1)} / ${quantile(values, 0.99).toFixed(1)}`;
}

function ratio(what: string, value: number, share: number): void {
  console.log(`${what}: ${value.toFixed(1)}; ${share.toFixed(2)} of the target (1 or more is met)`);
}
