import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "../../shared/controls.tsx";
import { PackErrors, PackFacts } from "../../shared/pack-errors.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollections } from "../collection.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent, type Item } from "../service.ts";
import { useMay } from "../session.tsx";
import { proof as texts } from "../texts/proof.ts";
import { MovePack } from "./move-pack.tsx";

const PACKS_KEY = ["packs"];

/** The model packs: what they are, how they err, who has them, and moving from one to another. */
export function Packs() {
  const { packs: words } = useWords(texts);
  const owner = useMay(["owner"]);
  const packs = useQuery({ queryKey: PACKS_KEY, queryFn: async () => assent.listPacks({}) });
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.intro}</p>
      <Loaded query={packs}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.none} />
          ) : (
            <>
              {items.map((pack) => (
                <OnePack key={pack.name} pack={pack} />
              ))}
              {owner ? <MovePack packs={items} /> : null}
            </>
          )
        }
      </Loaded>
    </>
  );
}

function OnePack({ pack }: { readonly pack: Item<"listPacks"> }) {
  const { packs: words } = useWords(texts);
  const client = useQueryClient();
  const owner = useMay(["owner"]);
  const { data: collections = [] } = useCollections();
  const having = collections.filter((one) => one.pack === pack.name);
  const choose = useAction(async () => {
    await assent.choosePack({ pack: pack.name });
    await client.invalidateQueries({ queryKey: PACKS_KEY });
  });
  return (
    <article className="card pack">
      <h2>
        {pack.name}: {pack.title}
      </h2>
      {pack.forNew ? <p className="note">{words.forNew}</p> : null}
      <PackFacts pack={pack} />
      <p>
        {having.length === 0
          ? words.nowhere
          : `${words.here}: ${having.map(({ name }) => name).join(", ")}`}
      </p>
      {owner && !pack.forNew ? (
        <Button look="second" slim busy={choose.busy} onPress={choose.run}>
          {words.use}
        </Button>
      ) : null}
      {choose.error ? <Failure error={choose.error} /> : null}
      <PackErrors pack={pack} />
    </article>
  );
}
