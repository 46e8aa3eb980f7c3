import { useEffect, useState } from "react";
import { Link } from "react-router";
import { Field } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Select, Tag } from "../parts/fields.tsx";
import { Listed, useList } from "../parts/list.tsx";
import { Empty } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { WORKERS } from "../screens/screen.ts";
import { assent, type Item } from "../service.ts";
import { useMay } from "../session.tsx";
import { people } from "../texts/people.ts";

type Person = Item<"listPeople">;
type State = Exclude<Person["grant"]["state"], "erased">;

/** As many as the service gives at once. */
const PAGE = 200;
/** Somebody who types is not asked about after each letter. */
const TYPING_MS = 300;

/** Everybody of a collection, and how their consent stands. */
export function People() {
  const { list: words } = useWords(people);
  const { id, closed } = useCollection();
  const works = useMay(WORKERS);
  const [state, setState] = useState<State | "all">("all");
  const [typed, setTyped] = useState("");
  const list = usePeople(id, state, useSettled(typed.trim()));
  return (
    <>
      <Title beside={works && !closed ? <Doors id={id} /> : null}>{words.title}</Title>
      <Filters {...{ state, setState, typed, setTyped, named: works }} />
      <Listed
        list={list}
        empty={
          state === "all" && typed.trim() === "" ? (
            <Empty title={words.none}>
              <p>{words.noneMore}</p>
            </Empty>
          ) : (
            <Nobody busy={list.isFetching || list.hasNextPage} />
          )
        }
      >
        {(all) => <Rows all={all} />}
      </Listed>
    </>
  );
}

/** Names are sealed: the service looks through some at a time, and is asked on until a page is full. */
function usePeople(collection: string, state: State | "all", name: string) {
  const list = useList(["people", collection, state, name], async (page) =>
    assent.listPeople({
      collection,
      limit: PAGE,
      ...page,
      ...(state === "all" ? {} : { state }),
      ...(name === "" ? {} : { name }),
    }),
  );
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = list;
  const found = data?.pages.reduce((sum, { items }) => sum + items.length, 0) ?? 0;
  const goesOn = name !== "" && found < PAGE && hasNextPage && !isFetching && !isError;
  useEffect(() => {
    if (goesOn) void fetchNextPage();
  }, [goesOn, fetchNextPage]);
  return list;
}

/** What was typed, once somebody has stopped to. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}

function Doors({ id }: { readonly id: string }) {
  const { list: words } = useWords(people);
  return (
    <div className="row ways">
      <Link className="button second slim" to={`/app/c/${id}/invites`}>
        {words.invite}
      </Link>
      <Link className="button second slim" to={`/app/c/${id}/people/lists`}>
        {words.addMany}
      </Link>
      <Link className="button first slim" to={`/app/c/${id}/people/new`}>
        {words.add}
      </Link>
    </div>
  );
}

function Filters(of: {
  readonly state: State | "all";
  readonly setState: (state: State | "all") => void;
  readonly typed: string;
  readonly setTyped: (typed: string) => void;
  readonly named: boolean;
}) {
  const { list: words, states } = useWords(people);
  return (
    <div className="filters">
      {of.named ? (
        <Field
          label={words.filter}
          name="filter"
          value={of.typed}
          onChange={of.setTyped}
          required={false}
        />
      ) : null}
      <Select
        label={words.state}
        value={of.state}
        onChange={of.setState}
        options={[
          ["all", words.all],
          ["granted", states.granted],
          ["paused", states.paused],
          ["withdrawn", states.withdrawn],
          ["expired", states.expired],
        ]}
      />
    </div>
  );
}

/** Nobody fits, as far as the names were looked through. */
function Nobody({ busy }: { readonly busy: boolean }) {
  const { list: words } = useWords(people);
  return busy ? <p role="status">{words.reading}</p> : <NobodySo />;
}

function Rows({ all }: { readonly all: readonly Person[] }) {
  const { list: words, states } = useWords(people);
  const language = useLanguage();
  return (
    <ul className="rows">
      {all.map(({ id, name, contact, enrolled, grant }) => (
        <li key={id}>
          <div className="what">
            <Link className="name" to={id}>
              {name ?? id}
            </Link>
            <span className="quiet small">{contact ?? words.noName}</span>
          </div>
          <div className="row">
            {enrolled || grant.endedAt !== null ? null : <Tag look="bad">{words.noFace}</Tag>}
            <span className="quiet small">
              {grant.endedAt === null
                ? words.until(showDay(grant.expiresAt, language))
                : words.ended(showDay(grant.endedAt, language))}
            </span>
            <Tag look={grant.state === "granted" ? "good" : "quiet"}>{states[grant.state]}</Tag>
          </div>
        </li>
      ))}
    </ul>
  );
}

function NobodySo() {
  const { list: words } = useWords(people);
  return (
    <Empty title={words.noneSo}>
      <p>{words.noneSoMore}</p>
    </Empty>
  );
}
