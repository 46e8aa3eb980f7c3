import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { type Answer, assent } from "../service.ts";
import { search as texts } from "../texts/search.ts";
import { Candidate } from "./candidate.tsx";
import { FaceCut } from "./face-cut.tsx";
import type { Probe } from "./probe.ts";

type Found = Answer<"searchByPhoto">;
type Face = Found["faces"][number];

/** What a search said: each face that was compared, with the one person it may be. */
export function SearchAnswer(of: {
  readonly probe: Probe;
  readonly found: Found;
  readonly twoPerson: boolean;
}) {
  const { search: words } = useWords(texts);
  const heading = useRef<HTMLHeadingElement>(null);
  const pack = usePack();
  useEffect(() => heading.current?.focus(), []);
  const faces = of.found.faces.map((face, index) => ({ face, number: index + 1 }));
  // Not compared for want of pointing at it, rather than of quality: there is nothing to say.
  const asked = faces.filter(({ face }) => face.verdict !== "not_compared" || face.problems.length);
  const shown = asked.length > 0 ? asked : faces;
  const hits = shown.filter(({ face }) => face.verdict === "match" || face.verdict === "uncertain");
  return (
    <section>
      <h2 ref={heading} tabIndex={-1}>
        {hits.length > 0 ? words.found(hits.length) : words.foundNone}
      </h2>
      <p className="note">{hits.length > 0 ? words.candidates : words.noneMore}</p>
      {of.twoPerson && hits.length > 0 ? <p className="note">{words.twoPerson}</p> : null}
      <p className="quiet small">{words.recorded(of.found.search)}</p>
      {shown.map(({ face, number }) =>
        face.verdict === "match" || face.verdict === "uncertain" ? (
          <Candidate key={number} probe={of.probe} number={number} face={face} pack={pack} />
        ) : (
          <Nobody key={number} probe={of.probe} number={number} face={face} />
        ),
      )}
    </section>
  );
}

function Nobody(of: { readonly probe: Probe; readonly number: number; readonly face: Face }) {
  const { search: words } = useWords(texts);
  const { face, number, probe } = of;
  const compared = face.verdict === "none";
  return (
    <article className="card candidate">
      <div className="pair-of-faces">
        <FaceCut href={probe.address} box={face.box} alt={words.probeFace(number)} />
      </div>
      <div>
        <h3>{compared ? words.nobodyHere : words.notCompared}</h3>
        <p>{compared ? words.nobodyHereMore : words.notComparedMore}</p>
        <ul className="small">
          {face.problems.map((code) => (
            <li key={code}>{words.problems[code] ?? code}</li>
          ))}
        </ul>
      </div>
    </article>
  );
}

/** The pack of this collection, once it is known. */
function usePack() {
  const { pack } = useCollection();
  const packs = useQuery({
    queryKey: ["packs"],
    queryFn: async () => assent.listPacks({}),
    staleTime: Infinity,
  });
  return packs.data?.items.find(({ name }) => name === pack) ?? null;
}
