import { Link } from "react-router";
import { useWords } from "../../shared/words.ts";
import { useCollections } from "../collection.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { library } from "../texts/library.ts";

/** Every collection in reach. */
export function Collections() {
  const { collections } = useWords(library);
  return (
    <>
      <Title>{collections.title}</Title>
      <Loaded query={useCollections()}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={collections.none}>
              <p>{collections.noneMore}</p>
            </Empty>
          ) : (
            all.map(({ id, name, purpose }) => (
              <div key={id} className="card">
                <h2>
                  <Link to={`/app/c/${id}`}>{name}</Link>
                </h2>
                <p>{purpose}</p>
              </div>
            ))
          )
        }
      </Loaded>
    </>
  );
}
