import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { useLanguage } from "../../shared/language.tsx";
import { StripLine } from "../../shared/strip-line.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { search as texts } from "../texts/search.ts";
import { Seen } from "./candidate.tsx";
import type { FoundInClip } from "./send-clip.ts";

type Person = FoundInClip["people"][number];
type Interval = Person["intervals"][number];

/** Who may be in a clip, a row each, with when; it plays from this browser, where it still is. */
export function ClipAnswer(of: {
  readonly clip: string;
  readonly found: FoundInClip;
  /** The last day on which the service keeps it; null: it is deleted already. */
  readonly kept: string | null;
}) {
  const { clips: words, search } = useWords(texts);
  const language = useLanguage();
  const { found } = of;
  const heading = useRef<HTMLHeadingElement>(null);
  const player = useRef<HTMLVideoElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => heading.current?.focus(), []);
  const hits = found.people.length > 0;
  const play = ({ from }: Interval): void => {
    if (!player.current) return;
    player.current.currentTime = from;
    player.current.scrollIntoView({ block: "nearest" });
    // A player that may not start by itself waits for its own button.
    void player.current.play().catch(() => undefined);
  };
  return (
    <section>
      <h2 ref={heading} tabIndex={-1}>
        {hits ? words.found(found.people.length) : search.foundNone}
      </h2>
      <p className="note">{hits ? search.candidates : search.noneMore}</p>
      <p className="quiet small">
        {words.tracks(found.tracks)}{" "}
        {of.kept === null ? words.deleted : words.kept(showDay(of.kept, language))}{" "}
        {search.recorded(found.search)}
      </p>
      {failed ? (
        <p className="note">{words.unplayable}</p>
      ) : (
        <video
          ref={player}
          className="film clip"
          controls
          muted
          playsInline
          preload="metadata"
          src={of.clip}
          aria-label={words.player}
          onError={() => setFailed(true)}
        />
      )}
      <ul className="strips">
        {found.people.map((person) => (
          <PersonInClip
            key={person.subject.id}
            person={person}
            seconds={found.seconds}
            onPlay={play}
          />
        ))}
      </ul>
    </section>
  );
}

function PersonInClip(of: {
  readonly person: Person;
  readonly seconds: number;
  readonly onPlay: (interval: Interval) => void;
}) {
  const { clips: words, search } = useWords(texts);
  const { id } = useCollection();
  const language = useLanguage();
  const [chosen, setChosen] = useState<string | null>(null);
  const { subject, verdict, intervals, sightings } = of.person;
  const name = subject.name ?? subject.id;
  const parts = intervals.map((one) => ({ ...one, key: String(one.from) }));
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const format = new Intl.NumberFormat(language, digits);
  return (
    <li className="strip">
      <h3>{search.verdict[verdict](name)}</h3>
      <p className="quiet small">{search.verdictMore[verdict]}</p>
      <StripLine seconds={of.seconds} parts={parts} chosen={chosen} />
      <ul className="row spans">
        {parts.map((one) => {
          const times = words.times(format.format(one.from), format.format(one.to));
          return (
            <li key={one.key}>
              <button
                type="button"
                className="button second slim"
                aria-pressed={chosen === one.key}
                aria-label={words.play(name, times, words.verdicts[one.verdict])}
                onClick={() => {
                  setChosen(one.key);
                  of.onPlay(one);
                }}
              >
                {times} · {words.verdicts[one.verdict]}
              </button>
            </li>
          );
        })}
      </ul>
      <Seen sightings={sightings} name={name} more={false} />
      <Link to={`/app/c/${id}/people/${subject.id}`}>{words.all(name)}</Link>
    </li>
  );
}
