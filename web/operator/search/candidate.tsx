import { Link } from "react-router";
import { useDecimal } from "../../shared/decimals.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { fileName } from "../parts/file-name.ts";
import type { Answer, Item } from "../service.ts";
import { search as texts } from "../texts/search.ts";
import { FaceCut, PhotoFace } from "./face-cut.tsx";
import type { Probe } from "./probe.ts";
import { ScoreMeaning } from "./score.tsx";
import { SightingWord } from "./sighting-word.tsx";

type Hit = Extract<Answer<"searchByPhoto">["faces"][number], { subject: unknown }>;

/** Whom a face may be: side by side with another face of theirs, with what the score is worth. */
export function Candidate(of: {
  readonly probe: Probe;
  readonly number: number;
  readonly face: Hit;
  readonly pack: Item<"listPacks"> | null;
}) {
  const { search: words } = useWords(texts);
  const { id } = useCollection();
  const decimal = useDecimal();
  const { face, probe, number } = of;
  const { subject, verdict, score, margin, sightings } = face;
  const name = subject.name ?? subject.id;
  const best = bestOf(sightings);
  return (
    <article className="card candidate">
      <div className="pair-of-faces">
        <figure>
          <FaceCut href={probe.address} box={face.box} alt={words.probeFace(number)} />
          <figcaption className="small">{words.yourPhoto}</figcaption>
        </figure>
        {best ? (
          <figure>
            <PhotoFace collection={id} seen={best} alt={words.theirFace(name)} />
            <figcaption className="small">{words.theirPhoto[best.state]}</figcaption>
          </figure>
        ) : (
          <p className="quiet small">{words.noPhoto}</p>
        )}
      </div>
      <div>
        <h3>{words.verdict[verdict](name)}</h3>
        <p className="quiet">{words.verdictMore[verdict]}</p>
        <p>{margin === null ? words.noRunnerUp : words.margin(decimal(margin, 3))}</p>
        <ul className="small">
          {face.problems.map((code) => (
            <li key={code}>{words.problems[code] ?? code}</li>
          ))}
        </ul>
        {of.pack ? <ScoreMeaning pack={of.pack} score={score} /> : null}
        <Link to={`/app/c/${id}/people/${subject.id}`}>{words.person(name)}</Link>
      </div>
      <Seen sightings={sightings} name={name} more={face.next !== null} />
    </article>
  );
}

/** Where else somebody was seen, with what may be said of each. */
export function Seen(of: {
  readonly sightings: Hit["sightings"];
  readonly name: string;
  readonly more: boolean;
}) {
  const { search: words } = useWords(texts);
  const { id } = useCollection();
  if (of.sightings.length === 0) return <p className="quiet seen">{words.seenNowhere}</p>;
  return (
    <div className="seen">
      <h4>{words.seen(of.sightings.length, of.more)}</h4>
      <ul className="cuts">
        {of.sightings.map((one) => (
          <li key={one.id}>
            <Link to={`/app/c/${id}/photos/${one.photo}`}>
              <PhotoFace
                collection={id}
                seen={one}
                alt={words.seenAt(of.name, fileName(one.sources[0]) ?? one.photo)}
              />
            </Link>
            <SightingWord collection={id} sighting={one} name={of.name} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The most alike that somebody has confirmed, or else the most alike. */
function bestOf(sightings: Hit["sightings"]): Hit["sightings"][number] | undefined {
  const confirmed = sightings.filter(({ state }) => state === "confirmed");
  const from = confirmed.length > 0 ? confirmed : sightings;
  return from.toSorted((one, other) => other.score - one.score)[0];
}
