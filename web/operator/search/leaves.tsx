import { useLanguage } from "../../shared/language.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { search as texts } from "../texts/search.ts";

/** What a search leaves behind: said before it is made. */
export function Leaves(of: { readonly what: "photo" | "video"; readonly until: string | null }) {
  const { search, keep: words } = useWords(texts);
  const language = useLanguage();
  const probe =
    of.until === null || of.until === ""
      ? words.leaves[of.what]
      : words.leavesKept[of.what](showDay(of.until, language));
  return (
    <div className="note">
      <p>{search.leaves}</p>
      <ul className="small">
        {[...search.leavesList, probe].map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
