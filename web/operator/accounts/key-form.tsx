import { useState } from "react";
import { Button, Field } from "../../shared/controls.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Ticks } from "../parts/fields.tsx";
import { assent, type Item } from "../service.ts";
import { accounts } from "../texts/accounts.ts";

const LABEL_LENGTH_MAX = 80;
const DAYS_DEFAULT = 90;
const DAYS_MAX = 366;

type Scope = Item<"listApiKeys">["scopes"][number];

/** Makes an API key; `onDone` is given its text, which is shown this once. */
export function KeyForm({ onDone }: { readonly onDone: (text: string) => void }) {
  const { keys: words } = useWords(accounts);
  const { id: collection } = useCollection();
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [days, setDays] = useState(String(DAYS_DEFAULT));
  const make = useAction(async () => {
    const asked = { collection, label, scopes: [...scopes], days: Number(days) };
    onDone((await assent.createApiKey(asked)).text);
  });
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        make.run();
      }}
    >
      <Field
        label={words.label}
        name="label"
        value={label}
        onChange={setLabel}
        maxLength={LABEL_LENGTH_MAX}
      />
      <Ticks
        label={words.scopes}
        value={scopes}
        onChange={setScopes}
        required
        options={(["read", "search", "import", "people"] as const).map((scope) => [
          scope,
          words.scopeNames[scope],
        ])}
      />
      <Field
        label={words.days}
        name="days"
        value={days}
        onChange={setDays}
        bounds={[1, DAYS_MAX]}
        help={words.daysHelp}
      />
      {make.error ? <Failure error={make.error} /> : null}
      <Button type="submit" busy={make.busy || scopes.length === 0}>
        {words.submit}
      </Button>
    </form>
  );
}
