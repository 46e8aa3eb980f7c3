import { Toggle } from "../../shared/controls.tsx";
import { useWords } from "../../shared/words.ts";
import { type KeyTable, useKeyChoice, useKeys } from "../library/viewer-keys.ts";
import { search as texts } from "../texts/search.ts";

/** What single keys do while one reviews, and the switch for them. */
export function ReviewKeys({ table }: { readonly table: KeyTable }) {
  const { reviews: words } = useWords(texts);
  const { on, choose } = useKeyChoice();
  useKeys(on, table);
  return (
    <details className="keys">
      <summary>{words.keys}</summary>
      <Toggle on={on} onChange={choose}>
        {words.keysOn}
      </Toggle>
      <dl className="pair small">
        {words.keyTable.map(([keys, does]) => (
          <div key={keys} className="key-row">
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
