import { useState } from "react";
import { Button, Choice, Field } from "../../shared/controls.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { type Answer, assent } from "../service.ts";
import { search as texts } from "../texts/search.ts";
import { Keep } from "./keep.tsx";
import { Leaves } from "./leaves.tsx";
import type { Probe, ProbeFace } from "./probe.ts";
import { ProbePicture } from "./probe-picture.tsx";

const PURPOSE_LENGTH_MAX = 500;
/** In the place of a face's number. */
const EVERY = "every";

/** Which face, and why: what a search needs before it is made, and what it will leave behind. */
export function AskForm(of: {
  readonly probe: Probe;
  readonly spent: boolean;
  /** Days that the photo may be kept. */
  readonly keepDays: number;
  readonly onAnswer: (answer: Answer<"searchByPhoto">) => Promise<void>;
  readonly onOther: () => void;
}) {
  const { search: words } = useWords(texts);
  const { id: collection } = useCollection();
  const { probe } = of;
  const [chosen, setChosen] = useState<string | null>(probe.faces.length === 1 ? "1" : null);
  const [purpose, setPurpose] = useState("");
  const [until, setUntil] = useState<string | null>(null);
  const ask = useAction(async () => {
    if (chosen === null) return;
    const face = chosen === EVERY ? {} : { face: Number(chosen) };
    await of.onAnswer(
      await assent.searchByPhoto({
        collection,
        purpose,
        photo: probe.photo,
        ...face,
        ...(until === null ? {} : { keepUntil: until }),
      }),
    );
  });
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        ask.run();
      }}
    >
      <ProbePicture
        probe={probe}
        chosen={chosen === null || chosen === EVERY ? null : Number(chosen)}
        onChoose={(number) => setChosen(String(number))}
      />
      <div className="stack">
        <FaceChoice probe={probe} chosen={chosen} onChoose={setChosen} />
        <Field
          label={words.purpose}
          name="purpose"
          value={purpose}
          onChange={setPurpose}
          help={words.purposeMore}
          maxLength={PURPOSE_LENGTH_MAX}
        />
        <Keep days={of.keepDays} until={until} onChange={setUntil} />
        <Leaves what="photo" until={until} />
        {ask.error ? <Failure error={ask.error} /> : null}
        <div className="row">
          <Button type="submit" busy={ask.busy || of.spent || chosen === null}>
            {ask.busy ? words.searching : words.go}
          </Button>
          <Button look="second" onPress={of.onOther}>
            {words.other}
          </Button>
        </div>
        {chosen === null ? <p className="quiet small">{words.chooseFace}</p> : null}
      </div>
    </form>
  );
}

function FaceChoice(of: {
  readonly probe: Probe;
  readonly chosen: string | null;
  readonly onChoose: (face: string) => void;
}) {
  const { search: words } = useWords(texts);
  const { sceneBasis } = useCollection();
  const { faces } = of.probe;
  const options = faces.map(
    (face, index) => [String(index + 1), faceText(words, face, index)] as const,
  );
  const every = sceneBasis !== null && faces.length > 1;
  return (
    <>
      <Choice
        label={faces.length === 1 ? words.oneFace : words.which(faces.length)}
        value={of.chosen}
        onChange={of.onChoose}
        options={every ? [...options, [EVERY, words.every] as const] : options}
      />
      {sceneBasis === null && faces.length > 1 ? (
        <p className="quiet small">{words.noBasis}</p>
      ) : null}
    </>
  );
}

function faceText(
  words: ReturnType<typeof useWords<(typeof texts)["en"]>>["search"],
  { widthPixels, problems }: ProbeFace,
  index: number,
): string {
  const base = words.face(index + 1, widthPixels);
  const [first] = problems;
  return first ? `${base}. ${words.problems[first.code] ?? first.advice}` : base;
}
