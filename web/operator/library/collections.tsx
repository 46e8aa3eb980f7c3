import { Link } from "react-router";
import { useWords } from "../../shared/words.ts";
import { type Collection, useCollections } from "../collection.tsx";
import { GuideCard } from "../guide/guide-card.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { useMay } from "../session.tsx";
import { library } from "../texts/library.ts";
import { HealthLine } from "./health-figures.tsx";

/** Every collection in reach, each with how it is. */
export function Collections() {
  const { collections: words } = useWords(library);
  const isOwner = useMay(["owner"]);
  const make = isOwner ? (
    <Link className="button first slim" to="/app/collections/new">
      {words.make}
    </Link>
  ) : null;
  return (
    <>
      <Title beside={make}>{words.title}</Title>
      <GuideCard />
      <Loaded query={useCollections()}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={words.none}>
              <p>{isOwner ? words.noneMore : words.noneYours}</p>
            </Empty>
          ) : (
            all.map((one) => <Card key={one.id} collection={one} />)
          )
        }
      </Loaded>
    </>
  );
}

function Card({ collection }: { readonly collection: Collection }) {
  const { collections: words } = useWords(library);
  const { id, name, purpose, closed } = collection;
  return (
    <div className="card">
      <h2>
        <Link to={`/app/c/${id}`}>{name}</Link>
      </h2>
      <p className="quiet">{purpose}</p>
      {closed ? <p className="small">{words.closed}</p> : null}
      <HealthLine collection={id} />
    </div>
  );
}
