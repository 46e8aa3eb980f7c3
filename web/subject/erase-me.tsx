import { useState } from "react";
import { Button } from "../shared/controls.tsx";
import { useTexts } from "../shared/language.tsx";
import { Failure, useAction } from "../shared/states.tsx";
import { ask, linkOf } from "./service.ts";

/** Erasure, with what will be gone, and a last chance to take everything along. */
export function EraseMe(of: {
  readonly subject: string;
  readonly onErased: (certificate: string | null) => void;
}) {
  const { consent, cancel } = useTexts();
  const { subject } = of;
  const [asking, setAsking] = useState(false);
  const erase = useAction(async () => {
    const { certificate } = await ask("erasePerson", { subject });
    of.onErased(certificate);
  });
  return (
    <section className="card">
      <h2>{consent.erase}</h2>
      <p>{consent.eraseMore}</p>
      {asking ? (
        <div className="note bad" role="group" aria-label={consent.erase}>
          <p>{consent.eraseGone}</p>
          <ul>
            {consent.eraseList.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p>{consent.eraseStays}</p>
          <p>
            <a href={linkOf("exportRecord", { subject })} download>
              {consent.export}
            </a>
          </p>
          {erase.error ? <Failure error={erase.error} /> : null}
          <div className="row">
            <Button look="danger" busy={erase.busy} onPress={erase.run}>
              {consent.eraseYes}
            </Button>
            <Button look="second" onPress={() => setAsking(false)}>
              {cancel}
            </Button>
          </div>
        </div>
      ) : (
        <Button look="danger" onPress={() => setAsking(true)}>
          {consent.erase}
        </Button>
      )}
    </section>
  );
}
