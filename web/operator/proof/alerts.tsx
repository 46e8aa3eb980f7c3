import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { Button, Toggle } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useAccountNames } from "../accounts/names.ts";
import { useCollections } from "../collection.tsx";
import { Listed, useList } from "../parts/list.tsx";
import { Empty } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent, type Item } from "../service.ts";
import { useMe } from "../session.tsx";
import { proof as texts } from "../texts/proof.ts";

const ALERTS_KEY = ["alerts"];

/** Who looked for one person again and again, for those who oversee it. */
export function Alerts() {
  const { alerts: words } = useWords(texts);
  const [unseen, setUnseen] = useState(true);
  const list = useList([...ALERTS_KEY, unseen], async (page) =>
    assent.listAlerts({ unseen: unseen ? "yes" : "no", ...page }),
  );
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.intro}</p>
      <Toggle on={unseen} onChange={setUnseen}>
        {words.unseen}
      </Toggle>
      <Listed
        list={list}
        empty={
          <Empty title={unseen ? words.noneUnseen : words.none}>
            <p>{words.noneMore}</p>
          </Empty>
        }
      >
        {(items) => (
          <ul className="entries">
            {items.map((one) => (
              <li key={one.id}>
                <OneAlert alert={one} />
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </>
  );
}

function OneAlert({ alert }: { readonly alert: Item<"listAlerts"> }) {
  const { alerts: words } = useWords(texts);
  const language = useLanguage();
  const client = useQueryClient();
  const { id: me } = useMe();
  const { data: collections = [] } = useCollections();
  const nameOf = useAccountNames();
  const { collection, account, subject, seenAt, seenBy } = alert;
  const seen = useAction(async () => {
    await assent.noteAlertSeen({ alert: alert.id });
    await client.invalidateQueries({ queryKey: ALERTS_KEY });
  });
  const name = collections.find(({ id }) => id === collection)?.name ?? collection;
  return (
    <>
      <strong>{words.what(alert.searches)}</strong>
      <span className="quiet small">
        {showMoment(alert.raisedAt, language)} · {name} · {words.who(nameOf(account))}
      </span>
      <span className="small">
        {words.person}:{" "}
        {subject === null ? (
          words.erased
        ) : (
          <Link to={`/app/c/${collection}/people/${subject}`}>{subject}</Link>
        )}{" "}
        · <Link to={`/app/c/${collection}/searches`}>{words.search}</Link>
      </span>
      {seenAt === null ? (
        <div className="row">
          {account === me ? (
            <span className="quiet small">{words.own}</span>
          ) : (
            <Button look="second" slim busy={seen.busy} onPress={seen.run}>
              {words.seen}
            </Button>
          )}
        </div>
      ) : (
        <span className="quiet small">
          {words.seenBy(seenBy === null ? "?" : nameOf(seenBy), showMoment(seenAt, language))}
        </span>
      )}
      {seen.error ? <Failure error={seen.error} /> : null}
    </>
  );
}
