import { useWordsFor } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { Listed, useList } from "../parts/list.tsx";
import { assent } from "../service.ts";
import { library } from "../texts/library.ts";
import type { NotTaken } from "./importer.ts";

/** Files that are not among the photos, each with its reason: sent one by one, or found in folders. */
export function RefusedFiles(of: {
  readonly collection: string;
  readonly notTaken: readonly NotTaken[];
}) {
  const { imports: words } = useWords(library);
  const { collection } = of;
  const sent = useList(["refused", collection, "sent"], async (page) =>
    assent.listUploads({ collection, state: "refused", ...page }),
  );
  const found = useList(["refused", collection, "found"], async (page) =>
    assent.listRefusedFiles({ collection, ...page }),
  );
  const none = of.notTaken.length + (sent.items?.length ?? 0) + (found.items?.length ?? 0) === 0;
  return (
    <section className="section">
      <h2>{words.refused}</h2>
      {none && sent.items && found.items ? <p className="quiet">{words.noneRefused}</p> : null}
      <Rows files={of.notTaken.map(({ name, code }) => ({ name, code, advice: null }))} />
      <Listed list={sent} empty={null}>
        {(items) => (
          <Rows files={items.map(({ name, reason, advice }) => ({ name, code: reason, advice }))} />
        )}
      </Listed>
      <Listed list={found} empty={null}>
        {(items) => (
          <Rows
            files={items.map(({ path, reason, advice }) => ({ name: path, code: reason, advice }))}
          />
        )}
      </Listed>
    </section>
  );
}

interface Row {
  readonly name: string;
  readonly code: string | null;
  readonly advice: string | null;
}

function Rows({ files }: { readonly files: readonly Row[] }) {
  const wordsFor = useWordsFor();
  if (files.length === 0) return null;
  return (
    <ul className="refused">
      {files.map(({ name, code, advice }, index) => (
        <li key={`${index} ${name}`}>
          <span className="mono">{name}</span>
          <span className="small">{wordsFor(Object.assign(new Error(), { code, advice }))}</span>
        </li>
      ))}
    </ul>
  );
}
