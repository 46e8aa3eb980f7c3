import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { Done } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { COLLECTIONS_KEY, useCollections } from "../collection.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { JobProgress } from "../parts/job.tsx";
import { assent, type Item } from "../service.ts";
import { proof as texts } from "../texts/proof.ts";

type Pack = Item<"listPacks">;

/** Moves a collection to another pack, and follows how far it is. */
export function MovePack({ packs }: { readonly packs: readonly Pack[] }) {
  const { packs: words } = useWords(texts);
  const client = useQueryClient();
  const { data: collections = [] } = useCollections();
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [asking, setAsking] = useState(false);
  const [job, setJob] = useState<{ readonly id: string; readonly collection: string } | null>(null);
  const [moved, setMoved] = useState<string | null>(null);
  const open = collections.filter(({ closed }) => !closed);
  const collection = open.find((one) => one.id === id);
  const pack = packs.find((one) => one.name === name && one.name !== collection?.pack);
  const over = (state: string, of: string): void => {
    setJob(null);
    if (state === "done") setMoved(of);
    void client.invalidateQueries({ queryKey: COLLECTIONS_KEY });
  };
  return (
    <section className="card">
      <h2>{words.move}</h2>
      <p>{words.moveMore}</p>
      <div className="row">
        <Choose
          label={words.collection}
          value={id}
          onChange={setId}
          options={open.map((one) => [one.id, `${one.name} (${one.pack})`])}
        />
        <Choose
          label={words.to}
          value={name}
          onChange={setName}
          options={packs
            .filter((one) => one.name !== collection?.pack)
            .map((one) => [one.name, one.name])}
        />
        <Button
          look="second"
          busy={!collection || !pack || job !== null}
          onPress={() => setAsking(true)}
        >
          {words.go}
        </Button>
      </div>
      {asking && collection && pack ? (
        <Confirm
          title={words.confirm(collection.name, pack.name)}
          gone={words.gone}
          yes={words.go}
          action={async () => {
            const queued = await assent.changePack({ collection: id, pack: pack.name });
            setMoved(null);
            setJob({ id: queued.id, collection: collection.name });
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
      {job ? (
        <JobProgress
          key={job.id}
          job={job.id}
          label={words.progress(job.collection)}
          stoppable
          onOver={({ state }) => over(state, job.collection)}
        />
      ) : null}
      {moved === null ? null : <Done>{words.moved(moved)}</Done>}
    </section>
  );
}

function Choose(of: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly (readonly [value: string, label: string])[];
}) {
  const { packs: words } = useWords(texts);
  return (
    <label className="choose">
      <span className="quiet small">{of.label}</span>
      <select value={of.value} onChange={({ target }) => of.onChange(target.value)}>
        <option value="" disabled>
          {words.choose}
        </option>
        {of.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
