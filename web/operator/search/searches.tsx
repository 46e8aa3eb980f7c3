import { Link } from "react-router";
import { useLanguage } from "../../shared/language.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useAccountNames } from "../accounts/names.ts";
import { useCollection } from "../collection.tsx";
import { Listed, useList } from "../parts/list.tsx";
import { Empty } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent } from "../service.ts";
import { useMay, useMe } from "../session.tsx";
import { OVERSEERS, WORKERS } from "../screens/screen.ts";
import { search as texts } from "../texts/search.ts";
import { KeptProbe } from "./kept-probe.tsx";

/** Searches of a collection: one's own, or everybody's for those who oversee them. */
export function Searches() {
  const { searches: words } = useWords(texts);
  const language = useLanguage();
  const { id: collection } = useCollection();
  const { id: me } = useMe();
  const nameOf = useAccountNames();
  const oversees = useMay(OVERSEERS);
  const works = useMay(WORKERS);
  const list = useList(["searches", collection], async (page) =>
    assent.listSearches({ collection, ...page }),
  );
  const toSearch = works ? (
    <Link className="button second slim" to={`/app/c/${collection}/search`}>
      {words.toSearch}
    </Link>
  ) : null;
  return (
    <>
      <Title beside={toSearch}>{words.title}</Title>
      <p>{oversees ? words.all : words.own}</p>
      <Listed
        list={list}
        empty={
          <Empty title={words.none}>
            <p>{words.noneMore}</p>
          </Empty>
        }
      >
        {(items) => (
          <ul className="entries">
            {items.map((one) => (
              <li key={one.id}>
                <strong>{one.purpose}</strong>
                <span className="quiet small">
                  {showMoment(one.startedAt, language)} · {words.by}{" "}
                  {one.by === me
                    ? words.you
                    : one.by.startsWith("aky_")
                      ? words.program
                      : nameOf(one.by)}{" "}
                  · {words.faces}: {one.faces} · {words.returned}: {one.returned}
                </span>
                {one.entry !== null && oversees ? (
                  <Link className="small" to={`/app/ledger?entry=${one.entry}`}>
                    {words.check}
                  </Link>
                ) : null}
                {one.probe === null ? null : (
                  <KeptProbe collection={collection} search={one} probe={one.probe} />
                )}
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </>
  );
}
