import { useQuery } from "@tanstack/react-query";
import { useLanguage } from "../../shared/language.tsx";
import { useWords } from "../../shared/words.ts";
import { showCount } from "../parts/numbers.ts";
import { Loaded } from "../parts/states.tsx";
import { proof as texts } from "../texts/proof.ts";
import { checkGrowth, type Grown, type Head } from "./check-ledger.ts";
import { keep, readKept } from "./kept-checkpoint.ts";

/** Whether the record has only grown since this browser last looked; then the new state is kept. */
export function SinceLastTime({ head }: { readonly head: Head }) {
  const { ledger: words } = useWords(texts);
  const language = useLanguage();
  const grown = useQuery({
    queryKey: ["ledger-since", head.note],
    queryFn: async () => sinceLastTime(head),
    staleTime: Infinity,
  });
  return (
    <Loaded query={grown}>
      {(told) => {
        if (told === null) return <p className="quiet small">{words.firstTime}</p>;
        if (told.outcome === "grown") {
          return <p className="good">{words.grown(showCount(told.from, language))}</p>;
        }
        return (
          <p className="note bad" role="alert">
            {told.outcome === "bad" ? words.rewritten : words.otherRecord}
          </p>
        );
      }}
    </Loaded>
  );
}

async function sinceLastTime(head: Head): Promise<Grown | null> {
  const kept = readKept();
  const told = kept && (await checkGrowth(head, kept.note, kept.keys));
  // What contradicts stays as it was: the next look must find it too.
  if (!told || told.outcome === "grown") keep(head);
  return told;
}
