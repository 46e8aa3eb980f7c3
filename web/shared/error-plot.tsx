import { useDecimal } from "./decimals.ts";
import { type RateAt } from "./error-rates.ts";
import { packs } from "./texts/packs.ts";
import { useWords } from "./words.ts";

const WIDTH = 380;
const HEIGHT = 230;
const FRAME = { left: 62, top: 12, right: WIDTH - 22, bottom: HEIGHT - 34 } as const;
/** Lines up the plot between those at the ends. */
const TICKS = 4;

/**
 * Errors by threshold: how many pairs of two people pass, and how many of one person do not, on a
 * logarithmic axis whose last line stands for none. A score may be marked. The same as numbers is
 * for the caller to show beside it.
 */
export function ErrorPlot(of: {
  readonly at: readonly RateAt[];
  readonly match: number;
  readonly uncertain: number;
  readonly score?: number;
  readonly label: string;
}) {
  const words = useWords(packs);
  const points = of.at.toSorted((one, other) => one.threshold - other.threshold);
  const shown = [...points.map(({ threshold }) => threshold), of.match, of.uncertain];
  if (of.score !== undefined) shown.push(of.score);
  const [from, to] = [Math.min(...shown), Math.max(...shown)];
  const floor = floorOf(points);
  const x = (threshold: number): number =>
    FRAME.left + ((threshold - from) / (to - from || 1)) * (FRAME.right - FRAME.left);
  const y = (rate: number): number => {
    const share = Math.log10(Math.max(rate, floor)) / Math.log10(floor);
    return FRAME.top + share * (FRAME.bottom - FRAME.top);
  };
  const line = (rate: (point: RateAt) => number): string =>
    points.map((point) => `${x(point.threshold)},${y(rate(point))}`).join(" ");
  return (
    <figure className="plot">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={of.label}>
        <Axes from={from} to={to} floor={floor} x={x} y={y} />
        <Mark at={x(of.match)} kind="limit" label={words.plot.match} />
        <polyline className="fmr" points={line(({ fmr }) => fmr)} />
        <polyline className="fnmr" points={line(({ fnmr }) => fnmr)} />
        {of.score === undefined ? null : (
          <Mark at={x(of.score)} kind="score" label={words.plot.score} />
        )}
      </svg>
      <figcaption className="small">
        <span className="key fmr">{words.plot.fmr}</span>
        <span className="key fnmr">{words.plot.fnmr}</span>
        {of.score === undefined ? null : <span className="key score">{words.plot.scoreIs}</span>}
      </figcaption>
    </figure>
  );
}

function Axes(of: {
  readonly from: number;
  readonly to: number;
  readonly floor: number;
  readonly x: (threshold: number) => number;
  readonly y: (rate: number) => number;
}) {
  const { plot } = useWords(packs);
  const decimal = useDecimal();
  // 100 %, 10 %, 1 % and so on.
  const share = (power: number): string =>
    `${decimal(100 / 10 ** power, Math.max(0, power - 2))} %`;
  const powers = Math.round(-Math.log10(of.floor));
  const across = Array.from(
    { length: TICKS + 1 },
    (_, index) => of.from + ((of.to - of.from) * index) / TICKS,
  );
  return (
    <g className="axes">
      {Array.from({ length: powers + 1 }, (_, power) => {
        const rate = 10 ** -power;
        return (
          <g key={power}>
            <line x1={FRAME.left} x2={FRAME.right} y1={of.y(rate)} y2={of.y(rate)} />
            <text x={FRAME.left - 6} y={of.y(rate) + 4} textAnchor="end">
              {power === powers ? plot.none : share(power)}
            </text>
          </g>
        );
      })}
      {across.map((threshold) => (
        <text key={threshold} x={of.x(threshold)} y={FRAME.bottom + 16} textAnchor="middle">
          {decimal(threshold, 2)}
        </text>
      ))}
      <text x={(FRAME.left + FRAME.right) / 2} y={HEIGHT - 3} textAnchor="middle">
        {plot.threshold}
      </text>
    </g>
  );
}

function Mark(of: {
  readonly at: number;
  readonly kind: "limit" | "score";
  readonly label: string;
}) {
  const right = of.at > (FRAME.left + FRAME.right) / 2;
  // At the ends of the lines there is no room for words beside them.
  const top = of.kind === "limit" ? FRAME.top + 10 : (FRAME.top + FRAME.bottom) / 2;
  return (
    <g className={`mark ${of.kind}`}>
      <line x1={of.at} x2={of.at} y1={FRAME.top} y2={FRAME.bottom} />
      <text x={of.at + (right ? -5 : 5)} y={top} textAnchor={right ? "end" : "start"}>
        {of.label}
      </text>
    </g>
  );
}

/** A decade below the smallest rate that is not none: the line that none is drawn on. */
function floorOf(points: readonly RateAt[]): number {
  const rates = points.flatMap(({ fmr, fnmr }) => [fmr, fnmr]).filter((rate) => rate > 0);
  const smallest = Math.min(0.1, ...rates);
  return 10 ** (Math.floor(Math.log10(smallest)) - 1);
}
