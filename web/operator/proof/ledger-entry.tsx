import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useAccountNames } from "../accounts/names.ts";
import { showCount } from "../parts/numbers.ts";
import { proof as texts } from "../texts/proof.ts";
import { type Checked, checkEntry, type Entry, type Head } from "./check-ledger.ts";

/** An entry: what it says, and a button that checks it here. */
export function LedgerEntry({ entry, head }: { readonly entry: Entry; readonly head: Head }) {
  const { ledger: words } = useWords(texts);
  const language = useLanguage();
  const nameOf = useAccountNames();
  const [told, setTold] = useState<Checked | null>(null);
  const check = useAction(async () => setTold(await checkEntry(head, entry)));
  const { event, leafIndex } = entry;
  const kind = event === null ? null : String(event["kind"]);
  const at = event === null ? null : Number(event["at"]);
  return (
    <li>
      <span>
        <strong>{kind === null ? words.closed : (words.kinds[kind] ?? kind)}</strong>{" "}
        <span className="quiet small">
          {words.place(showCount(leafIndex, language))}
          {at === null ? null : ` · ${showMoment(at, language)}`}
          {event === null ? null : ` · ${nameOf(String(event["account"]))}`}
        </span>
      </span>
      {event === null ? null : (
        <div className="row">
          <Button
            look="second"
            slim
            busy={check.busy}
            label={`${words.check}: ${words.place(showCount(leafIndex, language))}`}
            onPress={check.run}
          >
            {words.check}
          </Button>
          <details className="inside">
            <summary>{words.says}</summary>
            <pre className="mono lines">{JSON.stringify(event, null, 2)}</pre>
          </details>
        </div>
      )}
      {told === null ? null : <Told told={told} />}
      {check.error ? <Failure error={check.error} /> : null}
    </li>
  );
}

function Told({ told }: { readonly told: Checked }) {
  const { ledger: words } = useWords(texts);
  const language = useLanguage();
  if (told.outcome === "good") {
    return (
      <p className="good" role="status">
        {words.good(showCount(told.size, language))}
      </p>
    );
  }
  return (
    <p className={told.outcome === "bad" ? "note bad" : "quiet small"} role="alert">
      {words.outcomes[told.outcome]}
    </p>
  );
}
