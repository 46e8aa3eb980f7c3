import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, Loading } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { type Answer, assent } from "../service.ts";
import { search as texts } from "../texts/search.ts";
import { showTime } from "../../shared/times.ts";
import { SearchAnswer } from "./answer.tsx";
import { AskForm } from "./ask-form.tsx";
import { DropProbe, isVideo } from "./drop-probe.tsx";
import { type Probe, useProbe } from "./probe.ts";
import { WithClip } from "./with-clip.tsx";

/** Search by a photo or a clip: choose it, choose the face, say why, and look at who it may be. */
export function Search() {
  const { search: words } = useWords(texts);
  const { id, closed } = useCollection();
  const history = (
    <Link className="button second slim" to={`/app/c/${id}/searches`}>
      {words.history}
    </Link>
  );
  return (
    <>
      <Title beside={history}>{words.title}</Title>
      {closed ? (
        <Empty title={words.closed}>
          <p>{words.closedMore}</p>
        </Empty>
      ) : (
        <Loaded query={useAllowance(id)}>{(allowance) => <Steps allowance={allowance} />}</Loaded>
      )}
    </>
  );
}

type Allowance = Answer<"getSearchAllowance">;
type Found = Answer<"searchByPhoto">;

function allowanceKey(collection: string): readonly string[] {
  return ["allowance", collection];
}

function useAllowance(collection: string) {
  return useQuery({
    queryKey: allowanceKey(collection),
    queryFn: async () => assent.getSearchAllowance({ collection }),
  });
}

function Steps({ allowance }: { readonly allowance: Allowance }) {
  const { search: words } = useWords(texts);
  const { id } = useCollection();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  if (allowance.people === 0) {
    return (
      <Empty title={words.nobody}>
        <p>{words.nobodyMore}</p>
        <Link className="button second" to={`/app/c/${id}/people`}>
          {words.toPeople}
        </Link>
      </Empty>
    );
  }
  return (
    <>
      <p className="quiet">{words.intro(allowance.people)}</p>
      <Budget allowance={allowance} />
      {file === null ? <DropProbe onFile={setFile} /> : null}
      {file !== null && isVideo(file) ? (
        <WithClip
          key={keyOf(file)}
          clip={file}
          spent={allowance.nextAt !== null}
          keepDays={allowance.keepDays}
          onAnswered={async () => client.invalidateQueries({ queryKey: allowanceKey(id) })}
          onOther={() => setFile(null)}
        />
      ) : null}
      {file !== null && !isVideo(file) ? (
        <WithPhoto
          key={keyOf(file)}
          photo={file}
          allowance={allowance}
          onOther={() => setFile(null)}
        />
      ) : null}
    </>
  );
}

function keyOf({ name, lastModified, size }: File): string {
  return `${name} ${lastModified} ${size}`;
}

function Budget({ allowance }: { readonly allowance: Allowance }) {
  const { search: words } = useWords(texts);
  const language = useLanguage();
  const { budget, used, nextAt } = allowance;
  if (nextAt !== null) {
    return <p className="note bad">{words.spent(budget, showTime(nextAt, language))}</p>;
  }
  return <p className="small quiet">{words.left(Math.max(0, budget - used), budget)}</p>;
}

function WithPhoto(of: {
  readonly photo: File;
  readonly allowance: Allowance;
  readonly onOther: () => void;
}) {
  const { search: words } = useWords(texts);
  const { id } = useCollection();
  const client = useQueryClient();
  const { probe, error } = useProbe(id, of.photo);
  const [found, setFound] = useState<Found | null>(null);
  const other = (
    <button type="button" className="button second" onClick={of.onOther}>
      {words.other}
    </button>
  );
  if (error !== null) {
    return (
      <>
        <Failure error={error} />
        {other}
      </>
    );
  }
  if (probe === null) return <Looking />;
  if (probe.faces.length === 0) {
    return (
      <Empty title={words.noFace}>
        <p>{words.noFaceMore}</p>
        {other}
      </Empty>
    );
  }
  const done = async (answer: Found): Promise<void> => {
    setFound(answer);
    await client.invalidateQueries({ queryKey: allowanceKey(id) });
  };
  return found === null ? (
    <AskForm
      probe={probe}
      spent={of.allowance.nextAt !== null}
      keepDays={of.allowance.keepDays}
      onAnswer={done}
      onOther={of.onOther}
    />
  ) : (
    <AfterSearch
      probe={probe}
      found={found}
      twoPerson={of.allowance.twoPerson}
      onAgain={() => setFound(null)}
      onOther={of.onOther}
    />
  );
}

function Looking() {
  const { search: words } = useWords(texts);
  return (
    <div className="card">
      <p role="status">{words.looking}</p>
      <Loading />
    </div>
  );
}

function AfterSearch(of: {
  readonly probe: Probe;
  readonly found: Found;
  readonly twoPerson: boolean;
  readonly onAgain: () => void;
  readonly onOther: () => void;
}) {
  const { search: words } = useWords(texts);
  return (
    <>
      <SearchAnswer probe={of.probe} found={of.found} twoPerson={of.twoPerson} />
      <div className="row">
        {of.probe.faces.length > 1 ? (
          <button type="button" className="button second" onClick={of.onAgain}>
            {words.otherFace}
          </button>
        ) : null}
        <button type="button" className="button second" onClick={of.onOther}>
          {words.other}
        </button>
      </div>
    </>
  );
}
