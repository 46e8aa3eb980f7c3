import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Done } from "../../shared/states.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { Confirm } from "../parts/confirm.tsx";
import { showCount } from "../parts/numbers.ts";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent, type Item } from "../service.ts";
import { useMay } from "../session.tsx";
import { instance } from "../texts/instance.ts";

type Line = Item<"planSweep">;

/** What reaches its end, before it goes; an owner need not wait for the night. */
export function Retention() {
  const { retention: words } = useWords(instance);
  const owner = useMay(["owner"]);
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [ran, setRan] = useState(false);
  const queryKey = ["retention"];
  const query = useQuery({ queryKey, queryFn: async () => assent.planSweep() });
  return (
    <>
      <Title>{words.title}</Title>
      <p>
        {words.what} <a href="/transparency">{words.schedule}</a>
      </p>
      {ran ? (
        <Done>
          <p>{words.ran}</p>
        </Done>
      ) : null}
      <Loaded query={query}>
        {({ items }) => (
          <Due
            lines={items.filter(({ count }) => count > 0)}
            onSweep={owner ? () => setAsking(true) : null}
          />
        )}
      </Loaded>
      {asking ? (
        <Confirm
          title={words.runTitle}
          gone={(query.data?.items ?? [])
            .filter(({ count }) => count > 0)
            .map(({ kind, count }) => `${words.kinds[kind]?.[0] ?? kind}: ${count}`)}
          yes={words.run}
          action={async () => {
            await assent.sweepNow();
            setRan(true);
            await client.invalidateQueries({ queryKey });
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}

function Due(of: { readonly lines: readonly Line[]; readonly onSweep: (() => void) | null }) {
  const { retention: words } = useWords(instance);
  const language = useLanguage();
  if (of.lines.length === 0) {
    return (
      <Empty title={words.none}>
        <p>{words.noneMore}</p>
      </Empty>
    );
  }
  return (
    <>
      <ul className="rows">
        {of.lines.map(({ kind, count, oldest }) => {
          const [title = kind, what = ""] = words.kinds[kind] ?? [];
          return (
            <li key={kind}>
              <div className="what">
                <span className="name">{title}</span>
                <span className="quiet small">{what}</span>
                {oldest === null ? null : (
                  <span className="quiet small">{words.oldest(showDay(oldest, language))}</span>
                )}
              </div>
              <strong>{showCount(count, language)}</strong>
            </li>
          );
        })}
      </ul>
      {of.onSweep ? (
        <Button look="danger" onPress={of.onSweep}>
          {words.run}
        </Button>
      ) : (
        <p className="quiet small">{words.ownerOnly}</p>
      )}
    </>
  );
}
