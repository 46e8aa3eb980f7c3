import { useState } from "react";
import { Button, Toggle } from "../../shared/controls.tsx";
import { useDecimal } from "../../shared/decimals.ts";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { WORKERS } from "../screens/screen.ts";
import { library } from "../texts/library.ts";
import { type FaceSighting, sightingsIn, type Viewed } from "./faces.ts";
import { type useKeyChoice, useKeys } from "./viewer-keys.ts";

type Word = "confirm" | "reject" | "undo";

/** A word that was said here last, so that it can be taken back. */
interface Said {
  readonly word: "confirm" | "reject";
  readonly sighting: string;
  readonly name: string;
  /** Two people must confirm here, and this was the first. */
  readonly half: boolean;
}

/** Who the faces are taken for, and the words on it: by buttons, and by single keys. */
export function Verdicts(of: {
  readonly collection: string;
  readonly photo: Viewed;
  readonly chosen: string | null;
  readonly onChoose: (sighting: string) => void;
  readonly onChanged: () => Promise<void>;
  readonly keys: ReturnType<typeof useKeyChoice>;
}) {
  const { viewer: words } = useWords(library);
  const sightings = sightingsIn(of.photo);
  const works = useMay(WORKERS);
  const place = sightings.findIndex(({ sighting }) => sighting === of.chosen);
  const current = sightings[place] ?? null;
  const { said, say } = useSaying(of);
  const step = (by: number) => () => {
    const next = sightings[(place + by + sightings.length) % sightings.length];
    if (next) of.onChoose(next.sighting);
  };
  const open = works && !say.busy;
  const decided = current !== null && current.state === "confirmed";
  useKeys(of.keys.on, {
    ArrowDown: sightings.length > 0 ? step(1) : null,
    ArrowUp: sightings.length > 0 ? step(-1) : null,
    c: open && current && !decided ? () => say.run("confirm", current) : null,
    r: open && current && !decided ? () => say.run("reject", current) : null,
    u: open && (said ?? (decided ? current : null)) ? () => say.run("undo", current) : null,
  });
  return (
    <section>
      <h2>{words.people}</h2>
      {sightings.length === 0 ? (
        <p className="quiet">{words.nobody(of.photo.people.length)}</p>
      ) : null}
      <ul className="verdicts">
        {sightings.map((one) => (
          <li key={one.sighting} className={one.sighting === of.chosen ? "chosen" : ""}>
            <OneVerdict
              sighting={one}
              works={works}
              busy={say.busy}
              onSay={(word) => {
                of.onChoose(one.sighting);
                say.run(word, one);
              }}
            />
          </li>
        ))}
      </ul>
      {said ? (
        <Done>
          <p>{said.half ? words.half(said.name) : words.said[said.word](said.name)}</p>
          <Button look="second" slim busy={say.busy} onPress={() => say.run("undo", null)}>
            {words.undo}
          </Button>
        </Done>
      ) : null}
      {say.error ? <Failure error={say.error} /> : null}
      <KeysHelp keys={of.keys} works={works} />
    </section>
  );
}

const CALLS = {
  confirm: assent.confirmSighting,
  reject: assent.rejectSighting,
  undo: assent.undoSighting,
} as const;

function useSaying(of: { readonly collection: string; readonly onChanged: () => Promise<void> }) {
  const { viewer: words } = useWords(library);
  const [said, setSaid] = useState<Said | null>(null);
  const say = useAction(async (word: Word, of1: FaceSighting | null) => {
    const sighting = word === "undo" ? (said?.sighting ?? of1?.sighting) : of1?.sighting;
    if (sighting === undefined) return;
    const { state } = await CALLS[word]({ collection: of.collection, sighting });
    const name = of1?.name ?? words.someone;
    const half = word === "confirm" && state === "proposed";
    await of.onChanged();
    setSaid(word === "undo" ? null : { word, sighting, name, half });
  });
  return { said, say };
}

function OneVerdict(of: {
  readonly sighting: FaceSighting;
  readonly works: boolean;
  readonly busy: boolean;
  readonly onSay: (word: Word) => void;
}) {
  const { viewer: words } = useWords(library);
  const decimal = useDecimal();
  const { name, number, verdict, state, score, subject } = of.sighting;
  const who = name ?? subject;
  return (
    <>
      <p>
        <strong>{who}</strong>{" "}
        <span className="quiet small">
          {words.face(number)} · {words.verdicts[verdict]} · {words.score(decimal(score, 2))}
        </span>
      </p>
      <p className="small">{words.states[state]}</p>
      {of.works ? (
        <div className="row">
          {state === "proposed" ? (
            <>
              <Button
                look="second"
                slim
                busy={of.busy}
                label={`${words.confirm}: ${who}`}
                onPress={() => of.onSay("confirm")}
              >
                {words.confirm}
              </Button>
              <Button
                look="second"
                slim
                busy={of.busy}
                label={`${words.reject}: ${who}`}
                onPress={() => of.onSay("reject")}
              >
                {words.reject}
              </Button>
            </>
          ) : (
            <Button
              look="second"
              slim
              busy={of.busy}
              label={`${words.undo}: ${who}`}
              onPress={() => of.onSay("undo")}
            >
              {words.undo}
            </Button>
          )}
        </div>
      ) : null}
    </>
  );
}

/** A device with a mouse has a keyboard, too, nearly always. */
function hasKeyboard(): boolean {
  return matchMedia("(hover: hover)").matches;
}

function KeysHelp(of: { readonly keys: ReturnType<typeof useKeyChoice>; readonly works: boolean }) {
  const { viewer: words } = useWords(library);
  return (
    <details className="keys" open={hasKeyboard()}>
      <summary>{words.keys}</summary>
      <Toggle on={of.keys.on} onChange={of.keys.choose}>
        {words.keysOn}
      </Toggle>
      <dl className="pair small">
        {words.keyTable.map(([keys, does, isWork]) =>
          isWork && !of.works ? null : (
            <div key={keys} className="key-row">
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ),
        )}
      </dl>
    </details>
  );
}
