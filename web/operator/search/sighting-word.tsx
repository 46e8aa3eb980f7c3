import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { assent, type Item } from "../service.ts";
import { search as texts } from "../texts/search.ts";

export type SightingState = Item<"listSightings">["state"];

/** What may be said of a sighting. */
export const WORDS = {
  confirm: assent.confirmSighting,
  reject: assent.rejectSighting,
  undo: assent.undoSighting,
} as const;

/** How a sighting stands, and the buttons that change it. */
export function SightingWord(of: {
  readonly collection: string;
  readonly sighting: Pick<Item<"listSightings">, "id" | "state" | "score">;
  readonly name: string;
}) {
  const { search: words } = useWords(texts);
  const { id: sighting } = of.sighting;
  const [state, setState] = useState<SightingState>(of.sighting.state);
  const [half, setHalf] = useState(false);
  const say = useAction(async (word: keyof typeof WORDS) => {
    const now = await WORDS[word]({ collection: of.collection, sighting });
    setHalf(word === "confirm" && now.state === "proposed");
    setState(now.state);
  });
  const button = (word: keyof typeof WORDS) => (
    <Button
      look="second"
      slim
      busy={say.busy}
      label={`${words.say[word]}: ${of.name}`}
      onPress={() => say.run(word)}
    >
      {words.say[word]}
    </Button>
  );
  return (
    <div role="group">
      <p className="small">{half ? words.half : words.state[state]}</p>
      <div className="row">
        {state === "proposed" && !half ? (
          <>
            {button("confirm")}
            {button("reject")}
          </>
        ) : (
          button("undo")
        )}
      </div>
      {say.error ? <Failure error={say.error} /> : null}
    </div>
  );
}
