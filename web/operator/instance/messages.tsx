import { useLanguage } from "../../shared/language.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Tag } from "../parts/fields.tsx";
import { Listed, useList } from "../parts/list.tsx";
import { assent } from "../service.ts";
import { instance } from "../texts/instance.ts";

/** What is on its way shows up as it arrives. */
const REFETCH_MS = 10_000;

/** What an endpoint was told, and what waits for it. */
export function Messages({ webhook }: { readonly webhook: string }) {
  const { webhooks: words } = useWords(instance);
  const language = useLanguage();
  const { id: collection } = useCollection();
  const list = useList(
    ["webhooks", collection, "messages", webhook],
    async (page) => assent.listMessages({ collection, webhook, ...page }),
    { refetchMs: REFETCH_MS },
  );
  return (
    <Listed list={list} empty={<p className="quiet">{words.noMessages}</p>}>
      {(all) => (
        <ul className="rows">
          {all.map(({ id, kind, state, attempts, lastStatus, createdAt }) => (
            <li key={id}>
              <div className="what">
                <span>{words.kinds[kind] ?? kind}</span>
                <span className="quiet small">
                  {[
                    showMoment(createdAt, language),
                    ...(attempts === 0 ? [] : [words.attempts(attempts)]),
                    ...(lastStatus === null ? [] : [words.status(lastStatus)]),
                  ].join(", ")}
                </span>
              </div>
              <Tag look={state === "delivered" ? "good" : state === "dead" ? "bad" : "quiet"}>
                {words.states[state]}
              </Tag>
            </li>
          ))}
        </ul>
      )}
    </Listed>
  );
}
