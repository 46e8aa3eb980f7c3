import { useQuery } from "@tanstack/react-query";
import { Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useLanguage } from "../shared/language.tsx";
import { PackErrors, PackFacts } from "../shared/pack-errors.tsx";
import { Failure, Loading } from "../shared/states.tsx";
import { showMoment } from "../shared/times.ts";
import { useWords } from "../shared/words.ts";
import { type Answer, ask } from "../subject/service.ts";
import { OpenCollection } from "./open-collection.tsx";
import { open } from "./texts/open.ts";

export type Told = Answer<"getTransparency">;

/** What anybody may know of an instance, made of its settings and counts; nothing of a person. */
export function Transparency() {
  const words = useWords(open);
  const language = useLanguage();
  const told = useQuery({
    queryKey: ["transparency", language],
    queryFn: async () => ask("getTransparency", { language }),
  });
  return (
    <Frame wide>
      <Heading>{words.title}</Heading>
      <p>{words.intro}</p>
      {told.data ? <Page told={told.data} /> : null}
      {told.error ? <Failure error={told.error} again={() => void told.refetch()} /> : null}
      {told.data || told.error ? null : <Loading />}
    </Frame>
  );
}

function Page({ told }: { readonly told: Told }) {
  const words = useWords(open);
  const language = useLanguage();
  return (
    <>
      <Operator operator={told.operator} />
      <section className="section">
        <h2>{words.collections}</h2>
        {told.collections.length === 0 ? (
          <p className="card">{words.noCollection}</p>
        ) : (
          told.collections.map((one) => <OpenCollection key={one.id} collection={one} />)
        )}
        <p>{words.erasures(told.erasuresAtLeast)}</p>
        <p className="quiet small">{words.tens}</p>
      </section>
      <Schedule rows={told.schedule} />
      <section className="section">
        <h2>{words.packs}</h2>
        {told.packs.length === 0 ? <p className="card">{words.noPack}</p> : null}
        {told.packs.map((pack) => (
          <article key={pack.name} className="card pack">
            <h3>
              {pack.name}: {pack.title}
            </h3>
            <PackFacts pack={pack} />
            <PackErrors pack={pack} />
          </article>
        ))}
      </section>
      <Watched told={told} />
      <p className="quiet small">{words.at(showMoment(told.at, language))}</p>
    </>
  );
}

function Operator({ operator }: { readonly operator: Told["operator"] }) {
  const words = useWords(open);
  if (!operator) return <p className="note bad">{words.noOperator}</p>;
  const { name, address, email, authority, dataProtectionOfficer, representative } = operator;
  return (
    <section className="card">
      <h2>{words.operator}</h2>
      <dl className="pair">
        <dt>{words.name}</dt>
        <dd>
          {name}, {address}
        </dd>
        <dt>{words.questions}</dt>
        <dd>{email}</dd>
        {dataProtectionOfficer === undefined ? null : (
          <>
            <dt>{words.officer}</dt>
            <dd>{dataProtectionOfficer}</dd>
          </>
        )}
        {representative === undefined ? null : (
          <>
            <dt>{words.representative}</dt>
            <dd>{representative}</dd>
          </>
        )}
        <dt>{words.complaints}</dt>
        <dd>{[authority.name, authority.address].filter((one) => one !== undefined).join(", ")}</dd>
      </dl>
    </section>
  );
}

function Schedule({ rows }: { readonly rows: Told["schedule"] }) {
  const words = useWords(open);
  return (
    <section className="section">
      <h2>{words.schedule}</h2>
      <div className="scroll" tabIndex={0} role="region" aria-label={words.schedule}>
        <table className="stacks">
          <thead>
            <tr>
              <th scope="col">{words.what}</th>
              <th scope="col">{words.howLong}</th>
              <th scope="col">{words.why}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ what, howLong, why }) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td data-label={words.howLong}>{howLong}</td>
                <td data-label={words.why}>{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Watched({ told }: { readonly told: Told }) {
  const words = useWords(open);
  const language = useLanguage();
  const { witness, ledgerKeys } = told;
  const size = new Intl.NumberFormat(language).format(witness.size);
  return (
    <section className="section">
      <h2>{words.watched}</h2>
      <p>{words.record(size)}</p>
      <p className={witness.state === "WITNESSED" ? "note" : "note bad"}>
        <strong>{words.states[witness.state]}</strong>. {words.witnessed[witness.state]}
      </p>
      <p>
        <a href="/api/v1/ledger/checkpoint" download>
          {words.checkpoint}
        </a>
      </p>
      <details>
        <summary>{words.keys}</summary>
        <ul className="mono">
          {ledgerKeys.map((key) => (
            <li key={key}>{key}</li>
          ))}
        </ul>
        <p className="small">{words.receiptKeys}</p>
        <pre className="mono lines">{JSON.stringify(told.receiptKeys, null, 2)}</pre>
      </details>
    </section>
  );
}
