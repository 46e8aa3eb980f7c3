import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { useLanguage } from "../../shared/language.tsx";
import { showLanguage } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollections } from "../collection.tsx";
import { Select } from "../parts/fields.tsx";
import { Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { type Answer, assent, type Item, linkTo } from "../service.ts";
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
      <div className="filters">
        <Select
          label={words.language}
          value={language}
          onChange={setLanguage}
          options={LANGUAGES.map((one) => [one, words.languages[one]] as const)}
        />
      </div>
      <Loaded query={papers}>
        {({ items, missing }) => (
          <>
            {missing.length > 0 ? <Missing gaps={missing} /> : null}
            <ul className="entries">
              {items.map((paper) => (
                <Paper key={paper.name} paper={paper} language={language} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </>
  );
}

function Paper(of: { readonly paper: Item<"listPapers">; readonly language: PaperLanguage }) {
  const { papers: words } = useWords(texts);
  const reader = useLanguage();
  const { paper, language } = of;
  const { name, collection } = paper;
  const title = words.kinds[paper.kind];
  const written = paper.language === language ? null : showLanguage(paper.language, reader);
  return (
    <li>
      <strong>{title}</strong>
      {collection === null ? null : <span className="quiet">{collection}</span>}
      {written === null ? null : <span className="quiet small">{words.written(written)}</span>}
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
  );
}

type Gap = Answer<"listPapers">["missing"][number];

/** Where somebody says what is missing. */
function placeOf(kind: Gap["kind"], collection: string | undefined): string {
  if (kind === "operator") return "/app/organisation";
  if (kind === "collection") return "/app/collections/new";
  return collection === undefined ? "/app" : `/app/c/${collection}`;
}

function Missing({ gaps }: { readonly gaps: readonly Gap[] }) {
  const { papers: words } = useWords(texts);
  const { data: all = [] } = useCollections();
  return (
    <div className="note bad">
      <p>{words.missing}</p>
      <ul>
        {gaps.map(({ kind, collection }) => (
          <li key={`${kind} ${collection}`}>
            {words.gaps[kind](collection ?? "")}{" "}
            <Link to={placeOf(kind, all.find(({ name }) => name === collection)?.id)}>
              {words.sayIt}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
