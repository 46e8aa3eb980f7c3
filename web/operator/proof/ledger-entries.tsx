import { useState } from "react";
import { useWords } from "../../shared/words.ts";
import { Listed, useList } from "../parts/list.tsx";
import { Empty } from "../parts/states.tsx";
import { assent } from "../service.ts";
import { proof as texts } from "../texts/proof.ts";
import type { Entry, Head } from "./check-ledger.ts";
import { LedgerEntry } from "./ledger-entry.tsx";

const PAGE = 100;

/** What entries are told apart by: the first word of their kind. */
const GROUPS = {
  consent: ["grant", "receipt", "template", "subject", "record", "invite", "invites"],
  searches: ["search", "alert"],
  photos: ["photo", "photos", "sighting", "objection"],
  access: ["account", "key", "webhook"],
} as const;
type Group = keyof typeof GROUPS | "instance" | "closed";
const ALL: readonly Group[] = ["consent", "searches", "photos", "access", "instance", "closed"];

/** The entries, the latest first; a kind may be picked among those that were read. */
export function LedgerEntries({ head }: { readonly head: Head }) {
  const { ledger: words } = useWords(texts);
  const [group, setGroup] = useState<Group | "all">("all");
  const list = useList(["ledger-entries"], async (page) =>
    assent.listEntries({ limit: PAGE, ...page }),
  );
  return (
    <section>
      <h2>{words.entries}</h2>
      <label className="choose">
        <span className="quiet small">{words.show}</span>
        <select value={group} onChange={({ target }) => setGroup(target.value as Group | "all")}>
          <option value="all">{words.all}</option>
          {ALL.map((one) => (
            <option key={one} value={one}>
              {words.groups[one]}
            </option>
          ))}
        </select>
      </label>
      <Listed
        list={list}
        empty={
          <Empty title={words.none}>
            <p>{words.noneMore}</p>
          </Empty>
        }
      >
        {(items) => {
          const shown = items.filter((one) => group === "all" || groupOf(one) === group);
          return (
            <>
              <p className="quiet small" role="status">
                {words.shown(shown.length, items.length)}
              </p>
              <ul className="entries">
                {shown.map((one) => (
                  <LedgerEntry key={one.id} entry={one} head={head} />
                ))}
              </ul>
            </>
          );
        }}
      </Listed>
    </section>
  );
}

function groupOf({ event }: Entry): Group {
  if (event === null) return "closed";
  const [first = ""] = String(event["kind"]).split(".");
  const found = Object.entries(GROUPS).find(([, words]) =>
    (words as readonly string[]).includes(first),
  );
  return found ? (found[0] as Group) : "instance";
}
