import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { Button } from "../../shared/controls.tsx";
import { useDecimal } from "../../shared/decimals.ts";
import { useLanguage } from "../../shared/language.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useAccountNames } from "../accounts/names.ts";
import { fileName } from "../parts/file-name.ts";
import { Loaded } from "../parts/states.tsx";
import { assent, type Item } from "../service.ts";
import { useMe } from "../session.tsx";
import { search as texts } from "../texts/search.ts";
import { PhotoFace } from "./face-cut.tsx";

export type Review = Item<"listReviews">;

/** A face in a photo beside another face of the person it is taken for, and what may be said. */
export function OneReview(of: {
  readonly collection: string;
  readonly review: Review;
  readonly works: boolean;
  readonly busy: boolean;
  readonly onSay: (word: "confirm" | "reject" | "undo") => void;
  readonly onSkip: () => void;
}) {
  const { reviews: words } = useWords(texts);
  const decimal = useDecimal();
  const { id: me } = useMe();
  const { review, collection } = of;
  const { subject, confirmedBy, state } = review;
  const name = subject.name ?? words.person(subject.id);
  return (
    <article className="card review">
      <h2>{words.is(name)}</h2>
      <TwoFaces collection={collection} review={review} name={name} />
      <p className="quiet small">
        {words.verdicts[review.verdict]} · {words.score(decimal(review.score, 3))} ·{" "}
        {fileName(review.sources[0])}
      </p>
      {confirmedBy.length > 0 ? (
        <p className="note">{confirmedBy.includes(me) ? words.youSaid : words.oneSaid}</p>
      ) : null}
      <div className="row">
        {of.works && state === "proposed" ? (
          <>
            <Button busy={of.busy} onPress={() => of.onSay("confirm")}>
              {words.confirm}
            </Button>
            <Button look="second" busy={of.busy} onPress={() => of.onSay("reject")}>
              {words.reject}
            </Button>
          </>
        ) : null}
        {of.works && state !== "proposed" ? (
          <Button look="second" busy={of.busy} onPress={() => of.onSay("undo")}>
            {words.undo}
          </Button>
        ) : null}
        <Button look="second" onPress={of.onSkip}>
          {words.skip}
        </Button>
        <Link to={`/app/c/${collection}/photos/${review.photo}`}>{words.open}</Link>
      </div>
      <History collection={collection} review={review} />
    </article>
  );
}

/** The face in question, and the one to hold it against. */
function TwoFaces(of: {
  readonly collection: string;
  readonly review: Review;
  readonly name: string;
}) {
  const { reviews: words } = useWords(texts);
  const { collection, review, name } = of;
  const { reference } = review;
  return (
    <div className="pair-of-faces">
      <figure>
        <PhotoFace collection={collection} seen={review} alt={words.faceAlt(name)} />
        <figcaption className="small">{words.seen}</figcaption>
      </figure>
      {reference ? (
        <figure>
          <PhotoFace collection={collection} seen={reference} alt={words.referenceAlt(name)} />
          <figcaption className="small">{words.theirs[reference.state]}</figcaption>
        </figure>
      ) : (
        <p className="quiet small">{words.noReference}</p>
      )}
    </div>
  );
}

/** What was said of a sighting so far, read from the record when it is opened. */
function History(of: { readonly collection: string; readonly review: Review }) {
  const { reviews: words } = useWords(texts);
  const language = useLanguage();
  const { id: me } = useMe();
  const [open, setOpen] = useState(false);
  const { collection, review } = of;
  const history = useQuery({
    queryKey: ["history", collection, review.id],
    queryFn: async () => assent.getSightingHistory({ collection, sighting: review.id }),
    enabled: open,
  });
  const accountName = useAccountNames();
  const nameOf = (by: string): string => {
    if (by === me) return words.you;
    return by === review.subject.id ? words.themselves : accountName(by);
  };
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{words.history}</summary>
      {open ? (
        <Loaded query={history}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="quiet small">{words.historyNone}</p>
            ) : (
              <ul className="small">
                {items.map(({ decision, by, at }) => (
                  <li key={at}>
                    {words.decision(
                      words.decisions[decision],
                      nameOf(by),
                      showMoment(at, language),
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      ) : null}
    </details>
  );
}
