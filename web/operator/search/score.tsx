import { useDecimal } from "../../shared/decimals.ts";
import { boundOfNone, meaningsOf } from "../../shared/error-rates.ts";
import { ErrorPlot } from "../../shared/error-plot.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { packs as packTexts } from "../../shared/texts/packs.ts";
import { useWords } from "../../shared/words.ts";
import { showCount } from "../parts/numbers.ts";
import type { Item } from "../service.ts";
import { search as texts } from "../texts/search.ts";

/** What a score is worth by the error that was measured with the pack: in words, and drawn. */
export function ScoreMeaning(of: { readonly pack: Item<"listPacks">; readonly score: number }) {
  const { search: words } = useWords(texts);
  const { plot } = useWords(packTexts);
  const language = useLanguage();
  const decimal = useDecimal();
  const { pack, score } = of;
  const told = meaningsOf(pack.measuredError, score);
  const first = pack.measuredError[0];
  const count = (amount: number): string => showCount(amount, language);
  const sentence = ({ threshold, pairs, asHigh }: (typeof told)[number]): string =>
    asHigh > 0
      ? words.asHigh(count(pairs), count(asHigh), decimal(threshold, 3))
      : words.noneAsHigh(count(pairs), decimal(threshold, 3), count(boundOfNone(pairs)));
  return (
    <div className="score">
      <p>
        <strong>{words.score(decimal(score, 3))}</strong> {told[0] ? sentence(told[0]) : null}
      </p>
      {first ? (
        <ErrorPlot
          at={first.at}
          match={pack.thresholds.match}
          uncertain={pack.thresholds.uncertain}
          score={score}
          label={`${plot.label(first.data)} ${words.score(decimal(score, 3))}`}
        />
      ) : null}
      <details>
        <summary>{words.measured}</summary>
        <ul className="small">
          {told.map((one) => (
            <li key={one.data}>
              {one.data}: {sentence(one)}
            </li>
          ))}
        </ul>
        <p className="small">{words.measuredMore}</p>
      </details>
    </div>
  );
}
