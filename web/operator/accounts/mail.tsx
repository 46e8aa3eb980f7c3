import { useQuery } from "@tanstack/react-query";
import { useLanguage } from "../../shared/language.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { Tag } from "../parts/fields.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent } from "../service.ts";
import { accounts } from "../texts/accounts.ts";

/** What waits shows up as it is sent. */
const REFETCH_MS = 10_000;

/** The newest messages to people, and what became of them. */
export function MailQueue() {
  const { mail: words } = useWords(accounts);
  const language = useLanguage();
  const query = useQuery({
    queryKey: ["mail"],
    queryFn: async () => assent.listMail(),
    refetchInterval: REFETCH_MS,
  });
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.what}</p>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.none}>
              <p>{words.noneMore}</p>
            </Empty>
          ) : (
            <ul className="rows">
              {items.map(({ id, kind, state, attempts, nextAt, errorCode, createdAt }) => (
                <li key={id}>
                  <div className="what">
                    <span>{words.kinds[kind] ?? kind}</span>
                    <span className="quiet small">
                      {words.madeAt(showMoment(createdAt, language))}
                      {attempts === 0 ? "" : `, ${words.attempts(attempts)}`}
                      {state === "waiting" && attempts > 0
                        ? `, ${words.next(showMoment(nextAt, language))}`
                        : ""}
                    </span>
                    {errorCode === null ? null : <span className="error-code">{errorCode}</span>}
                  </div>
                  <Tag look={state === "sent" ? "good" : state === "dead" ? "bad" : "quiet"}>
                    {words.states[state]}
                  </Tag>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
