import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Title } from "../parts/title.tsx";
import { library } from "../texts/library.ts";

/** What a collection is for, and the rules that guard it. */
export function Overview() {
  const { overview } = useWords(library);
  const { name, purpose, contact, sceneBasis, retentionDays, ageFloor, pack } = useCollection();
  return (
    <>
      <Title>{name}</Title>
      <dl className="pair">
        <dt>{overview.purpose}</dt>
        <dd>{purpose}</dd>
        <dt>{overview.contact}</dt>
        <dd>{contact}</dd>
        <dt>{overview.basis}</dt>
        <dd>{sceneBasis ?? overview.noBasis}</dd>
        <dt>{overview.retention}</dt>
        <dd>{overview.days(retentionDays)}</dd>
        <dt>{overview.age}</dt>
        <dd>{ageFloor}</dd>
        <dt>{overview.pack}</dt>
        <dd>{pack}</dd>
      </dl>
    </>
  );
}
