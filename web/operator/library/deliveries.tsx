import { useQuery } from "@tanstack/react-query";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { WORKERS } from "../screens/screen.ts";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { library } from "../texts/library.ts";
import { AskForDelivery } from "./ask-for-delivery.tsx";
import { deliveriesKey } from "./deliveries-key.ts";
import { OneDelivery } from "./one-delivery.tsx";

/** Photos of people, packed for them with everybody else blurred: asked for here, and fetched. */
export function Deliveries() {
  const { deliveries: words } = useWords(library);
  const { id, closed } = useCollection();
  const works = useMay(WORKERS);
  const list = useQuery({
    queryKey: deliveriesKey(id),
    queryFn: async () => assent.listDeliveries({ collection: id }),
  });
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.what}</p>
      {works && !closed ? <AskForDelivery collection={id} /> : null}
      <h2>{words.there}</h2>
      <Loaded query={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.none}>
              <p>{words.noneMore}</p>
            </Empty>
          ) : (
            items.map((one) => (
              <OneDelivery key={one.id} collection={id} delivery={one} works={works} />
            ))
          )
        }
      </Loaded>
    </>
  );
}
