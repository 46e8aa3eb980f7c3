import { useDecimal } from "./decimals.ts";
import { ErrorPlot } from "./error-plot.tsx";
import type { GroupErrors, MeasuredError, RateAt } from "./error-rates.ts";
import { useLanguage } from "./language.tsx";
import { packs } from "./texts/packs.ts";
import { useWords } from "./words.ts";

interface Thresholds {
  readonly match: number;
  readonly uncertain: number;
  readonly margin: number;
}

/** What a model pack is, as its manifest has it. */
export interface PackShown {
  readonly licence: string;
  readonly trainingData: string;
  readonly source: string;
  readonly templateSize: number;
  readonly thresholds: Thresholds;
  readonly measuredError: readonly MeasuredError[];
}

/** Digits that tell two thresholds apart. */
const DIGITS = 3;

/** What a pack is made of, and when it speaks of a match. */
export function PackFacts({ pack }: { readonly pack: PackShown }) {
  const words = useWords(packs);
  const count = useCount();
  const { match, uncertain, margin } = pack.thresholds;
  return (
    <dl className="pair">
      <dt>{words.licence}</dt>
      <dd>{pack.licence}</dd>
      <dt>{words.training}</dt>
      <dd>{pack.trainingData}</dd>
      <dt>{words.thresholds}</dt>
      <dd>{words.thresholdsMore(count(match), count(uncertain), count(margin))}</dd>
      <dt>{words.template}</dt>
      <dd>{words.numbers(pack.templateSize)}</dd>
      <dt>{words.source}</dt>
      <dd>{pack.source}</dd>
    </dl>
  );
}

/** How often a pack was wrong, with what: drawn, as numbers, and by group. */
export function PackErrors({ pack }: { readonly pack: PackShown }) {
  const words = useWords(packs);
  return (
    <section>
      <h3>{words.error}</h3>
      <p>{words.errorMore}</p>
      {pack.measuredError.map((measured) => (
        <OneSet key={measured.data} measured={measured} thresholds={pack.thresholds} />
      ))}
    </section>
  );
}

function OneSet(of: { readonly measured: MeasuredError; readonly thresholds: Thresholds }) {
  const words = useWords(packs);
  const count = useCount();
  const { data, people, pairs, at, note, groups } = of.measured;
  const [mated = null, nonMated = null] = [pairs.mated, pairs.nonMated].map((one) =>
    one === null ? null : count(one),
  );
  return (
    <section className="section">
      <h4>{data}</h4>
      <p className="quiet small">{words.of(count(people), mated, nonMated)}</p>
      {at.length > 1 ? (
        <ErrorPlot
          at={at}
          match={of.thresholds.match}
          uncertain={of.thresholds.uncertain}
          label={words.plot.label(data)}
        />
      ) : null}
      {note === undefined ? null : (
        <p className="small" lang="en">
          {note}
        </p>
      )}
      <details>
        <summary>{words.table}</summary>
        <RateTable measured={of.measured} />
      </details>
      {groups && groups.length > 0 ? <Groups groups={groups} of={data} /> : null}
    </section>
  );
}

function RateTable({ measured }: { readonly measured: MeasuredError }) {
  const words = useWords(packs);
  const { at, pairs, data } = measured;
  const rate = useRate();
  const decimal = useDecimal();
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={`${words.table}: ${data}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.threshold}</th>
            <th scope="col">{words.fmr}</th>
            <th scope="col">{words.fnmr}</th>
          </tr>
        </thead>
        <tbody>
          {at
            .toSorted((one, other) => one.threshold - other.threshold)
            .map(({ threshold, fmr, fnmr }) => (
              <tr key={threshold}>
                <th scope="row">{decimal(threshold, DIGITS)}</th>
                <td>{rate(fmr, pairs.nonMated)}</td>
                <td>{rate(fnmr, pairs.mated)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

function Groups(of: { readonly groups: readonly GroupErrors[]; readonly of: string }) {
  const words = useWords(packs);
  const count = useCount();
  const decimal = useDecimal();
  const thresholds = of.groups[0]?.at.map(({ threshold }) => threshold) ?? [];
  return (
    <>
      <h5>{words.groups}</h5>
      <p className="small">{words.groupsMore}</p>
      <div className="scroll" tabIndex={0} role="region" aria-label={`${words.groups}: ${of.of}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.group}</th>
              <th scope="col">{words.people}</th>
              {thresholds.map((threshold) => (
                <GroupHead key={threshold} threshold={threshold} />
              ))}
              <th scope="col">{words.alike}</th>
              <th scope="col">{words.least}</th>
            </tr>
          </thead>
          <tbody>
            {of.groups.map((one) => (
              <tr key={`${one.by} ${one.group}`}>
                <th scope="row">
                  {words.by[one.by] ?? one.by}: {words.names[one.group] ?? one.group}
                </th>
                <td>{count(one.people)}</td>
                {one.at.map((rates) => (
                  <GroupCells key={rates.threshold} rates={rates} pairs={one.pairs} />
                ))}
                <td>{decimal(one.mostAlike, DIGITS)}</td>
                <td>{decimal(one.leastAlike, DIGITS)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function GroupHead({ threshold }: { readonly threshold: number }) {
  const words = useWords(packs);
  const decimal = useDecimal();
  const text = decimal(threshold, DIGITS);
  return (
    <>
      <th scope="col">{words.at(text)}</th>
      <th scope="col">{words.missed(text)}</th>
    </>
  );
}

function GroupCells(of: { readonly rates: RateAt; readonly pairs: GroupErrors["pairs"] }) {
  const rate = useRate();
  return (
    <>
      <td>{rate(of.rates.fmr, of.pairs.nonMated)}</td>
      <td>{rate(of.rates.fnmr, of.pairs.mated)}</td>
    </>
  );
}

function useCount(): (count: number) => string {
  const language = useLanguage();
  return (count) => new Intl.NumberFormat(language).format(count);
}

/** A share of pairs, as how many of how many; as percents where the pairs were not counted. */
function useRate(): (share: number, pairs: number | null) => string {
  const words = useWords(packs);
  const language = useLanguage();
  const count = useCount();
  return (share, pairs) => {
    if (pairs === null) {
      const style = { style: "percent", maximumSignificantDigits: 2 } as const;
      return new Intl.NumberFormat(language, style).format(share);
    }
    const wrong = Math.round(share * pairs);
    return wrong === 0 ? words.none(count(pairs)) : words.count(count(wrong), count(pairs));
  };
}
