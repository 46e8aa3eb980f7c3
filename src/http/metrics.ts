import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { App } from "../app.ts";
import type { Engines } from "../collections/enrol.ts";

/** Counting rows is work: numbers that are asked for more often are this old. */
const COUNTED_MS = 10_000;
/** Seconds: from a search of a given face to a photo of a crowd on a slow machine. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What the service measures of itself: counts and times, never who or what. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Counter<"route" | "method" | "status">;
  readonly seconds: Histogram<"route">;
  readonly searchSeconds: Histogram;
  readonly embedSeconds: Histogram;
  /** Everything as Prometheus reads it. */
  text(): Promise<string>;
}

/** Opens the metrics of a service. `waiting` is how many requests are at the gate. */
export function openMetrics(app: App, waiting: () => number): Metrics {
  const registry = new Registry();
  const of = <Name extends string>(
    name: string,
    help: string,
    labelNames: readonly Name[] = [],
  ) => ({
    name: `assent_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  const gauges = {
    photos: new Gauge(of("photos", "Photos imported.")),
    faces: new Gauge(of("faces", "Faces found in photos.")),
    templates: new Gauge(of("gallery_templates", "Live templates in all galleries.")),
    jobs: new Gauge(of("jobs_queued", "Jobs that wait or run.")),
    entries: new Gauge(of("ledger_lag_entries", "Entries without their place in the tree yet.")),
    messages: new Gauge(of("webhook_messages_waiting", "Messages to endpoints that wait.")),
  };
  const places = new Gauge(of("gate_places", "Requests with photos: read, waiting, worked on."));
  let counted = 0;
  const text = async (): Promise<string> => {
    places.set(waiting());
    if (Date.now() - counted > COUNTED_MS) {
      counted = Date.now();
      for (const [name, count] of Object.entries(await countRows(app))) {
        gauges[name as keyof typeof gauges].set(count);
      }
    }
    return registry.metrics();
  };
  return {
    registry,
    text,
    requests: new Counter(
      of("http_requests_total", "Requests answered.", ["route", "method", "status"]),
    ),
    seconds: new Histogram({
      ...of("http_request_seconds", "Time to answer.", ["route"]),
      buckets: SECONDS,
    }),
    searchSeconds: new Histogram({
      ...of("search_seconds", "A search by photo, whole."),
      buckets: SECONDS,
    }),
    embedSeconds: new Histogram({
      ...of("embed_seconds", "Looking at one photo: decode, detect, embed."),
      buckets: SECONDS,
    }),
  };
}

/** Engines whose looks at photos are timed. */
export function timedEngines(
  engines: Engines,
  { embedSeconds }: Pick<Metrics, "embedSeconds">,
): Engines {
  return async (pack) => {
    const engine = await engines(pack);
    // Each by its name: a class' methods are no part of a spread.
    return {
      pack: engine.pack,
      templateSize: engine.templateSize,
      get busy() {
        return engine.busy;
      },
      analyseFrame: async (...given) => engine.analyseFrame(...given),
      embed: async (...given) => engine.embed(...given),
      analyse: async (...given) => {
        const stop = embedSeconds.startTimer();
        try {
          return await engine.analyse(...given);
        } finally {
          stop();
        }
      },
      [Symbol.asyncDispose]: async () => engine[Symbol.asyncDispose](),
    };
  };
}

async function countRows({ db }: App) {
  const count = async (table: "media" | "faces" | "templates"): Promise<number> => {
    const row = await db.read
      .selectFrom(table)
      .select((select) => select.fn.countAll().as("count"))
      .executeTakeFirstOrThrow();
    return Number(row.count);
  };
  const waiting = async (): Promise<Readonly<Record<"jobs" | "entries" | "messages", number>>> => {
    const jobs = await db.read
      .selectFrom("jobs")
      .select((select) => select.fn.countAll().as("count"))
      .where("state", "in", ["queued", "running"])
      .executeTakeFirstOrThrow();
    const entries = await db.read
      .selectFrom("entries")
      .select((select) => select.fn.countAll().as("count"))
      .where("leaf_index", "is", null)
      .executeTakeFirstOrThrow();
    const messages = await db.read
      .selectFrom("webhook_messages")
      .select((select) => select.fn.countAll().as("count"))
      .where("state", "=", "waiting")
      .executeTakeFirstOrThrow();
    return {
      jobs: Number(jobs.count),
      entries: Number(entries.count),
      messages: Number(messages.count),
    };
  };
  return {
    photos: await count("media"),
    faces: await count("faces"),
    templates: await count("templates"),
    ...(await waiting()),
  };
}
