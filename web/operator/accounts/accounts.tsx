import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { Done } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollections } from "../collection.tsx";
import { Tag } from "../parts/fields.tsx";
import { Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent } from "../service.ts";
import { useMay, useMe } from "../session.tsx";
import { accounts } from "../texts/accounts.ts";
import { type Account, ACCOUNTS_KEY } from "./account.ts";
import { AccountActions } from "./account-actions.tsx";
import { ChangeAccount, InviteAccount } from "./account-form.tsx";

/** Who may sign in for the operator, as what, and for which collections. */
export function Accounts() {
  const words = useWords(accounts);
  const owner = useMay(["owner"]);
  const client = useQueryClient();
  const [inviting, setInviting] = useState(false);
  const [invited, setInvited] = useState<string | null>(null);
  const query = useQuery({
    queryKey: ACCOUNTS_KEY,
    queryFn: async () => assent.listAccounts(),
  });
  return (
    <>
      <Title
        beside={
          owner && !inviting ? (
            <Button slim onPress={() => setInviting(true)}>
              {words.add}
            </Button>
          ) : null
        }
      >
        {words.title}
      </Title>
      <p>{words.what}</p>
      {invited === null ? null : (
        <Done>
          <p>{words.made(invited)}</p>
        </Done>
      )}
      {inviting ? (
        <InviteAccount
          onDone={(email) => {
            setInviting(false);
            if (email === null) return;
            setInvited(email);
            void client.invalidateQueries({ queryKey: ACCOUNTS_KEY });
          }}
        />
      ) : null}
      <Loaded query={query}>
        {({ items }) => (
          <ul className="rows">
            {items.map((one) => (
              <Row key={one.id} account={one} owner={owner} />
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}

function Row({ account, owner }: { readonly account: Account; readonly owner: boolean }) {
  const words = useWords(accounts);
  const me = useMe();
  const [changing, setChanging] = useState(false);
  const { id, name, email, role, state } = account;
  return (
    <li>
      <div className="what">
        <span className="name">
          {name}
          {id === me.id ? ` (${words.you})` : ""}
        </span>
        <span className="quiet small">{email}</span>
        {role === "staff" ? <Reach of={account.collections} /> : null}
      </div>
      <div className="row">
        <Tag look={state === "active" ? "good" : "bad"}>
          {state === "active" ? words.short[role] : words.disabled}
        </Tag>
        {owner && !changing ? (
          <Button
            look="second"
            slim
            label={`${words.change}: ${name}`}
            onPress={() => setChanging(true)}
          >
            {words.change}
          </Button>
        ) : null}
        {owner && id !== me.id ? <AccountActions account={account} /> : null}
      </div>
      {changing ? <ChangeAccount account={account} onDone={() => setChanging(false)} /> : null}
    </li>
  );
}

/** The collections of one of the staff, by name. */
function Reach({ of }: { readonly of: readonly string[] }) {
  const words = useWords(accounts);
  const { data = [] } = useCollections();
  const names = of.map((id) => data.find((one) => one.id === id)?.name ?? id);
  return (
    <span className="quiet small">
      {names.length === 0 ? words.noCollections : names.join(", ")}
    </span>
  );
}
