import { useState } from "react";
import { showClock } from "../shared/clock.ts";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { StripLine } from "../shared/strip-line.tsx";
import { showMoment } from "../shared/times.ts";
import { MyCopy, useCopy } from "./my-copy.tsx";
import { MyWord, type Photo } from "./my-word.tsx";
import { linkOf } from "./service.ts";

/** A moment of a video somebody is seen in, and its place in the list of all they are seen in. */
export interface OwnMoment {
  readonly photo: Photo;
  readonly place: number;
}

interface Pressed {
  readonly chosen: string | null;
  readonly presses: number;
}

/**
 * A video somebody is seen in: their moments along the whole of it, each with a picture that plays
 * once there is a copy in which nobody else is shown, and with what they may say of it.
 */
export function MyVideo(of: {
  readonly subject: string;
  readonly collection: string;
  readonly moments: readonly OwnMoment[];
  readonly onVerdict: (moment: OwnMoment, state: Photo["state"]) => void;
}) {
  const { videos, photos } = useTexts();
  const language = useLanguage();
  const { subject, collection, moments } = of;
  // A moment pressed again plays again.
  const [{ chosen, presses }, setPressed] = useState<Pressed>({ chosen: null, presses: 0 });
  const first = moments[0]?.photo;
  const copy = useCopy({ subject, collection, video: first?.photo ?? "", sighting: first?.id });
  if (!first) return null;
  const { takenAt, seconds } = first;
  const when = takenAt === null ? photos.undated : showMoment(takenAt, language);
  const theirs = moments.flatMap(({ photo: { id, track, state } }) =>
    track && state !== "rejected" ? [{ key: id, ...track }] : [],
  );
  const at = { subject, collection, sighting: first.id };
  return (
    <section className="words" aria-label={videos.title(when)}>
      <h3>{videos.title(when)}</h3>
      <MyCopy
        copy={copy}
        from={theirs.find(({ key }) => key === chosen)?.from ?? null}
        presses={presses}
      />
      <StripLine seconds={seconds ?? 0} parts={theirs} chosen={chosen} />
      <ul className="moments own">
        {moments.map((moment) => (
          <Moment
            key={moment.photo.id}
            subject={subject}
            collection={collection}
            photo={moment.photo}
            chosen={moment.photo.id === chosen}
            onChoose={() => {
              setPressed({ chosen: moment.photo.id, presses: presses + 1 });
              if (copy.state === "none") copy.ask();
            }}
            onVerdict={(state) => of.onVerdict(moment, state)}
          />
        ))}
      </ul>
      <p className="row small">
        <a href={linkOf("getOwnTimelineCsv", at)} download>
          {videos.csv}
        </a>
        <a href={linkOf("getOwnTimelineVtt", at)} download>
          {videos.vtt}
        </a>
      </p>
    </section>
  );
}

function Moment(of: {
  readonly subject: string;
  readonly collection: string;
  readonly photo: Photo;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly onVerdict: (state: Photo["state"]) => void;
}) {
  const { videos } = useTexts();
  const { subject, collection, photo, chosen } = of;
  const { id: sighting, track, state } = photo;
  const times = track ? `${showClock(track.from)} – ${showClock(track.to)}` : "";
  return (
    <li>
      {state === "rejected" ? (
        <p className="small">{times}</p>
      ) : (
        <button
          type="button"
          className={chosen ? "moment chosen" : "moment"}
          aria-pressed={chosen}
          aria-label={videos.playLabel(times)}
          onClick={of.onChoose}
        >
          <img
            src={linkOf("getOwnThumbnail", { subject, collection, sighting })}
            alt=""
            loading="lazy"
          />
          <span className="small">{times}</span>
        </button>
      )}
      <MyWord
        subject={subject}
        collection={collection}
        photo={photo}
        when={times}
        onVerdict={of.onVerdict}
      />
    </li>
  );
}
