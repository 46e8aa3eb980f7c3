import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { isOver } from "../../../client/follow.ts";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction, useWordsFor } from "../../shared/states.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollections } from "../collection.tsx";
import { Tag } from "../parts/fields.tsx";
import { Listed, useList } from "../parts/list.tsx";
import { showCount } from "../parts/numbers.ts";
import { LongProgress, usePace } from "../parts/progress.tsx";
import { Empty } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { WORKERS } from "../screens/screen.ts";
import { assent, type Item } from "../service.ts";
import { useMay } from "../session.tsx";
import { instance } from "../texts/instance.ts";

type Job = Item<"listJobs">;

/** One request for all of them: a browser opens only a few streams to a service at once. */
const REFETCH_MS = 2000;
const JOBS_KEY = ["jobs"];

/** The jobs of the collections in reach, and how far those under way are. */
export function Jobs() {
  const { jobs: words } = useWords(instance);
  const list = useList(JOBS_KEY, async (page) => assent.listJobs(page), {
    refetchMs: REFETCH_MS,
  });
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.what}</p>
      <Listed
        list={list}
        empty={
          <Empty title={words.none}>
            <p>{words.noneMore}</p>
          </Empty>
        }
      >
        {(all) => (
          <>
            {all
              .filter((one) => !isOver(one))
              .map((one) => (
                <Running key={one.id} job={one} />
              ))}
            <ul className="rows">
              {all.filter(isOver).map((one) => (
                <Ended key={one.id} job={one} />
              ))}
            </ul>
          </>
        )}
      </Listed>
    </>
  );
}

/** What a job does, and to which collection. */
function useTitle({ kind, target }: Job): string {
  const { jobs: words } = useWords(instance);
  const { data = [] } = useCollections();
  const collection = data.find(({ id }) => target.startsWith(id))?.name;
  const what = words.kinds[kind] ?? kind;
  return collection === undefined ? what : `${what}: ${collection}`;
}

function Running({ job }: { readonly job: Job }) {
  const { jobs: words } = useWords(instance);
  const works = useMay(WORKERS);
  const client = useQueryClient();
  const title = useTitle(job);
  const pace = usePace();
  const { id, done, total, state } = job;
  useEffect(() => pace.note(done, Date.now()), [done, pace]);
  const cancel = useAction(async () => {
    await assent.cancelJob({ job: id });
    await client.invalidateQueries({ queryKey: JOBS_KEY });
  });
  return (
    <>
      <LongProgress
        label={`${title} (${words.states[state]})`}
        done={done}
        total={total ?? done}
        pace={pace}
        onCancel={works ? cancel.run : undefined}
        cancelling={cancel.busy}
      />
      {cancel.error ? <Failure error={cancel.error} /> : null}
    </>
  );
}

function Ended({ job }: { readonly job: Job }) {
  const { jobs: words } = useWords(instance);
  const language = useLanguage();
  const wordsFor = useWordsFor();
  const title = useTitle(job);
  const { done, total, state, attempts, error, createdAt } = job;
  const told = [words.asked(showMoment(createdAt, language))];
  // Of nothing there is nothing to count.
  if (total !== null && total > 0)
    told.push(words.counted(showCount(done, language), showCount(total, language)));
  if (attempts > 1) told.push(words.attempts(attempts));
  return (
    <li>
      <div className="what">
        <span>{title}</span>
        <span className="quiet small">{told.join(", ")}</span>
        {error === null || state === "done" ? null : (
          <span className="wrong small">
            {wordsFor(Object.assign(new Error(), { code: error }))}
          </span>
        )}
      </div>
      <Tag look={state === "done" ? "good" : state === "failed" ? "bad" : "quiet"}>
        {words.states[state]}
      </Tag>
    </li>
  );
}
