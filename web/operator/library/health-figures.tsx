import { Link } from "react-router";
import { Loading } from "../../shared/states.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { showCount } from "../parts/numbers.ts";
import { Loaded } from "../parts/states.tsx";
import { library } from "../texts/library.ts";
import { type Health, useHealth } from "./health.ts";

/** A figure of a collection's health: what it counts, and where to look at it. */
interface Figure {
  readonly name: keyof ReturnType<typeof useFigureWords>;
  readonly count: number;
  /** Below the collection's address, or whole. */
  readonly to: string;
  /** Whether somebody should look. */
  readonly wants: boolean;
}

function useFigureWords() {
  return useWords(library).health.figures;
}

function figuresOf(health: Health): readonly Figure[] {
  const { photos, people, paused, waiting, received, jobs } = health;
  const queue = waiting + received;
  const figures: readonly (Figure | null)[] = [
    { name: "photos", count: photos, to: "photos", wants: false },
    { name: "people", count: people, to: "people", wants: false },
    { name: "queue", count: queue, to: "photos?show=pending", wants: queue > 0 && jobs === 0 },
    health.alerts === null
      ? null
      : { name: "alerts", count: health.alerts, to: "/app/alerts", wants: health.alerts > 0 },
    { name: "objections", count: health.objections, to: "requests", wants: health.objections > 0 },
    { name: "ending", count: health.ending, to: "people", wants: health.ending > 0 },
    paused > 0 ? { name: "paused", count: paused, to: "people", wants: false } : null,
    health.problems > 0
      ? { name: "problems", count: health.problems, to: "photos?show=problem", wants: true }
      : null,
    health.refused > 0
      ? { name: "refused", count: health.refused, to: "import", wants: false }
      : null,
  ];
  return figures.filter((one) => one !== null);
}

/** A collection's health in one line, for a list of many. */
export function HealthLine({ collection }: { readonly collection: string }) {
  const words = useFigureWords();
  const language = useLanguage();
  const { data, error } = useHealth(collection);
  if (error) return null;
  if (!data) return <Loading />;
  return (
    <ul className="figures slim">
      {figuresOf(data).map(({ name, count, wants }) => (
        <li key={name} className={wants ? "wants" : ""}>
          <strong>{showCount(count, language)}</strong> {words[name][count === 1 ? 0 : 1]}
        </li>
      ))}
    </ul>
  );
}

/** The same, each figure with the way to what it counts. */
export function HealthFigures({ collection }: { readonly collection: string }) {
  const { health: words } = useWords(library);
  const language = useLanguage();
  return (
    <Loaded query={useHealth(collection)}>
      {(data) => (
        <>
          <ul className="figures">
            {figuresOf(data).map(({ name, count, to, wants }) => (
              <li key={name} className={wants ? "wants" : ""}>
                <strong>{showCount(count, language)}</strong>{" "}
                <Link to={to.startsWith("/") ? to : `/app/c/${collection}/${to}`}>
                  {words.figures[name][count === 1 ? 0 : 1]}
                </Link>
              </li>
            ))}
          </ul>
          <p className="quiet small">
            {data.nextEnd === null ? words.noEnd : words.nextEnd(showDay(data.nextEnd, language))}
          </p>
        </>
      )}
    </Loaded>
  );
}
