import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { useWords } from "../../shared/words.ts";
import { JobProgress } from "../parts/job.tsx";
import { LongProgress, usePace } from "../parts/progress.tsx";
import { assent } from "../service.ts";
import { library } from "../texts/library.ts";
import { useHealth } from "./health.ts";
import { photosKey } from "./photo-list.ts";

/** What jobs of the service that import are called: of folders and archives, and of what was sent. */
const IMPORT_FILES = "import_files";
const IMPORT_UPLOADS = "import_uploads";
const NEWEST = 50;

/** What the service does with files that it has: as they come in, from folders, from archives. */
export function ImportWork(of: { readonly collection: string; readonly sending: boolean }) {
  const { imports: words } = useWords(library);
  const client = useQueryClient();
  const { collection } = of;
  const { data } = useHealth(collection, of.sending);
  const pace = usePace();
  // The most that ever waited at once is what is to be done.
  const most = useRef(0);
  const waiting = data?.received ?? 0;
  const busy = data !== undefined && data.jobs > 0;
  const running = useImports(collection, busy);
  // It counts the seconds of a video as well: the files that wait stand still for as long as one.
  const looking = running.find(({ kind, state }) => kind === IMPORT_UPLOADS && state === "running");
  const archives = running.filter(({ kind }) => kind === IMPORT_FILES);
  most.current = waiting === 0 ? 0 : Math.max(most.current, waiting);
  const done = most.current - waiting;
  useEffect(() => {
    if (waiting > 0) pace.note(done, Date.now());
  }, [pace, waiting, done]);
  const { photos = 0, refused = 0 } = data ?? {};
  useEffect(() => {
    if (!busy) void client.invalidateQueries({ queryKey: photosKey(collection) });
    void client.invalidateQueries({ queryKey: ["refused", collection] });
  }, [client, collection, busy, waiting, photos, refused]);
  if (!data) return null;
  return (
    <section className="section">
      <h2>{words.work}</h2>
      {looking ? (
        <>
          <JobProgress key={looking.id} job={looking.id} label={words.looking} />
          <p className="quiet small">{words.steps}</p>
        </>
      ) : null}
      {waiting > 0 && !looking ? (
        <LongProgress label={words.looking} done={done} total={most.current} pace={pace} />
      ) : null}
      {archives.map(({ id }) => (
        <JobProgress key={id} job={id} label={words.archive} stoppable />
      ))}
      {waiting === 0 && !busy ? <p className="quiet">{words.nothing}</p> : null}
      <p>
        {words.there(data.photos)} <Link to={`/app/c/${collection}/photos`}>{words.toPhotos}</Link>
      </p>
    </section>
  );
}

/** The jobs that import into this collection now, or are to. */
function useImports(collection: string, busy: boolean) {
  const { data } = useQuery({
    queryKey: ["jobs", "imports", collection],
    queryFn: async () => assent.listJobs({ limit: NEWEST }),
    refetchInterval: 3000,
    enabled: busy,
  });
  if (!busy || !data) return [];
  return data.items.filter(
    ({ kind, state, target }) =>
      (kind === IMPORT_FILES || kind === IMPORT_UPLOADS) &&
      target.startsWith(collection) &&
      (state === "running" || state === "queued"),
  );
}
