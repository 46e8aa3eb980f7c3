import { useState } from "react";
import { useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { search as texts } from "../texts/search.ts";
import type { Review } from "./one-review.tsx";
import { WORDS } from "./sighting-word.tsx";

/** A word that was said last, of the sighting at a place of the pile. */
interface Said {
  readonly sighting: string;
  readonly name: string;
  readonly place: number;
  /** `half`: two people must confirm here, and this was the first. */
  readonly outcome: "confirm" | "reject" | "half" | "undo";
}

/** Saying something of a sighting, which leads on to the next, and taking it back, which leads back. */
export function useSaying(collection: string, onPlace: (place: number) => void) {
  const { reviews: words } = useWords(texts);
  const [last, setLast] = useState<Said | null>(null);
  const [count, setCount] = useState(0);
  const say = useAction(
    async (word: keyof typeof WORDS, review: Pick<Review, "id" | "subject">, place: number) => {
      const { state } = await WORDS[word]({ collection, sighting: review.id });
      const name = review.subject.name ?? words.person(review.subject.id);
      const half = word === "confirm" && state === "proposed";
      setLast({ sighting: review.id, name, place, outcome: half ? "half" : word });
      setCount((before) => before + 1);
      onPlace(place + 1);
    },
  );
  const undo = useAction(async (said: Said) => {
    await WORDS.undo({ collection, sighting: said.sighting });
    setLast(null);
    setCount((before) => Math.max(0, before - 1));
    onPlace(said.place);
  });
  return {
    busy: say.busy || undo.busy,
    error: say.error ?? undo.error,
    say: say.run,
    undo: () => {
      if (last && last.outcome !== "undo") undo.run(last);
    },
    last,
    count,
  };
}
