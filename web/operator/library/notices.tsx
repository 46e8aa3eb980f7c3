import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { showLanguage } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import type { Collection } from "../collection.tsx";
import { LongField, Select } from "../parts/fields.tsx";
import { Loaded } from "../parts/states.tsx";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { library } from "../texts/library.ts";

type Language = "en" | "nl";

/** Languages in which the service writes a whole notice, in their own words. */
export const LANGUAGES: readonly (readonly [Language, string])[] = [
  ["en", "English"],
  ["nl", "Nederlands"],
];

/** What people are told before they say yes: the notices in force, and the next version of one. */
export function Notices({ collection }: { readonly collection: Collection }) {
  const { notices: words } = useWords(library);
  const language = useLanguage();
  const { id, closed } = collection;
  const notices = useQuery({
    queryKey: ["notices", id],
    queryFn: async () => assent.listNotices({ collection: id }),
  });
  const publishes = useMay(["owner"]) && !closed;
  return (
    <section className="section">
      <h2>{words.title}</h2>
      <Loaded query={notices}>
        {({ items }) =>
          items.map((one) => (
            <details key={one.id}>
              <summary>{words.version(showLanguage(one.language, language), one.version)}</summary>
              <p className="lines">{one.body}</p>
            </details>
          ))
        }
      </Loaded>
      {publishes ? <Publish collection={id} /> : null}
    </section>
  );
}

/** The next version while it is written: it is published once somebody has seen what it would say. */
function useWriting(collection: string) {
  const client = useQueryClient();
  const [text, setText] = useState<{ readonly language: Language; readonly own: string }>({
    language: "en",
    own: "",
  });
  const [seen, setSeen] = useState<string | null>(null);
  const [published, setPublished] = useState(false);
  const { language, own } = text;
  const asked = { collection, language, own: own.trim() === "" ? null : own };
  const act = useAction(async (what: "preview" | "publish") => {
    setPublished(false);
    if (what === "preview") {
      setSeen((await assent.previewNotice(asked)).body);
      return;
    }
    await assent.publishNotice(asked);
    await client.invalidateQueries({ queryKey: ["notices", collection] });
    setSeen(null);
    setPublished(true);
  });
  const change = (changes: Partial<typeof text>): void => {
    setText({ ...text, ...changes });
    setSeen(null);
  };
  return { text, change, seen, published, act };
}

function Publish({ collection }: { readonly collection: string }) {
  const { notices: words } = useWords(library);
  const { text, change, seen, published, act } = useWriting(collection);
  return (
    <details>
      <summary>{words.next}</summary>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.run("preview");
        }}
      >
        <p className="small">{words.nextMore}</p>
        <Select
          label={words.language}
          value={text.language}
          onChange={(language) => change({ language })}
          options={LANGUAGES}
        />
        <LongField
          label={words.own}
          help={words.ownHelp}
          name="own"
          value={text.own}
          onChange={(own) => change({ own })}
          required={false}
        />
        {act.error ? <Failure error={act.error} /> : null}
        <div className="row">
          <Button type="submit" look="second" busy={act.busy}>
            {words.preview}
          </Button>
          {seen === null ? null : (
            <Button busy={act.busy} onPress={() => act.run("publish")}>
              {words.publish}
            </Button>
          )}
        </div>
        {published ? (
          <Done>
            <p>{words.published}</p>
          </Done>
        ) : null}
        {seen === null ? null : <p className="card lines">{seen}</p>}
      </form>
    </details>
  );
}
