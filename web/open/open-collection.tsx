import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLanguage } from "../shared/language.tsx";
import { showLanguage } from "../shared/times.ts";
import { Failure, Loading } from "../shared/states.tsx";
import { useWords } from "../shared/words.ts";
import { ask } from "../subject/service.ts";
import { open } from "./texts/open.ts";
import type { Told } from "./transparency.tsx";

type Shown = Told["collections"][number];

/** One collection, as anybody may see it. */
export function OpenCollection({ collection }: { readonly collection: Shown }) {
  const words = useWords(open);
  const language = useLanguage();
  const count = (amount: number): string => new Intl.NumberFormat(language).format(amount);
  const { name, purpose, contact, alternative, sceneBasis, ageFloor, pack } = collection;
  return (
    <article className="card">
      <h3>{collection.closed ? words.closed(name) : name}</h3>
      <dl className="pair">
        <dt>{words.purpose}</dt>
        <dd>{purpose}</dd>
        <dt>{words.basis}</dt>
        <dd>{sceneBasis ?? words.noBasis}</dd>
        <dt>{words.alternative}</dt>
        <dd>{alternative === "" ? words.notSaid : alternative}</dd>
        <dt>{words.kept}</dt>
        <dd>{words.days(collection.retentionDays, collection.graceDays)}</dd>
        <dt>{words.age}</dt>
        <dd>{words.years(ageFloor)}</dd>
        <dt>{words.pack}</dt>
        <dd>{pack}</dd>
        <dt>{words.keyMode}</dt>
        <dd>{words.keyModes[collection.keyMode]}</dd>
        <dt>{words.contact}</dt>
        <dd>{contact}</dd>
        <dt>{words.holds}</dt>
        <dd>{words.held(count(collection.photos), collection.peopleAtLeast)}</dd>
      </dl>
      <Searches searches={collection.searches} name={name} />
      {collection.notices.map(({ id, version, language: of, hash }) => (
        <NoticeText
          key={id}
          id={id}
          title={words.notice(showLanguage(of, language), version)}
          hash={hash}
        />
      ))}
    </article>
  );
}

const WIDTH = 360;
const HEIGHT = 110;
/** Room for the months below the bars, and for the counts above. */
const FOOT = 18;
const HEAD = 16;

/** Searches of each finished month, as bars with their counts. */
function Searches(of: { readonly searches: Shown["searches"]; readonly name: string }) {
  const words = useWords(open);
  const language = useLanguage();
  const total = of.searches.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return <p className="quiet small">{words.noSearch}</p>;
  const most = Math.max(...of.searches.map(({ count }) => count));
  const step = WIDTH / of.searches.length;
  const monthOf = (month: string): string =>
    new Intl.DateTimeFormat(language, { month: "narrow", timeZone: "UTC" }).format(
      new Date(`${month}-01T00:00:00Z`),
    );
  const told = of.searches.map(({ month, count }) => `${month}: ${count}`).join(", ");
  return (
    <figure className="plot months">
      <figcaption className="small">{words.searches}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${words.searches}: ${told}`}>
        {of.searches.map(({ month, count }, index) => {
          const height = (count / most) * (HEIGHT - FOOT - HEAD);
          const middle = (index + 0.5) * step;
          return (
            <g key={month}>
              <rect
                x={index * step + 3}
                y={HEIGHT - FOOT - height}
                width={step - 6}
                height={height}
              />
              <text x={middle} y={HEIGHT - FOOT - height - 4} textAnchor="middle">
                {count}
              </text>
              <text x={middle} y={HEIGHT - 4} textAnchor="middle">
                {monthOf(month)}
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

function NoticeText(of: { readonly id: string; readonly title: string; readonly hash: string }) {
  const words = useWords(open);
  const [isOpen, setOpen] = useState(false);
  const notice = useQuery({
    queryKey: ["notice", of.id],
    queryFn: async () => ask("readNotice", { notice: of.id }),
    enabled: isOpen,
    staleTime: Infinity,
  });
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{of.title}</summary>
      {notice.data ? (
        <p className="lines" lang={notice.data.language}>
          {notice.data.body}
        </p>
      ) : null}
      {notice.error ? <Failure error={notice.error} again={() => void notice.refetch()} /> : null}
      {isOpen && !notice.data && !notice.error ? <Loading /> : null}
      <p className="mono">
        {words.hash} {of.hash}
      </p>
    </details>
  );
}
