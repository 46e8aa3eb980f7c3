import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { NOTE_LENGTH_MAX } from "../../../src/verify/note.ts";
import { DropZone } from "../parts/drop-zone.tsx";
import { showCount } from "../parts/numbers.ts";
import { proof as texts } from "../texts/proof.ts";
import { checkGrowth, type Grown, type Head } from "./check-ledger.ts";

/** A checkpoint that somebody kept is held against the record as it is now. */
export function CompareCheckpoint({ head }: { readonly head: Head }) {
  const { ledger: words } = useWords(texts);
  const language = useLanguage();
  const [told, setTold] = useState<Grown | null>(null);
  const compare = useAction(async (file: File) => {
    setTold(null);
    const tooLong = file.size > NOTE_LENGTH_MAX;
    setTold(tooLong ? { outcome: "stranger" } : await checkGrowth(head, await file.text()));
  });
  const take = (files: FileList | null): void => {
    const [first] = files ?? [];
    if (first) compare.run(first);
  };
  return (
    <section>
      <h2>{words.compare}</h2>
      <DropZone onDrop={({ files }) => take(files)}>
        <p>{words.compareMore}</p>
        <div className="row">
          <FileTrigger onSelect={take}>
            <Button look="second" busy={compare.busy}>
              {words.chooseCheckpoint}
            </Button>
          </FileTrigger>
        </div>
      </DropZone>
      {told === null ? null : told.outcome === "grown" ? (
        <p className="note" role="status">
          {words.comparedGood(showCount(told.from, language), showCount(told.to, language))}
        </p>
      ) : (
        <p className="note bad" role="alert">
          {told.outcome === "bad" ? words.rewritten : words.notOurs}
        </p>
      )}
      {compare.error ? <Failure error={compare.error} /> : null}
    </section>
  );
}
