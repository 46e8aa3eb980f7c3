import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { Button } from "../../shared/controls.tsx";
import { Done, Failure } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { WORKERS } from "../screens/screen.ts";
import { search as texts } from "../texts/search.ts";
import { OneReview, type Review } from "./one-review.tsx";
import { ReviewKeys } from "./review-keys.tsx";
import { useSaying } from "./saying.ts";
import type { SightingState } from "./sighting-word.tsx";

const STATES = ["proposed", "confirmed", "rejected"] as const;
/** Looking is recorded for each person of a page: no more than somebody looks at in one go. */
const PAGE = 20;

/** Sightings of a collection, one after the other: yes, no, later, take it back. */
export function Reviews() {
  const { reviews: words } = useWords(texts);
  const [query, setQuery] = useSearchParams();
  const state = STATES.find((one) => one === query.get("state")) ?? "proposed";
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.intro}</p>
      {useMay(WORKERS) ? null : <p className="note">{words.auditor}</p>}
      <div className="row" role="group" aria-label={words.show}>
        {STATES.map((one) => (
          <button
            key={one}
            type="button"
            className="button second slim chip"
            aria-pressed={one === state}
            onClick={() => setQuery(one === "proposed" ? {} : { state: one })}
          >
            {words.states[one]}
          </button>
        ))}
      </div>
      <Pile key={state} state={state} />
    </>
  );
}

/** The pile lies as it was read: what is decided meanwhile does not move what is looked at. */
function Pile({ state }: { readonly state: SightingState }) {
  const { id: collection } = useCollection();
  const pile = useInfiniteQuery({
    queryKey: ["reviews", collection, state],
    queryFn: async ({ pageParam }) =>
      assent.listReviews({
        collection,
        state,
        limit: PAGE,
        ...(pageParam === null ? {} : { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    // Each look is recorded: none that nobody asked for.
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <Loaded query={pile}>
      {({ pages }) => (
        <OneByOne
          state={state}
          reviews={pages.flatMap(({ items }) => items)}
          onMore={pile.hasNextPage && !pile.isFetching ? () => void pile.fetchNextPage() : null}
        />
      )}
    </Loaded>
  );
}

function OneByOne(of: {
  readonly state: SightingState;
  readonly reviews: readonly Review[];
  readonly onMore: (() => void) | null;
}) {
  const { reviews: words } = useWords(texts);
  const { id: collection } = useCollection();
  const works = useMay(WORKERS);
  const [place, setPlace] = useState(0);
  const go = (to: number): void => {
    if (to >= of.reviews.length - 1) of.onMore?.();
    setPlace(to);
  };
  const saying = useSaying(collection, go);
  const current = of.reviews[place] ?? null;
  const next = current ? () => go(place + 1) : null;
  const back = place > 0 ? () => go(place - 1) : null;
  const isOpen = works && current?.state === "proposed" && !saying.busy;
  const word = (said: "confirm" | "reject") =>
    isOpen ? () => saying.say(said, current, place) : null;
  const table = {
    c: word("confirm"),
    r: word("reject"),
    u: saying.last && works && !saying.busy ? saying.undo : null,
    j: next,
    ArrowRight: next,
    k: back,
    ArrowLeft: back,
  };
  return (
    <>
      {current ? (
        <OneReview
          key={current.id}
          collection={collection}
          review={current}
          works={works}
          busy={saying.busy}
          onSay={(word) => saying.say(word, current, place)}
          onSkip={() => go(place + 1)}
        />
      ) : (
        <End state={of.state} onAgain={of.reviews.length > 0 ? () => go(0) : null} />
      )}
      <LastSaid saying={saying} />
      {saying.error ? <Failure error={saying.error} /> : null}
      {saying.count > 0 ? <p className="quiet small">{words.done(saying.count)}</p> : null}
      {works ? <ReviewKeys table={table} /> : null}
    </>
  );
}

function End(of: { readonly state: SightingState; readonly onAgain: (() => void) | null }) {
  const { reviews: words } = useWords(texts);
  const first = of.state === "proposed";
  return (
    <Empty title={first ? words.none : words.noneDone}>
      <p>{first ? words.noneMore : words.noneDoneMore}</p>
      {of.onAgain ? (
        <Button look="second" slim onPress={of.onAgain}>
          {words.again}
        </Button>
      ) : null}
    </Empty>
  );
}

function LastSaid({ saying }: { readonly saying: ReturnType<typeof useSaying> }) {
  const { reviews: words } = useWords(texts);
  if (!saying.last) return null;
  const { outcome, name } = saying.last;
  return (
    <Done>
      <p>{words.said[outcome](name)}</p>
      <Button look="second" slim busy={saying.busy} onPress={saying.undo}>
        {words.undo}
      </Button>
    </Done>
  );
}
