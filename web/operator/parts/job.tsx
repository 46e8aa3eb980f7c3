import { useEffect, useRef, useState } from "react";
import { followJob, isOver, type Job } from "../../../client/follow.ts";
import { Failure, useAction, useWordsFor } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { assent } from "../service.ts";
import { shell } from "../texts/shell.ts";
import { LongProgress, usePace } from "./progress.tsx";

/** A job as it goes, by its server-sent events; null until the first. */
export function useJob(id: string): { readonly job: Job | null; readonly error: unknown } {
  const [state, setState] = useState<{ job: Job | null; error: unknown }>({
    job: null,
    error: null,
  });
  useEffect(() => {
    const stop = new AbortController();
    const follow = async (): Promise<void> => {
      try {
        for await (const job of followJob(assent, id, { signal: stop.signal })) {
          setState({ job, error: null });
        }
      } catch (error) {
        if (!stop.signal.aborted) setState((before) => ({ ...before, error }));
      }
    };
    void follow();
    return () => stop.abort();
  }, [id]);
  return state;
}

/** A job's progress with its rate, the time that is left, and a way to stop it. */
export function JobProgress(of: {
  readonly job: string;
  readonly label: string;
  /** Whether the reader may stop it. */
  readonly stoppable?: boolean;
  readonly onOver?: (job: Job) => void;
}) {
  const words = useWords(shell);
  const wordsFor = useWordsFor();
  const { job, error } = useJob(of.job);
  const pace = usePace();
  const told = useRef(false);
  const { onOver } = of;
  const stop = useAction(async () => {
    await assent.cancelJob({ job: of.job });
  });
  useEffect(() => {
    if (!job) return;
    pace.note(job.done, Date.now());
    if (!isOver(job) || told.current) return;
    told.current = true;
    onOver?.(job);
  }, [job, pace, onOver]);
  if (error !== null) return <Failure error={error} />;
  if (job === null || job.state === "queued" || (job.state === "running" && job.total === null)) {
    return (
      <p className="quiet" role="status">
        {of.label}: {job?.state === "running" ? words.job.running : words.job.queued}
      </p>
    );
  }
  if (job.state === "running") {
    const cancel = of.stoppable === true ? () => stop.run() : undefined;
    return (
      <>
        <LongProgress
          label={of.label}
          done={job.done}
          total={job.total ?? job.done}
          pace={pace}
          onCancel={cancel}
          cancelling={stop.busy}
        />
        {stop.error ? <Failure error={stop.error} /> : null}
      </>
    );
  }
  return (
    <p role="status" className={job.state === "done" ? "quiet" : "wrong"}>
      {of.label}: {words.job[job.state]}
      {job.error === null ? null : `. ${wordsFor(Object.assign(new Error(), { code: job.error }))}`}
    </p>
  );
}
