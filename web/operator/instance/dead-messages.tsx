import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { Listed, useList } from "../parts/list.tsx";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { instance } from "../texts/instance.ts";

/** Messages that were given up, of every collection, to be sent once more. */
export function DeadMessages() {
  const { webhooks: words } = useWords(instance);
  const language = useLanguage();
  const owner = useMay(["owner"]);
  const client = useQueryClient();
  const [sent, setSent] = useState<number | null>(null);
  const list = useList(["webhooks", "dead"], async (page) => assent.listDeadMessages(page));
  const replay = useAction(async (message: string | null) => {
    const { messages } = await (message === null
      ? assent.replayMessages()
      : assent.replayMessage({ message }));
    setSent(messages);
    await client.invalidateQueries({ queryKey: ["webhooks"] });
  });
  return (
    <section className="section">
      <h2>{words.dead}</h2>
      {replay.error ? <Failure error={replay.error} /> : null}
      {sent === null ? null : (
        <Done>
          <p>{words.replayed(sent)}</p>
        </Done>
      )}
      <Listed list={list} empty={<p className="quiet">{words.noDead}</p>}>
        {(all) => (
          <>
            <p>{words.deadWhat}</p>
            {owner ? (
              <div className="row">
                <Button look="second" slim busy={replay.busy} onPress={() => replay.run(null)}>
                  {words.replayAll}
                </Button>
              </div>
            ) : null}
            <ul className="rows">
              {all.map(({ id, kind, url, attempts, lastStatus, createdAt }) => {
                const what = words.kinds[kind] ?? kind;
                const when = showMoment(createdAt, language);
                const answer = lastStatus === null ? words.noAnswer : words.status(lastStatus);
                return (
                  <li key={id}>
                    <div className="what">
                      <span>{what}</span>
                      <span className="quiet small">
                        {when}, {words.attempts(attempts)}, {answer}
                      </span>
                      <code>{url}</code>
                    </div>
                    {owner ? (
                      <Button
                        look="second"
                        slim
                        label={`${words.replay}: ${what}, ${when}`}
                        busy={replay.busy}
                        onPress={() => replay.run(id)}
                      >
                        {words.replay}
                      </Button>
                    ) : null}
                  </li>
                );
              })}
            </ul>
          </>
        )}
      </Listed>
    </section>
  );
}
