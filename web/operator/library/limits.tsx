import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Field, Toggle } from "../../shared/controls.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import type { Collection } from "../collection.tsx";
import { Loaded } from "../parts/states.tsx";
import { type Answer, assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { library } from "../texts/library.ts";

type Settings = Answer<"getCollectionSettings">;
type NumberName = Exclude<keyof Settings, SwitchName>;
type SwitchName = (typeof SWITCHES)[number];

const SWITCHES = ["twoPerson", "uploadPhoto"] as const satisfies readonly (keyof Settings)[];

const NUMBERS = [
  "searchBudget",
  "probesMax",
  "dailyInvites",
  "graceDays",
] as const satisfies readonly NumberName[];

/** What the service takes; the days of grace only ever become fewer. */
function boundsOf({
  graceDays,
}: Settings): Readonly<Record<NumberName, readonly [number, number]>> {
  return {
    searchBudget: [1, 3600],
    probesMax: [1, 3600],
    dailyInvites: [0, 10_000],
    graceDays: [0, graceDays],
  };
}

/** What guards a collection against its own staff's haste. Owners change it; everybody reads it. */
export function Limits({ collection }: { readonly collection: Collection }) {
  const { limits: words } = useWords(library);
  const settings = useQuery({
    queryKey: settingsKey(collection.id),
    queryFn: async () => assent.getCollectionSettings({ collection: collection.id }),
  });
  const changes = useMay(["owner"]) && !collection.closed;
  return (
    <section className="section">
      <h2>{words.title}</h2>
      <Loaded query={settings}>
        {(data) =>
          changes ? <Change collection={collection.id} settings={data} /> : <Read settings={data} />
        }
      </Loaded>
    </section>
  );
}

function settingsKey(collection: string): readonly unknown[] {
  return ["settings", collection];
}

function Read({ settings }: { readonly settings: Settings }) {
  const { limits: words } = useWords(library);
  return (
    <dl className="pair">
      {SWITCHES.map((name) => (
        <div key={name} className="key-row">
          <dt>{words[name]}</dt>
          <dd>{settings[name] ? words.yes : words.no}</dd>
        </div>
      ))}
      {NUMBERS.map((name) => (
        <div key={name} className="key-row">
          <dt>{words.fields[name].label}</dt>
          <dd>{settings[name]}</dd>
        </div>
      ))}
    </dl>
  );
}

function Change(of: { readonly collection: string; readonly settings: Settings }) {
  const { limits: words } = useWords(library);
  const client = useQueryClient();
  const { collection, settings } = of;
  const [given, setGiven] = useState<Readonly<Record<NumberName, string>>>(() => textsOf(settings));
  const [on, setOn] = useState<Readonly<Record<SwitchName, boolean>>>(settings);
  const [saved, setSaved] = useState(false);
  const save = useAction(async () => {
    setSaved(false);
    const numbers = Object.fromEntries(NUMBERS.map((name) => [name, Number(given[name])]));
    const switches = Object.fromEntries(SWITCHES.map((name) => [name, on[name]]));
    await assent.changeCollectionSettings({ collection, ...numbers, ...switches });
    await client.invalidateQueries({ queryKey: settingsKey(collection) });
    setSaved(true);
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        save.run();
      }}
    >
      {SWITCHES.map((name) => (
        <Toggle
          key={name}
          on={on[name]}
          onChange={(value) => setOn((before) => ({ ...before, [name]: value }))}
        >
          {words[name]}
        </Toggle>
      ))}
      {NUMBERS.map((name) => (
        <Field
          key={name}
          name={name}
          label={words.fields[name].label}
          help={words.fields[name].help}
          value={given[name]}
          onChange={(value) => setGiven((before) => ({ ...before, [name]: value }))}
          bounds={boundsOf(settings)[name]}
        />
      ))}
      {save.error ? <Failure error={save.error} /> : null}
      {saved ? (
        <Done>
          <p>{words.saved}</p>
        </Done>
      ) : null}
      <Button type="submit" look="second" busy={save.busy}>
        {words.save}
      </Button>
    </form>
  );
}

function textsOf(settings: Settings): Readonly<Record<NumberName, string>> {
  const { searchBudget, probesMax, dailyInvites, graceDays } = settings;
  return {
    searchBudget: String(searchBudget),
    probesMax: String(probesMax),
    dailyInvites: String(dailyInvites),
    graceDays: String(graceDays),
  };
}
