import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Choice, Field } from "../../shared/controls.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollections } from "../collection.tsx";
import { Ticks } from "../parts/fields.tsx";
import type { Role } from "../screens/screen.ts";
import { assent } from "../service.ts";
import { accounts } from "../texts/accounts.ts";
import { type Account, ACCOUNTS_KEY } from "./account.ts";

const EMAIL_LENGTH_MAX = 320;

/** Makes an account; `onDone` with its address, or null where it was left. */
export function InviteAccount({ onDone }: { readonly onDone: (email: string | null) => void }) {
  const words = useWords(accounts);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("staff");
  const [reach, setReach] = useState<readonly string[]>([]);
  const make = useAction(async () => {
    const collections = role === "staff" ? [...reach] : [];
    await assent.createAccount({ name, email, role, collections });
    onDone(email);
  });
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        make.run();
      }}
    >
      <h2>{words.add}</h2>
      <p>{words.addWhat}</p>
      <Field label={words.name} name="name" value={name} onChange={setName} />
      <Field
        label={words.email}
        name="email"
        type="email"
        value={email}
        onChange={setEmail}
        maxLength={EMAIL_LENGTH_MAX}
      />
      <RoleFields role={role} onRole={setRole} reach={reach} onReach={setReach} />
      {make.error ? <Failure error={make.error} /> : null}
      <div className="row">
        <Button type="submit" busy={make.busy}>
          {words.submit}
        </Button>
        <Button look="second" onPress={() => onDone(null)}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}

/** Gives an account another role or other collections. */
export function ChangeAccount(of: { readonly account: Account; readonly onDone: () => void }) {
  const words = useWords(accounts);
  const client = useQueryClient();
  const { account } = of;
  const [role, setRole] = useState<Role>(account.role);
  const [reach, setReach] = useState<readonly string[]>(account.collections);
  const change = useAction(async () => {
    const collections = role === "staff" ? [...reach] : [];
    const to = { role, collections };
    await assent.changeAccount({ account: account.id, ...to });
    await client.invalidateQueries({ queryKey: ACCOUNTS_KEY });
    of.onDone();
  });
  return (
    <form
      className="stack answers"
      onSubmit={(event) => {
        event.preventDefault();
        change.run();
      }}
    >
      <RoleFields role={role} onRole={setRole} reach={reach} onReach={setReach} />
      {change.error ? <Failure error={change.error} /> : null}
      <div className="row">
        <Button slim type="submit" busy={change.busy}>
          {words.save}
        </Button>
        <Button slim look="second" onPress={of.onDone}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}

function RoleFields(of: {
  readonly role: Role;
  readonly onRole: (role: Role) => void;
  readonly reach: readonly string[];
  readonly onReach: (reach: readonly string[]) => void;
}) {
  const words = useWords(accounts);
  const { data = [] } = useCollections();
  return (
    <>
      <Choice
        label={words.role}
        value={of.role}
        onChange={of.onRole}
        options={[
          ["staff", words.roles.staff],
          ["auditor", words.roles.auditor],
          ["owner", words.roles.owner],
        ]}
      />
      {of.role === "staff" && data.length > 0 ? (
        <Ticks
          label={words.collections}
          help={words.collectionsHelp}
          value={of.reach}
          onChange={of.onReach}
          options={data.map(({ id, name }) => [id, name])}
        />
      ) : null}
    </>
  );
}
