import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { Button } from "../../shared/controls.tsx";
import { useFile } from "../../shared/file.ts";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { VerifyError } from "../../../src/verify/errors.ts";
import { showCount } from "../parts/numbers.ts";
import { Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { proof as texts } from "../texts/proof.ts";
import { type Head, readHead } from "./check-ledger.ts";
import { CompareCheckpoint } from "./compare-checkpoint.tsx";
import { LinkedEntry } from "./linked-entry.tsx";
import { LedgerEntries } from "./ledger-entries.tsx";
import { SinceLastTime } from "./since-last-time.tsx";

/** The record of everything: its signed state, who has seen it, and every entry, to be checked here. */
export function LedgerView() {
  const { ledger: words } = useWords(texts);
  const [query] = useSearchParams();
  const linked = query.get("entry");
  const head = useQuery({ queryKey: ["ledger-head"], queryFn: readHead, retry: false });
  if (head.error instanceof VerifyError) {
    return (
      <>
        <Title>{words.title}</Title>
        <p className="note bad" role="alert">
          {words.notSigned}
        </p>
      </>
    );
  }
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.intro}</p>
      <Loaded query={head}>
        {(data) => (
          <>
            <State head={data} onAnew={() => void head.refetch()} />
            <Witnesses />
            <CompareCheckpoint head={data} />
            {linked === null ? null : <LinkedEntry head={data} id={linked} />}
            <LedgerEntries head={data} />
          </>
        )}
      </Loaded>
    </>
  );
}

function State({ head, onAnew }: { readonly head: Head; readonly onAnew: () => void }) {
  const { ledger: words } = useWords(texts);
  const language = useLanguage();
  const address = useFile(head.note, "text/plain");
  const { size, origin } = head.checkpoint;
  return (
    <section className="card">
      <h2>{words.state}</h2>
      <p className="figure">{words.size(showCount(size, language))}</p>
      <p>{words.signed}</p>
      <SinceLastTime key={head.note} head={head} />
      <div className="row">
        <a className="button" href={address} download={`checkpoint-${size}.txt`}>
          {words.keep}
        </a>
        <Button look="second" onPress={onAnew}>
          {words.anew}
        </Button>
      </div>
      <p className="quiet small">{words.keepMore}</p>
      <details>
        <summary>{words.note}</summary>
        <pre className="mono lines">{head.note}</pre>
        <p className="small">{words.keys(origin)}</p>
        <ul className="mono">
          {head.keys.map((key) => (
            <li key={key}>{key}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function Witnesses() {
  const { ledger: words } = useWords(texts);
  const witnesses = useQuery({
    queryKey: ["witnesses"],
    queryFn: async () => assent.getWitnessState({}),
  });
  const owner = useMay(["owner"]);
  const ask = useAction(async () => {
    await assent.askWitnesses({});
    await witnesses.refetch();
  });
  return (
    <section className="card">
      <h2>{words.witnesses}</h2>
      <Loaded query={witnesses}>
        {(data) => (
          <>
            <p className={data.state === "WITNESSED" ? "note" : "note bad"}>
              <strong>{words.states[data.state]}</strong>. {words.witnessed[data.state]}
            </p>
            <WitnessList witnesses={data.witnesses} />
            {owner && data.witnesses.length > 0 ? (
              <Button look="second" slim busy={ask.busy} onPress={ask.run}>
                {words.askWitnesses}
              </Button>
            ) : null}
            {ask.error ? <Failure error={ask.error} /> : null}
          </>
        )}
      </Loaded>
    </section>
  );
}

function WitnessList(of: {
  readonly witnesses: Awaited<ReturnType<typeof assent.getWitnessState>>["witnesses"];
}) {
  const { ledger: words } = useWords(texts);
  const language = useLanguage();
  if (of.witnesses.length === 0) return <p className="quiet small">{words.noWitness}</p>;
  return (
    <ul className="small">
      {of.witnesses.map(({ name, cosignedSize, at }) => (
        <li key={name}>
          {at === null
            ? words.cosignedBefore(name, showCount(cosignedSize, language))
            : words.cosigned(name, showMoment(at * 1000, language))}
        </li>
      ))}
    </ul>
  );
}
