import { useQuery } from "@tanstack/react-query";
import { each } from "../../../client/each.ts";
import { useWords } from "../../shared/words.ts";
import { Loaded } from "../parts/states.tsx";
import { assent } from "../service.ts";
import { proof as texts } from "../texts/proof.ts";
import type { Entry, Head } from "./check-ledger.ts";
import { LedgerEntry } from "./ledger-entry.tsx";

const PAGE = 200;
/** Entries looked through for the one that a link names: the record has no list by id. */
const ENTRIES_MAX = 4000;

/** The entry that another screen led to. */
export function LinkedEntry({ head, id }: { readonly head: Head; readonly id: string }) {
  const { ledger: words } = useWords(texts);
  const entry = useQuery({
    queryKey: ["ledger-entry", id],
    queryFn: async () => findEntry(id),
    staleTime: Infinity,
  });
  return (
    <section className="card">
      <h2>{words.linked}</h2>
      <Loaded query={entry}>
        {(found) =>
          found === null ? (
            <p>{words.notFound}</p>
          ) : (
            <ul className="entries">
              <LedgerEntry entry={found} head={head} />
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

async function findEntry(id: string): Promise<Entry | null> {
  let seen = 0;
  for await (const one of each(assent.listEntries, { limit: PAGE })) {
    if (one.id === id) return one;
    seen += 1;
    if (seen >= ENTRIES_MAX) break;
  }
  return null;
}
