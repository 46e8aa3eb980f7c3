import { useQuery } from "@tanstack/react-query";
import { useLanguage } from "../../shared/language.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { showCount } from "../parts/numbers.ts";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { type Answer, assent } from "../service.ts";
import { proof as texts } from "../texts/proof.ts";

type Status = Answer<"getStatus">;

/** A minute is soon enough for what somebody watches. */
const REFETCH_MS = 60_000;

/** What the instance holds, and what waits. */
export function Health() {
  const { health: words } = useWords(texts);
  const status = useQuery({
    queryKey: ["status"],
    queryFn: async () => assent.getStatus({}),
    refetchInterval: REFETCH_MS,
  });
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.intro}</p>
      <Loaded query={status}>
        {(data) => (
          <>
            <Collections status={data} />
            <div className="cards">
              <Record status={data} />
              <Work status={data} />
              <Keys status={data} />
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function useCount(): (count: number) => string {
  const language = useLanguage();
  return (count) => showCount(count, language);
}

function Collections({ status }: { readonly status: Status }) {
  const { health: words } = useWords(texts);
  const count = useCount();
  if (status.collections.length === 0) return <Empty title={words.noCollection} />;
  return (
    <section>
      <h2>{words.collections}</h2>
      <div className="scroll" tabIndex={0} role="region" aria-label={words.collections}>
        <table className="stacks">
          <thead>
            <tr>
              <th scope="col">{words.name}</th>
              <th scope="col">{words.photos}</th>
              <th scope="col">{words.waiting}</th>
              <th scope="col">{words.people}</th>
              <th scope="col">{words.paused}</th>
              <th scope="col">{words.ending}</th>
            </tr>
          </thead>
          <tbody>
            {status.collections.map((one) => (
              <tr key={one.name}>
                <th scope="row">{one.name}</th>
                <td data-label={words.photos}>{count(one.photos)}</td>
                <td data-label={words.waiting}>{count(one.waiting)}</td>
                <td data-label={words.people}>{count(one.people)}</td>
                <td data-label={words.paused}>{count(one.paused)}</td>
                <td data-label={words.ending}>{count(one.ending)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Record({ status: { ledger } }: { readonly status: Status }) {
  const { health: words, ledger: ledgerWords } = useWords(texts);
  const count = useCount();
  const { state } = ledger.witness;
  return (
    <section className="card">
      <h2>{words.record}</h2>
      <p>{words.entries(count(ledger.checkpoint?.size ?? 0))}</p>
      {ledger.waiting > 0 ? <p>{words.unsigned(count(ledger.waiting))}</p> : null}
      <p>
        <strong>{ledgerWords.states[state]}</strong>. {ledgerWords.witnessed[state]}
      </p>
    </section>
  );
}

function Work({ status }: { readonly status: Status }) {
  const { health: words } = useWords(texts);
  const count = useCount();
  const { jobs, webhooks, openObjections } = status;
  return (
    <section className="card">
      <h2>{words.work}</h2>
      <ul>
        <li className={jobs.failed > 0 ? "wrong" : ""}>
          {words.jobs(count(jobs.queued), count(jobs.running), count(jobs.failed))}
        </li>
        <li className={webhooks.dead > 0 ? "wrong" : ""}>
          {words.messages(count(webhooks.waiting), count(webhooks.dead))}
        </li>
        <li>{words.objections(count(openObjections))}</li>
      </ul>
    </section>
  );
}

function Keys({ status }: { readonly status: Status }) {
  const { health: words } = useWords(texts);
  const count = useCount();
  const language = useLanguage();
  const { epochs, keyFiles, restoredAt, database } = status;
  return (
    <section className="card">
      <h2>{words.keys}</h2>
      <ul>
        <li>{words.database[database]}</li>
        <li>{words.epochs(count(epochs.count), showMoment(epochs.newestAt, language))}</li>
        {keyFiles.length === 0 ? <li className="wrong">{words.noKeyFile}</li> : null}
        {keyFiles.map(({ path, behind }) => (
          <li key={path} className={behind ? "wrong" : ""}>
            {behind ? words.keyFileBehind(path) : words.keyFile(path)}
          </li>
        ))}
        {restoredAt === null ? null : <li>{words.restored(showMoment(restoredAt, language))}</li>}
      </ul>
    </section>
  );
}
