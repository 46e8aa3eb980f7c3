import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useCollection } from "../collection.tsx";
import { useMay } from "../session.tsx";
import { Secret } from "./secret.tsx";
import { Empty, Loaded } from "./states.tsx";
import { Title } from "./title.tsx";

/** What a page of such things says. */
interface SecretsWords {
  readonly title: string;
  readonly what: string;
  readonly secretTitle: string;
  readonly secretWhat: string;
  readonly none: string;
  readonly noneMore: string;
}

/** Things of a collection that an owner makes, each with a secret that is shown once: keys, endpoints. */
export function Secrets<One>(of: {
  readonly words: SecretsWords;
  /** On the button that opens the form. */
  readonly make: string;
  readonly queryKey: readonly unknown[];
  readonly read: () => Promise<{ readonly items: readonly One[] }>;
  readonly form: (onMade: (secret: string) => void) => ReactNode;
  readonly children: (items: readonly One[], renew: () => Promise<void>) => ReactNode;
}) {
  const { words, queryKey } = of;
  const { closed } = useCollection();
  const owner = useMay(["owner"]);
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const query = useQuery({ queryKey, queryFn: of.read });
  const renew = async (): Promise<void> => client.invalidateQueries({ queryKey });
  const made = (text: string): void => {
    setMaking(false);
    setSecret(text);
    void renew();
  };
  const makes = owner && !making && !closed;
  return (
    <>
      <Title
        beside={
          makes ? (
            <Button slim onPress={() => setMaking(true)}>
              {of.make}
            </Button>
          ) : null
        }
      >
        {words.title}
      </Title>
      <p>{words.what}</p>
      {secret === null ? null : (
        <Secret
          title={words.secretTitle}
          what={words.secretWhat}
          secret={secret}
          onClose={() => setSecret(null)}
        />
      )}
      {making ? of.form(made) : null}
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.none}>
              <p>{words.noneMore}</p>
            </Empty>
          ) : (
            of.children(items, renew)
          )
        }
      </Loaded>
    </>
  );
}
