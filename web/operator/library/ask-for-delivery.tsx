import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { Button, Field } from "../../shared/controls.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { Ticks } from "../parts/fields.tsx";
import { Listed, useList } from "../parts/list.tsx";
import { Empty } from "../parts/states.tsx";
import { assent, type Item } from "../service.ts";
import { library } from "../texts/library.ts";
import { deliveriesKey } from "./deliveries-key.ts";

/** People on a page: enough for a class or a party. */
const PAGE = 200;

/**
 * Whose photos to pack. Others' screens may lead here with people chosen already:
 * `?people=sub_1,sub_2`.
 */
export function AskForDelivery({ collection }: { readonly collection: string }) {
  const { deliveries: words } = useWords(library);
  const client = useQueryClient();
  const [query] = useSearchParams();
  const [chosen, setChosen] = useState<readonly string[]>(
    () => query.get("people")?.split(",").filter(Boolean) ?? [],
  );
  const [filter, setFilter] = useState("");
  const people = useList(["people", collection, "to deliver"], async (page) =>
    assent.listPeople({ collection, limit: PAGE, ...page }),
  );
  const ask = useAction(async () => {
    await assent.makeDelivery({ collection, subjects: [...chosen] });
    setChosen([]);
    await client.invalidateQueries({ queryKey: deliveriesKey(collection) });
  });
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        ask.run();
      }}
    >
      <h2>{words.ask}</h2>
      <Listed
        list={people}
        empty={
          <Empty title={words.nobody}>
            <p>{words.nobodyMore}</p>
          </Empty>
        }
      >
        {(items) => (
          <>
            <Field
              label={words.filter}
              name="filter"
              value={filter}
              onChange={setFilter}
              required={false}
            />
            <Ticks
              label={words.whose}
              value={chosen}
              onChange={setChosen}
              options={optionsOf(items, filter, chosen)}
            />
          </>
        )}
      </Listed>
      {ask.error ? <Failure error={ask.error} /> : null}
      {(people.items?.length ?? 0) === 0 ? null : (
        <>
          {chosen.length === 0 ? <p className="quiet small">{words.chooseFirst}</p> : null}
          <Button type="submit" busy={ask.busy || chosen.length === 0}>
            {words.askYes(chosen.length)}
          </Button>
        </>
      )}
    </form>
  );
}

/** Who consents now and fits the filter; whoever is chosen stays in sight. */
function optionsOf(
  people: readonly Item<"listPeople">[],
  filter: string,
  chosen: readonly string[],
): readonly (readonly [subject: string, name: string])[] {
  const wanted = filter.trim().toLocaleLowerCase();
  return people
    .filter(({ grant }) => grant.state === "granted")
    .map(({ id, name }) => [id, name ?? id] as const)
    .filter(([id, name]) => chosen.includes(id) || name.toLocaleLowerCase().includes(wanted));
}
