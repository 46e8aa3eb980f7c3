import type { App } from "../../app.ts";
import type { timelineRoutes } from "../../contract/timelines.ts";
import { viewPhoto } from "../../rights/photo-view.ts";
import { type TimelineLine, timelineCsv, timelineOf, timelineVtt } from "../../rights/timeline.ts";
import type { Handlers, Request } from "../handler.ts";
import { nameFor } from "./names.ts";

export const timelineHandlers: Handlers<typeof timelineRoutes> = {
  getTimeline: async (app, request) => {
    const { photo, seconds, lines } = await linesFor(app, request);
    const subjects = [...new Set(lines.map(({ subject }) => subject))];
    const people = subjects.map((subject) => {
      const own = lines.filter((line) => line.subject === subject);
      const appearances = own.map(({ sighting, from, to, at, box, verdict, state, score }) => ({
        sighting,
        from,
        to,
        at,
        box,
        verdict,
        state,
        score,
      }));
      return { subject, name: own[0]?.name ?? null, appearances };
    });
    return { photo, seconds, people };
  },
  getTimelineCsv: async (app, request) => {
    const { photo, lines } = await linesFor(app, request);
    return { content: Buffer.from(timelineCsv(lines)), name: `${photo}.csv` };
  },
  getTimelineVtt: async (app, request) => {
    const { photo, lines } = await linesFor(app, request);
    return { content: Buffer.from(timelineVtt(lines)), name: `${photo}.vtt` };
  },
};

type Asked = Pick<
  Request<(typeof timelineRoutes)["getTimeline"]>,
  "params" | "principal" | "recorder" | "telling"
>;

async function linesFor(app: App, { params, principal, recorder, telling }: Asked) {
  telling();
  const viewed = await viewPhoto(app.db, recorder, params);
  const lines: TimelineLine[] = [];
  const names = new Map<string, string | null>();
  for (const entry of timelineOf(viewed)) {
    const { subject } = entry;
    if (!names.has(subject)) names.set(subject, await nameFor(app, principal, subject));
    lines.push({ ...entry, name: names.get(subject) ?? null });
  }
  return { photo: viewed.id, seconds: viewed.seconds ?? 0, lines };
}
