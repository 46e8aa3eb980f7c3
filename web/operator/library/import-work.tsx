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

/** What jobs of the service that import are called. */
const IMPORT_FILES = "import_files";
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
      {waiting > 0 ? (
        <LongProgress label={words.looking} done={done} total={most.current} pace={pace} />
      ) : null}
      {busy ? <Archives collection={collection} /> : null}
      {waiting === 0 && !busy ? <p className="quiet">{words.nothing}</p> : null}
      <p>
        {words.there(data.photos)} <Link to={`/app/c/${collection}/photos`}>{words.toPhotos}</Link>
      </p>
    </section>
  );
}

function Archives({ collection }: { readonly collection: string }) {
  const { imports: words } = useWords(library);
  const { data } = useQuery({
    queryKey: ["jobs", "imports", collection],
    queryFn: async () => assent.listJobs({ limit: NEWEST }),
    refetchInterval: 3000,
  });
  const running = data?.items.filter(
    ({ kind, state, target }) =>
      kind === IMPORT_FILES &&
      target.startsWith(collection) &&
      (state === "running" || state === "queued"),
  );
  return running?.map(({ id }) => (
    <JobProgress key={id} job={id} label={words.archive} stoppable />
  ));
}
