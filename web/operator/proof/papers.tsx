import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLanguage } from "../../shared/language.tsx";
import { useWords } from "../../shared/words.ts";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent, linkTo } from "../service.ts";
import { proof as texts } from "../texts/proof.ts";

const LANGUAGES = ["en", "nl"] as const;
type PaperLanguage = (typeof LANGUAGES)[number];

/** The papers that the law wants, to read and to take along. */
export function Papers() {
  const { papers: words } = useWords(texts);
  const [language, setLanguage] = useState<PaperLanguage>(useLanguage());
  const papers = useQuery({
    queryKey: ["papers", language],
    queryFn: async () => assent.listPapers({ language }),
  });
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.intro}</p>
      <label className="choose">
        <span className="quiet small">{words.language}</span>
        <select
          value={language}
          onChange={({ target }) => setLanguage(target.value as PaperLanguage)}
        >
          {LANGUAGES.map((one) => (
            <option key={one} value={one}>
              {words.languages[one]}
            </option>
          ))}
        </select>
      </label>
      <Loaded query={papers}>
        {({ items, missing }) => (
          <>
            {missing.length > 0 ? <Missing lines={missing} /> : null}
            {items.length === 0 ? (
              <Empty title={words.none}>
                <p>{words.noneMore}</p>
              </Empty>
            ) : (
              <ul className="entries">
                {items.map(({ name, title, collection }) => (
                  <li key={name}>
                    <strong>{title}</strong>
                    {collection === null ? null : <span className="quiet">{collection}</span>}
                    <div className="row">
                      <a href={linkTo("getPaperPage", { paper: name, language })} target="_blank">
                        {words.read}
                        <span className="hidden">
                          : {title} {collection}
                        </span>
                      </a>
                      <a href={linkTo("getPaperPdf", { paper: name, language })} download>
                        {words.pdf}
                        <span className="hidden">
                          : {title} {collection}
                        </span>
                      </a>
                    </div>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function Missing({ lines }: { readonly lines: readonly string[] }) {
  const { papers: words } = useWords(texts);
  return (
    <div className="note bad">
      <p>{words.missing}</p>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
