import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Heading } from "../shared/controls.tsx";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Failure, Loading, useAction } from "../shared/states.tsx";
import { showMoment } from "../shared/times.ts";
import type { Checked } from "./check-search.ts";
import { type Answer, ask } from "./service.ts";

type Search = Answer<"listOwnSearches">["items"][number];

/** Every search of a person's collections, each to be checked. */
export function MySearches({ subject }: { readonly subject: string }) {
  const { searches, more } = useTexts();
  const made = useInfiniteQuery({
    queryKey: ["me", "searches"],
    queryFn: async ({ pageParam }) =>
      ask("listOwnSearches", { subject, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const items = made.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <Heading>{searches.title}</Heading>
      <p>{searches.what}</p>
      {made.isPending ? <Loading /> : null}
      {made.error ? <Failure error={made.error} again={() => void made.refetch()} /> : null}
      {items?.length === 0 ? (
        <div className="card">
          <p>{searches.none}</p>
          <p className="quiet">{searches.noneMore}</p>
        </div>
      ) : null}
      {items?.map((search) => (
        <OneSearch key={search.id} subject={subject} search={search} />
      ))}
      {made.hasNextPage ? (
        <Button
          look="second"
          busy={made.isFetchingNextPage}
          onPress={() => void made.fetchNextPage()}
        >
          {more}
        </Button>
      ) : null}
    </>
  );
}

function OneSearch({ subject, search }: { readonly subject: string; readonly search: Search }) {
  const { searches } = useTexts();
  const language = useLanguage();
  const result = { match: searches.found, uncertain: searches.uncertain };
  return (
    <article className="card">
      <h2>{search.returned === null ? searches.notFound : result[search.returned]}</h2>
      <dl className="pair">
        <dt>{searches.when}</dt>
        <dd>{showMoment(search.startedAt, language)}</dd>
        <dt>{searches.why}</dt>
        <dd>{search.purpose}</dd>
        <dt>{searches.who}</dt>
        <dd>
          {searches.roles[search.role]} <code>{search.by}</code>
        </dd>
        <dt>{searches.where}</dt>
        <dd>{search.collection.name}</dd>
        <dt>{searches.kept}</dt>
        <dd>
          {search.keptUntil === null
            ? searches.notKept
            : searches.keptUntil(showMoment(search.keptUntil, language))}
        </dd>
      </dl>
      <Check subject={subject} search={search} />
    </article>
  );
}

function Check({ subject, search }: { readonly subject: string; readonly search: Search }) {
  const { searches } = useTexts();
  const [checked, setChecked] = useState<Checked | null>(null);
  const check = useAction(async () => {
    setChecked(null);
    const { checkSearch } = await import("./check-search.ts");
    setChecked(
      await checkSearch(search, {
        recorded: await ask("proveOwnSearch", { subject, search: search.id }),
        returned:
          search.entry === null
            ? null
            : await ask("proveOwnEntry", { subject, number: String(search.entry) }),
      }),
    );
  });
  return (
    <div className="stack">
      {checked === null ? null : <Result checked={checked} />}
      {check.error ? <Failure error={check.error} /> : null}
      {checked?.outcome === "good" ? null : (
        <Button look="second" slim busy={check.busy} onPress={check.run}>
          {check.busy ? searches.checking : searches.check}
        </Button>
      )}
    </div>
  );
}

function Result({ checked }: { readonly checked: Checked }) {
  const { searches } = useTexts();
  if (checked.outcome !== "good") {
    return (
      <div className="note bad" role="alert">
        <p>{checked.outcome === "bad" ? searches.bad : searches.differs}</p>
      </div>
    );
  }
  return (
    <div className="note" role="status">
      <p>{searches.good(checked.size)}</p>
      <details>
        <summary>{searches.text}</summary>
        <p className="mono">{checked.text}</p>
        <p className="small">
          {searches.place}: {checked.place}
        </p>
      </details>
    </div>
  );
}
