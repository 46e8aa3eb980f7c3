import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { assent } from "../service.ts";
import { guide } from "../texts/guide.ts";
import { FIRST_RUN_KEY, type FirstRun } from "./progress.ts";

/** The whole notice, written from what was said: read first, then published. */
export function NoticeStep({ run }: { readonly run: FirstRun }) {
  const { notice: words, needsCollection } = useWords(guide);
  if (run.operator === null) return <p className="quiet">{words.needs}</p>;
  if (run.collection === null) return <p className="quiet">{needsCollection}</p>;
  if (run.wholeNotice) {
    const languages = run.notices.map(({ language }) => words.names[language] ?? language);
    return <p>{words.done(languages.join(", "))}</p>;
  }
  const first = run.notices[0]?.body ?? null;
  return <Publish collection={run.collection.id} first={first} />;
}

function Publish({
  collection,
  first,
}: {
  readonly collection: string;
  readonly first: string | null;
}) {
  const { notice: words } = useWords(guide);
  const language = useLanguage();
  const client = useQueryClient();
  const [shown, setShown] = useState<string | null>(null);
  // The lines that the collection was made with stay on top.
  const asked = { collection, language, own: first };
  const preview = useAction(async () => {
    setShown((await assent.previewNotice(asked)).body);
  });
  const publish = useAction(async () => {
    await assent.publishNotice(asked);
    await client.invalidateQueries({ queryKey: FIRST_RUN_KEY });
    await client.invalidateQueries({ queryKey: ["notices", collection] });
  });
  const failure: unknown = preview.error ?? publish.error;
  return (
    <>
      {first === null ? null : <p>{words.first}</p>}
      {shown === null ? null : <div className="note lines notice-text">{shown}</div>}
      {failure === null ? null : <Failure error={failure} />}
      <div className="row">
        <Button look="second" slim busy={preview.busy} onPress={preview.run}>
          {words.preview}
        </Button>
        <Button slim busy={publish.busy} onPress={publish.run}>
          {words.publish(words.names[language] ?? language)}
        </Button>
      </div>
    </>
  );
}
