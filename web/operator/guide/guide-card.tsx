import { useState } from "react";
import { Link } from "react-router";
import { Progress } from "../../shared/controls.tsx";
import { useWords } from "../../shared/words.ts";
import { useMay } from "../session.tsx";
import { guide } from "../texts/guide.ts";
import { doneSteps, STEPS, useFirstRun } from "./progress.ts";

const HIDDEN = "assent-guide-hidden";

/** On the first page, for an owner, while something of the first steps is missing. */
export function GuideCard() {
  const [hidden, setHidden] = useState(() => localStorage.getItem(HIDDEN) !== null);
  const owner = useMay(["owner"]);
  if (hidden || !owner) return null;
  return (
    <Card
      onHide={() => {
        localStorage.setItem(HIDDEN, "yes");
        setHidden(true);
      }}
    />
  );
}

function Card({ onHide }: { readonly onHide: () => void }) {
  const words = useWords(guide);
  const { data } = useFirstRun(null);
  if (!data) return null;
  const done = doneSteps(data);
  const next = STEPS.find((step) => !done.includes(step));
  if (next === undefined) return null;
  return (
    <section className="card">
      <h2>{words.title}</h2>
      <Progress
        label={words.progress(done.length, STEPS.length)}
        done={done.length}
        total={STEPS.length}
      />
      <div className="row section">
        <Link className="button first slim" to="/app/first-steps">
          {words.goOn}
        </Link>
        <button type="button" className="link" onClick={onHide}>
          {words.hide}
        </button>
      </div>
    </section>
  );
}
