import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useWords } from "../../shared/words.ts";
import { type Collection, COLLECTIONS_KEY, useCollection } from "../collection.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Title } from "../parts/title.tsx";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { library } from "../texts/library.ts";
import { ChangeTerms } from "./change-terms.tsx";
import { HealthFigures } from "./health-figures.tsx";
import { Limits } from "./limits.tsx";
import { Notices } from "./notices.tsx";

/** How a collection is, what it is for, the rules that guard it, and its notices. */
export function Overview() {
  const { overview: words } = useWords(library);
  const collection = useCollection();
  return (
    <>
      <Title>{collection.name}</Title>
      <HealthFigures collection={collection.id} />
      <section className="section">
        <h2>{words.about}</h2>
        <Rules collection={collection} />
        <ChangeTerms collection={collection} />
      </section>
      <Notices collection={collection} />
      <Limits collection={collection} />
      {collection.closed ? null : <Close collection={collection} />}
    </>
  );
}

function Rules({ collection }: { readonly collection: Collection }) {
  const { overview: words } = useWords(library);
  const { purpose, contact, sceneBasis, alternative, retentionDays, ageFloor, pack } = collection;
  return (
    <dl className="pair">
      <dt>{words.purpose}</dt>
      <dd>{purpose}</dd>
      <dt>{words.contact}</dt>
      <dd>{contact}</dd>
      <dt>{words.basis}</dt>
      <dd>{sceneBasis ?? words.noBasis}</dd>
      <dt>{words.alternative}</dt>
      <dd>{alternative === "" ? words.noAlternative : alternative}</dd>
      <dt>{words.retention}</dt>
      <dd>{words.days(retentionDays)}</dd>
      <dt>{words.age}</dt>
      <dd>{ageFloor}</dd>
      <dt>{words.pack}</dt>
      <dd>{pack}</dd>
    </dl>
  );
}

function Close({ collection: { id, name } }: { readonly collection: Collection }) {
  const { overview: words } = useWords(library);
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  if (!useMay(["owner"])) return null;
  const close = async (): Promise<void> => {
    await assent.closeCollection({ collection: id });
    await client.invalidateQueries();
    await client.invalidateQueries({ queryKey: COLLECTIONS_KEY });
  };
  return (
    <section className="section">
      <h2>{words.close}</h2>
      <p>{words.closeMore}</p>
      <Button look="danger" onPress={() => setAsking(true)}>
        {words.close}
      </Button>
      {asking ? (
        <Confirm
          title={words.closeTitle(name)}
          gone={words.closeGone}
          yes={words.closeYes}
          action={close}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </section>
  );
}
