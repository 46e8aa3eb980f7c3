import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { Progress } from "../../shared/controls.tsx";
import { Done } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import type { Collection } from "../collection.tsx";
import { OrganisationForm } from "../instance/organisation-form.tsx";
import { Select, Tag } from "../parts/fields.tsx";
import { Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { guide } from "../texts/guide.ts";
import { NoticeStep } from "./notice-step.tsx";
import { doneSteps, type FirstRun, type Step, STEPS, useFirstRun } from "./progress.ts";

/** From an empty instance to a working collection: what is done, what is next, what is missing. */
export function FirstSteps() {
  const words = useWords(guide);
  const [wanted, setWanted] = useState<string | null>(null);
  const run = useFirstRun(wanted);
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.what}</p>
      <Loaded query={run}>
        {(data) => (
          <>
            <HowFar run={data} />
            {run.collections.length > 1 ? (
              <div className="filters">
                <Select
                  label={words.which}
                  value={data.collection?.id ?? ""}
                  onChange={setWanted}
                  options={run.collections.map(({ id, name }) => [id, name])}
                />
              </div>
            ) : null}
            <Steps run={data} />
          </>
        )}
      </Loaded>
    </>
  );
}

function HowFar({ run }: { readonly run: FirstRun }) {
  const words = useWords(guide);
  const done = doneSteps(run).length;
  if (done < STEPS.length) {
    return <Progress label={words.progress(done, STEPS.length)} done={done} total={STEPS.length} />;
  }
  return (
    <Done>
      <h2>{words.finished}</h2>
      <p>{words.finishedMore}</p>
      {run.collection ? (
        <Link className="button first" to={`/app/c/${run.collection.id}`}>
          {words.toCollection}
        </Link>
      ) : null}
    </Done>
  );
}

function Steps({ run }: { readonly run: FirstRun }) {
  const done = doneSteps(run);
  const next = STEPS.find((step) => !done.includes(step));
  const stateOf = (step: Step) =>
    done.includes(step) ? "done" : step === next ? "now" : "missing";
  const content: Readonly<Record<Step, ReactNode>> = {
    organisation: <OrganisationStep run={run} />,
    collection: <CollectionStep collection={run.collection} />,
    notice: <NoticeStep run={run} />,
    people: <PeopleStep run={run} />,
    photos: <PhotosStep run={run} />,
  };
  return (
    <ol className="todo section">
      {STEPS.map((step) => (
        <OneStep key={step} step={step} state={stateOf(step)}>
          {content[step]}
        </OneStep>
      ))}
    </ol>
  );
}

function OneStep(of: {
  readonly step: Step;
  readonly state: "done" | "now" | "missing";
  readonly children: ReactNode;
}) {
  const words = useWords(guide);
  const { step, state } = of;
  return (
    <li className="card" aria-current={state === "now" ? "step" : undefined}>
      <div className="title">
        <h2>{words[step].title}</h2>
        <Tag look={state === "done" ? "good" : "quiet"}>{words[state]}</Tag>
      </div>
      {state === "done" ? null : <p className="small">{words[step].why}</p>}
      {of.children}
    </li>
  );
}

function OrganisationStep({ run }: { readonly run: FirstRun }) {
  const { organisation: words } = useWords(guide);
  if (run.operator === null) return <OrganisationForm profile={null} />;
  return (
    <p>
      {words.done(run.operator.name)} <Link to="/app/organisation">{words.change}</Link>
    </p>
  );
}

function CollectionStep({ collection }: { readonly collection: Collection | null }) {
  const { collection: words } = useWords(guide);
  if (collection) return <p>{words.done(collection.name)}</p>;
  return (
    <Link className="button first slim" to="/app/collections/new">
      {words.go}
    </Link>
  );
}

function PeopleStep({ run: { collection, asked } }: { readonly run: FirstRun }) {
  const { people: words, needsCollection } = useWords(guide);
  if (collection === null) return <p className="quiet">{needsCollection}</p>;
  const base = `/app/c/${collection.id}`;
  return (
    <>
      {asked ? <p>{words.done}</p> : null}
      <div className="row">
        <Link className={`button slim ${asked ? "second" : "first"}`} to={`${base}/invites`}>
          {words.invite}
        </Link>
        <Link className="button second slim" to={`${base}/people/new`}>
          {words.enrol}
        </Link>
      </div>
    </>
  );
}

function PhotosStep({ run: { collection, photos } }: { readonly run: FirstRun }) {
  const { photos: words, needsCollection } = useWords(guide);
  if (collection === null) return <p className="quiet">{needsCollection}</p>;
  return (
    <>
      {photos ? <p>{words.done}</p> : null}
      <Link
        className={`button slim ${photos ? "second" : "first"}`}
        to={`/app/c/${collection.id}/import`}
      >
        {words.go}
      </Link>
    </>
  );
}
