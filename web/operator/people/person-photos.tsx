import { useState } from "react";
import { Link } from "react-router";
import { Button } from "../../shared/controls.tsx";
import { showClock } from "../../shared/clock.ts";
import { useLanguage } from "../../shared/language.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Tag } from "../parts/fields.tsx";
import { Listed, useList } from "../parts/list.tsx";
import { Empty } from "../parts/states.tsx";
import { assent, type Item, linkTo } from "../service.ts";
import { people } from "../texts/people.ts";

/** Where a person was seen, once somebody asks: each look is recorded. */
export function PersonPhotos({ subject }: { readonly subject: string }) {
  const { person: words } = useWords(people);
  const [shown, setShown] = useState(false);
  return (
    <section className="card">
      <h2>{words.photos}</h2>
      <p className="quiet small">{words.photosWhat}</p>
      {shown ? (
        <Sightings subject={subject} />
      ) : (
        <Button look="second" slim onPress={() => setShown(true)}>
          {words.showPhotos}
        </Button>
      )}
    </section>
  );
}

function Sightings({ subject }: { readonly subject: string }) {
  const { person: words } = useWords(people);
  const { id: collection } = useCollection();
  const list = useList(["sightings", collection, subject], async (page) =>
    assent.listSightings({ collection, subject, ...page }),
  );
  return (
    <Listed
      list={list}
      empty={
        <Empty title={words.noPhotos}>
          <p>{words.noPhotosMore}</p>
        </Empty>
      }
    >
      {(items) => (
        <ul className="faces">
          {items.map((one) => (
            <Seen key={one.id} sighting={one} />
          ))}
        </ul>
      )}
    </Listed>
  );
}

function Seen({ sighting }: { readonly sighting: Item<"listSightings"> }) {
  const { person: words } = useWords(people);
  const language = useLanguage();
  const { id: collection } = useCollection();
  const { photo, takenAt, track, state, verdict } = sighting;
  const day = takenAt === null ? words.undated : showDay(takenAt, language);
  const when = track === null ? day : `${day}, ${showClock(track.from)}`;
  const moment = track === null ? {} : { at: track.at.toFixed(3) };
  return (
    <li>
      <Link to={`/app/c/${collection}/photos/${photo}`}>
        <img
          src={linkTo("getThumbnail", { collection, photo, size: "small", ...moment })}
          alt={words.photoAlt(when)}
          loading="lazy"
        />
      </Link>
      <span className="quiet small">{when}</span>{" "}
      <Tag look={state === "confirmed" ? "good" : state === "rejected" ? "bad" : "quiet"}>
        {state === "proposed"
          ? `${words.sightings.proposed}, ${words.verdicts[verdict]}`
          : words.sightings[state]}
      </Tag>
    </li>
  );
}
