import { useEffect, useRef, useState } from "react";
import { showClock } from "../../shared/clock.ts";
import { StripLine } from "../../shared/strip-line.tsx";
import { useWords } from "../../shared/words.ts";
import { WORKERS } from "../screens/screen.ts";
import { linkTo } from "../service.ts";
import { useMay } from "../session.tsx";
import { library } from "../texts/library.ts";
import type { Named, Viewed } from "./faces.ts";
import { VideoCopies } from "./video-copies.tsx";

/** A person in view: whose word it waits for, and when. */
interface Moment extends Named {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

interface Person {
  readonly subject: string;
  readonly name: string;
  readonly moments: readonly Moment[];
}

/** A video that plays, with a row for each person who is in view, and when. */
export function VideoPlayer(of: {
  readonly collection: string;
  readonly photo: Viewed;
  readonly chosen: string | null;
  readonly onChoose: (sighting: string) => void;
}) {
  const { video: words, photos } = useWords(library);
  const { collection, photo, chosen } = of;
  const player = useRef<HTMLVideoElement>(null);
  const [failed, setFailed] = useState(false);
  const works = useMay(WORKERS);
  const people = peopleIn(photo);
  const start = people
    .flatMap(({ moments }) => moments)
    .find(({ sighting }) => sighting === chosen)?.from;
  useEffect(() => {
    // Chosen by a key: the picture is there, and plays when it is asked to.
    if (start !== undefined && player.current?.paused) player.current.currentTime = start;
  }, [start]);
  if (photo.withheld) return <p className="note">{photos.withheldMore}</p>;
  const play = (moment: Moment): void => {
    of.onChoose(moment.sighting);
    if (!player.current) return;
    player.current.currentTime = moment.from;
    // A player that may not start by itself waits for its own button.
    void player.current.play().catch(() => undefined);
  };
  const poster = linkTo("getThumbnail", { collection, photo: photo.id, size: "large" });
  return (
    <div>
      {works && !failed ? (
        <video
          ref={player}
          className="film"
          controls
          preload="metadata"
          playsInline
          poster={poster}
          src={linkTo("getOriginal", { collection, photo: photo.id })}
          aria-label={words.player}
          onError={() => setFailed(true)}
        />
      ) : (
        <img className="film" src={poster} alt={words.still} />
      )}
      {failed ? <p className="note">{words.unplayable}</p> : null}
      {people.length === 0 ? null : <h2>{words.timeline}</h2>}
      <ul className="strips">
        {people.map((person) => (
          <Strip
            key={person.subject}
            person={person}
            photo={photo}
            collection={collection}
            chosen={chosen}
            onPlay={play}
          />
        ))}
      </ul>
      <TimesAsFiles collection={collection} photo={photo.id} />
      <VideoCopies photo={photo} />
    </div>
  );
}

/** The same for programs, for tables, for players. */
function TimesAsFiles(of: { readonly collection: string; readonly photo: string }) {
  const { video: words } = useWords(library);
  return (
    <p className="row small">
      <a href={linkTo("getTimeline", of)} download={`${of.photo}.json`}>
        {words.json}
      </a>
      <a href={linkTo("getTimelineCsv", of)} download>
        {words.csv}
      </a>
      <a href={linkTo("getTimelineVtt", of)} download>
        {words.vtt}
      </a>
    </p>
  );
}

function peopleIn({ people }: Viewed): readonly Person[] {
  const moments = people
    .flatMap(({ track, named }) => (track ? named.map((one) => ({ ...one, ...track })) : []))
    .toSorted((a, b) => a.from - b.from);
  return [...new Set(moments.map(({ subject }) => subject))].map((subject) => {
    const own = moments.filter((moment) => moment.subject === subject);
    return { subject, name: own[0]?.name ?? subject, moments: own };
  });
}

function timesOf({ from, to }: Moment): string {
  return `${showClock(from)} – ${showClock(to)}`;
}

/** One person's row: where they are along the whole, and each moment as a picture that plays. */
function Strip(of: {
  readonly person: Person;
  readonly photo: Viewed;
  readonly collection: string;
  readonly chosen: string | null;
  readonly onPlay: (moment: Moment) => void;
}) {
  const { video: words } = useWords(library);
  const { person, photo, collection, chosen } = of;
  return (
    <li className="strip">
      <strong>{person.name}</strong>
      <StripLine
        seconds={photo.seconds ?? 0}
        parts={person.moments.map(({ sighting, from, to }) => ({ key: sighting, from, to }))}
        chosen={chosen}
      />
      <ul className="moments">
        {person.moments.map((moment) => (
          <li key={moment.sighting}>
            <button
              type="button"
              className={moment.sighting === chosen ? "moment chosen" : "moment"}
              aria-pressed={moment.sighting === chosen}
              aria-label={words.play(person.name, timesOf(moment))}
              onClick={() => of.onPlay(moment)}
            >
              <img
                src={linkTo("getThumbnail", {
                  collection,
                  photo: photo.id,
                  at: String(Math.round(moment.at * 1000) / 1000),
                })}
                alt=""
                loading="lazy"
              />
              <span className="small">{timesOf(moment)}</span>
            </button>
          </li>
        ))}
      </ul>
    </li>
  );
}
